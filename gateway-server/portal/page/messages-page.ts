import { html, type Markup } from '../../answering/html.ts';
import type { Message } from '../../subscriber/mailbox.ts';
import { MEDIA_TYPES } from '../../subscriber/media-types.ts';
import { messageList, senderOf } from './message-list.ts';
import { moment, sizeText } from './moment.ts';

export interface MessagesView {
  readonly messages: readonly Message[];
  /** The one in the reading pane. */
  readonly open: Message | null;
  /** Where the next older ones begin; null when there are none. */
  readonly older: number | null;
  readonly isFirstPage: boolean;
  readonly notice: Markup | null;
  readonly token: Markup;
}

/** List and reading pane; on a phone the list alone, or the message alone. */
export function messagesPage(view: MessagesView): Markup {
  const { messages, open, notice } = view;
  if (messages.length === 0 && open === null && view.isFirstPage) return nothingYet(notice);
  return html`${notice}<div class="top"><h1>Messages</h1>${exports}</div>
<div class="panes list ${open ? 'reading' : 'not-reading'}">
<section class="card letters-pane" aria-label="List of messages">${messageList(messages, open?.number ?? null)}${paging(view)}</section>
<section class="card pane" aria-label="The message">${open ? letter(open, view.token) : html`<div class="empty"><p>Choose a message to read it here.</p></div>`}</section>
</div>`;
}

const exports = html`<p class="row">Take all with you: <a href="/export/messages.json" download>JSON</a> <a href="/export/messages.csv" download>CSV</a> <a href="/export/messages.mbox" download>mbox</a></p>`;

function nothingYet(notice: Markup | null): Markup {
  return html`${notice}<div class="top"><h1>Messages</h1></div>
<div class="card empty"><h2>Nothing yet</h2><p>While your line is off, visitors of your name can leave words, a voice or a video message. What they leave appears here.</p></div>`;
}

function paging({ older, isFirstPage }: MessagesView): Markup | null {
  if (older === null && isFirstPage) return null;
  return html`<p class="pages">${!isFirstPage && html`<a href="/messages">Newest</a>`}${older !== null && html`<a href="/messages?before=${older}" rel="next">Older</a>`}</p>`;
}

function letter(message: Message, token: Markup): Markup {
  const isUnread = message.readAt === null;
  return html`<p class="back"><a href="/messages">All messages</a></p>
<h2 class="from">${senderOf(message)}</h2>
<dl class="facts"><dt>Came</dt><dd>${moment(message.at)}</dd>${message.contact !== '' && html`<dt>To reach them</dt><dd>${reach(message.contact)}</dd>`}</dl>
${message.text !== '' && html`<p class="letter">${message.text}</p>`}${player(message)}
<div class="actions">${deed(message, 'delete', 'Delete', 'danger', token)}${isUnread ? readForm(message, token) : deed(message, 'unread', 'Mark as unread', 'quiet', token)}</div>`;
}

/** The page's script posts this by itself: to look at a page changes nothing. */
function readForm({ number }: Message, token: Markup): Markup {
  return html`<form class="inline" method="post" action="/messages/${number}/read" data-reads>${token}<button class="quiet" type="submit">Mark as read</button></form>`;
}

function deed({ number }: Message, name: string, words: string, look: string, token: Markup): Markup {
  return html`<form class="inline" method="post" action="/messages/${number}/${name}">${token}<button class="${look}" type="submit">${words}</button></form>`;
}

function reach(contact: string): Markup {
  return /^[^\s@<>"?&:/]+@[^\s@<>"?&:/]+$/.test(contact)
    ? html`<a href="mailto:${encodeURIComponent(contact)}">${contact}</a>`
    : html`${contact}`;
}

function player({ number, recording }: Message): Markup | null {
  if (recording === null) return null;
  const source = `/messages/${number}/recording`;
  const name = `message-${number}.${MEDIA_TYPES.get(recording.mediaType) ?? 'bin'}`;
  const save = html`<p class="hint"><a href="${source}" download="${name}">Keep it as a file</a> (${sizeText(recording.bytes)})</p>`;
  return recording.kind === 'voice'
    ? html`<audio controls preload="metadata" src="${source}" aria-label="Voice message"></audio>${save}`
    : html`<video controls preload="metadata" playsinline src="${source}" aria-label="Video message"></video>${save}`;
}
