import { html, type Markup } from '../answering/html.ts';
import type { Message } from '../subscriber/mailbox.ts';
import { MEDIA_TYPES } from '../subscriber/media-types.ts';
import { type Route, seeOther, type WebReply } from '../web/route.ts';
import { notice, noticeOf } from './notices.ts';
import { noted, type OwnerVisit, ownerRoute } from './owner-route.ts';
import { messagesPage } from './page/messages-page.ts';
import { portalPage, tokenField } from './portal-frame.ts';
import type { PortalParts } from './portal-parts.ts';
import { storedReply } from './stored-reply.ts';

const PIECE = 30;

/** Read, play, mark, delete and bring back what visitors have left. */
export function messageRoutes(parts: PortalParts): readonly Route[] {
  const { lines, house } = parts;
  const { mailbox } = house;
  const change = (
    name: string,
    act: (visit: OwnerVisit, number: number) => Promise<void>,
    next: (number: number) => string,
  ) =>
    ownerRoute(lines, { method: 'POST', path: `/messages/:number/${name}` }, async (visit) => {
      const number = numberIn(visit.request.params['number']);
      if (number !== null) await act(visit, number);
      return seeOther(number === null ? '/messages' : next(number));
    });
  const at = (number: number) => `/messages/${number}`;
  return [
    ownerRoute(lines, { method: 'GET', path: '/messages' }, (visit) => list(parts, visit, null)),
    ownerRoute(lines, { method: 'GET', path: '/messages/:number' }, (visit) => open(parts, visit)),
    ownerRoute(lines, { method: 'GET', path: '/messages/:number/recording' }, (visit) => play(parts, visit)),
    change('read', ({ line }, number) => mailbox.markRead(line.id, number, true), at),
    change(
      'unread',
      ({ line }, number) => mailbox.markRead(line.id, number, false),
      () => '/messages?done=marked-unread',
    ),
    change(
      'delete',
      async (visit, number) => {
        if (!(await messageOf(parts, visit))) return;
        await mailbox.remove(visit.line.id, number);
        await noted(house.audit, visit, 'message delete', String(number));
      },
      (number) => `/messages?deleted=${number}`,
    ),
    change(
      'restore',
      async (visit, number) => {
        await mailbox.restore(visit.line.id, number);
        if (await messageOf(parts, visit)) await noted(house.audit, visit, 'message restore', String(number));
      },
      (number) => `${at(number)}?done=restored`,
    ),
  ];
}

async function open(parts: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const message = await messageOf(parts, visit);
  return message ? list(parts, visit, message) : gone(parts, visit);
}

async function list(parts: PortalParts, visit: OwnerVisit, message: Message | null): Promise<WebReply> {
  const { query } = visit.request;
  // beside an open message stand its neighbours, however old it is
  const before =
    numberIn(query.get('before') ?? undefined) ?? (message && (await pageWith(parts, visit, message)));
  const found = await parts.house.mailbox.list(visit.line.id, { before, most: PIECE + 1 });
  const messages = found.slice(0, PIECE);
  const content = messagesPage({
    messages,
    open: message,
    older: found.length > PIECE ? (messages.at(-1)?.number ?? null) : null,
    isFirstPage: before === null,
    notice: undoNotice(visit) ?? noticeOf(query),
    token: tokenField(visit),
  });
  return portalPage(parts, visit, { title: 'Messages', current: '/messages', content });
}

/** Null when the message is among the newest: they are listed then. */
async function pageWith(
  { house }: PortalParts,
  { line }: OwnerVisit,
  { number }: Message,
): Promise<number | null> {
  const newest = await house.mailbox.list(line.id, { before: null, most: PIECE });
  return newest.some((each) => each.number === number) ? null : number + 1;
}

function undoNotice(visit: OwnerVisit): Markup | null {
  const number = numberIn(visit.request.query.get('deleted') ?? undefined);
  if (number === null) return null;
  const undo = html`<form class="inline" method="post" action="/messages/${number}/restore">${tokenField(visit)}<button class="quiet" type="submit">Undo</button></form>`;
  return notice('The message is deleted. It can be brought back for 24 hours.', 'plain', undo);
}

async function play(parts: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const message = await messageOf(parts, visit);
  const { recording } = message ?? {};
  if (!message || !recording) return gone(parts, visit);
  const { range, signal } = visit.request;
  return storedReply({
    name: `message-${message.number}.${MEDIA_TYPES.get(recording.mediaType) ?? 'bin'}`,
    mediaType: recording.mediaType,
    bytes: recording.bytes,
    range,
    read: (bytes) => parts.house.mailbox.play(message, bytes, signal),
  });
}

async function messageOf(
  { house }: PortalParts,
  { request, line }: OwnerVisit,
): Promise<Message | undefined> {
  const number = numberIn(request.params['number']);
  const message = number === null ? undefined : await house.mailbox.get(line.id, number);
  return message?.deletedAt === null ? message : undefined;
}

function gone(parts: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const content = html`<div class="card empty"><h1>This message is not here any more</h1><p>It may have been deleted. <a href="/messages">All messages</a></p></div>`;
  return portalPage(parts, visit, { title: 'Messages', current: '/messages', content, status: 404 });
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}
