import { MEDIA_TYPES } from '../subscriber/media-types.ts';
import type { House } from '../web/house.ts';
import { allMessages, messagesAsCsv, messagesAsJson, messagesAsMbox } from './message-export.ts';
import type { OwnerVisit } from './owner-route.ts';
import { calledName } from './portal-lines.ts';
import { type ArchiveEntry, textEntry } from './tape-archive.ts';

/** Everything that the gateway keeps of a line and its owner but secrets, as files. */
export async function* personalFiles(house: House, visit: OwnerVisit): AsyncIterable<ArchiveEntry> {
  const { line, request } = visit;
  const messages = await allMessages(house.mailbox, line.id);
  yield textEntry('messages.json', messagesAsJson(messages));
  yield textEntry('messages.csv', messagesAsCsv(messages));
  yield textEntry('messages.mbox', messagesAsMbox(messages, calledName(line)));
  yield textEntry('page.html', house.shelf.page(line.id).html);
  yield textEntry('line.json', `${JSON.stringify(await lineRecord(house, visit), null, 2)}\n`);
  for (const message of messages) {
    const content = await house.mailbox.play(message, null, request.signal);
    if (content && message.recording)
      yield {
        name: `recordings/message-${message.number}.${endingOf(message.recording.mediaType)}`,
        bytes: message.recording.bytes,
        content,
      };
  }
  for (const offer of house.shelf.offers(line.id)) {
    const content = await house.shelf.read(offer, null, request.signal);
    if (content)
      yield { name: `files/${offer.id.slice(0, 16)}-${plainName(offer.name)}`, bytes: offer.bytes, content };
  }
}

async function lineRecord(
  { shelf, diary, webhooks, doorkeeper, audit }: House,
  { line, session }: OwnerVisit,
) {
  const { html: _html, ...page } = shelf.page(line.id);
  const { id, login, createdAt } = session.account;
  const notes = await audit.entries({ before: null, most: 1_000, subject: line.id });
  return {
    line,
    account: { login, createdAt: time(createdAt), loggedInSince: time(session.since) },
    page,
    files: shelf.offers(line.id),
    offLine: await diary.spans(line.id, 0),
    tokens: doorkeeper.tokensOf(id).map(({ name, scopes, createdAt: at, usedAt, expiresAt }) => ({
      name,
      scopes,
      createdAt: at,
      usedAt,
      expiresAt,
    })),
    webhooks: webhooks.list(line.id),
    whatWasDone: notes.map(({ at, action, detail }) => ({ at: time(at), action, detail })),
  };
}

function time(at: number): string {
  return new Date(at).toISOString();
}

function endingOf(mediaType: string): string {
  return MEDIA_TYPES.get(mediaType) ?? 'bin';
}

/** Nothing that a program which unpacks it could take for a path. */
function plainName(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9._-]+/g, '_')
      .replace(/^\.+/, '_')
      .slice(-60) || 'file'
  );
}
