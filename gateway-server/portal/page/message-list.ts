import { html, type Markup } from '../../answering/html.ts';
import type { Message } from '../../subscriber/mailbox.ts';
import { texts } from '../texts.ts';
import { moment } from './moment.ts';

/** One link a message: unread ones by weight, a dot and a word for those who hear the page. */
export function messageList(messages: readonly Message[], current: number | null): Markup {
  return html`<ul class="letters">
${messages.map((message) => entry(message, message.number === current))}</ul>`;
}

export function senderOf({ name }: Message): string {
  return name.trim() === '' ? texts.somebody : name;
}

function entry(message: Message, isCurrent: boolean): Markup {
  const isUnread = message.readAt === null;
  return html`<li${isUnread && html` class="unread"`}><a href="/messages/${message.number}"${isCurrent && html` aria-current="true"`}><span class="dot"></span><span class="name">${isUnread && html`<span class="visually-hidden">Unread: </span>`}${senderOf(message)}</span>${moment(message.at)}<span class="start">${startOf(message)}</span></a></li>\n`;
}

function startOf({ text, recording }: Message): string {
  const kind = recording === null ? '' : recording.kind === 'voice' ? 'Voice message. ' : 'Video message. ';
  return `${kind}${text.slice(0, 120)}`;
}
