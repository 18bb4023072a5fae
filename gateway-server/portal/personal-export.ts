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

/** Field by field: what stands beside these in memory may be a secret. */
async function lineRecord({ shelf, diary, webhooks, doorkeeper, audit }: House, visit: OwnerVisit) {
  const { line, session } = visit;
  const { html: _html, ...page } = shelf.page(line.id);
  const { account, since } = session;
  const notes = await audit.entries({ before: null, most: 1_000, subject: line.id });
  return {
    line: lineFacts(visit),
    account: { login: account.login, createdAt: time(account.createdAt), loggedInSince: time(since) },
    page,
    files: shelf.offers(line.id),
    offLine: await diary.spans(line.id, 0),
    tokens: doorkeeper.tokensOf(account.id).map(({ name, scopes, createdAt, usedAt, expiresAt }) => ({
      name,
      scopes,
      createdAt,
      usedAt,
      expiresAt,
    })),
    webhooks: webhooks.list(line.id).map(({ url, events, createdAt }) => ({ url, events, createdAt })),
    whatWasDone: notes.map(({ at, action, detail }) => ({ at: time(at), action, detail })),
  };
}

function lineFacts({ line }: OwnerVisit) {
  const { id, domain, names, words, tellsSince, suspended, createdAt, state } = line;
  const { published, logOn, previousLogOn, absence, agent } = line.standing;
  const standing = { published, logOn, previousLogOn, absence, agent };
  return { id, domain, names, words, tellsSince, suspended, createdAt: time(createdAt), state, ...standing };
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
