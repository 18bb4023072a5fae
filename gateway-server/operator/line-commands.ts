import { addressesIn } from '../../protocol/address.ts';
import type { Line } from '../line/line.ts';
import { type LineRecord, namesOf, newStanding } from '../line/line-book.ts';
import { type LineRequest, newLine } from '../line/new-line.ts';
import { hashOfSecret, newSecret } from '../line/secret.ts';
import { MOST_MESSAGES } from '../subscriber/mailbox.ts';
import type { Update } from '../zone/update.ts';
import { CommandError, type Desk, lineOf } from './desk.ts';
import { lineView, stateOf } from './line-view.ts';

/** Where lines are kept. */
export type LineKeeping = Pick<Desk, 'registry' | 'store'>;

const PIECE = 1_000;

/** Adds a line; its names lead to the gateway from the next batch on. The secret is told this once. */
export async function addLine(desk: Desk, request: LineRequest, given: string | null) {
  const { secret, hash } = orRefuse(credentialsOf({ secret: given, secretHash: null }));
  const line = orRefuse(lineFor(desk, request, hash));
  await setUp(desk, [line]);
  return { id: line.id, domain: line.domain, names: line.names, secret };
}

export interface ImportRow extends LineRequest {
  /** Where it stands in the operator's file. */
  readonly row: number;
  /** Null for a secret that is drawn, or that only the hash is known of. */
  readonly secret: string | null;
  readonly secretHash: string | null;
  readonly suspended: boolean;
}

/** Adds all the lines or none; the answer lists the secrets. */
export async function importLines(desk: Desk, rows: readonly ImportRow[]) {
  const seen = new Map<string, number>();
  const results = rows.map((row) => imported(desk, row, seen));
  const problems = results.flatMap((result, index) =>
    typeof result === 'string' ? [`row ${rows[index]?.row}: ${result}`] : [],
  );
  if (problems.length > 0) throw new CommandError(`nothing was imported:\n  ${problems.join('\n  ')}`);
  const accepted = results.filter((result) => typeof result !== 'string');
  await setUp(
    desk,
    accepted.map(({ line }) => line),
  );
  const lines = accepted.map(({ line, secret }) => ({ id: line.id, domain: line.domain, secret }));
  return { imported: lines.length, lines };
}

/** A row's line and secret, or what is wrong with the row; `seen` gathers ids and names of the rows before. */
function imported(desk: Desk, row: ImportRow, seen: Map<string, number>) {
  const credentials = credentialsOf(row);
  if (typeof credentials === 'string') return credentials;
  const line = lineFor(desk, row, credentials.hash);
  if (typeof line === 'string') return line;
  const names = [line.id, ...namesOf(line)];
  const twice = names.find((name) => seen.has(name));
  if (twice) return `${twice} stands in row ${seen.get(twice)} already`;
  for (const name of names) seen.set(name, row.row);
  return { line: { ...line, suspended: row.suspended }, secret: credentials.secret };
}

/** One row a line, for a table. */
export function listLines({ registry }: Desk) {
  return inOrder(registry).map((record) => ({
    id: record.line.id,
    domain: record.line.domain,
    state: stateOf(registry, record),
    published: record.standing.published.kind,
    addresses: publishedAddresses(record),
    since: record.standing.published.since,
    agent: record.standing.agent,
  }));
}

/** All that is known of a line. */
export function showLine(desk: Desk, id: string) {
  return lineView(desk, lineOf(desk, id));
}

/** What visitors have left for a line, oldest first: for a subscriber who cannot reach the portal. */
export async function messagesFor(desk: Desk, id: string) {
  const page = { before: null, most: MOST_MESSAGES };
  const messages = await desk.house.mailbox.list(lineOf(desk, id).line.id, page);
  return messages.toReversed().map(({ at, name, contact, text }) => ({ at, name, contact, text }));
}

/** Every line with its hash instead of its secret, for a backup or a move. */
export function exportLines({ registry }: Desk) {
  return inOrder(registry).map(({ line }) => line);
}

/** The line is gone at once, its names with the next batch. */
export async function removeLine(desk: Desk, id: string) {
  const { id: line, line: account } = lineOf(desk, id);
  const { registry, store, link, clock } = desk;
  const names = namesOf(account);
  const removal: Update = { line, askedAt: clock.now(), kind: 'removal', names };
  // in one turn, and so in one transaction
  await Promise.all([store.removeLine(line), names.length > 0 ? registry.queue.put(removal) : undefined]);
  const connection = link.connectionOf(line);
  registry.book.remove(line);
  registry.presence.forget(line);
  registry.sessions.forget(line);
  if (connection) link.close(connection, 'line removed');
  await desk.house.forget(line);
  return { id: line, removed: true, names };
}

/** A suspended line's names lead to the gateway, whatever its agent says. */
export async function suspendLine(desk: Desk, id: string) {
  const record = lineOf(desk, id);
  await changeLine(desk, record, { suspended: true });
  const connection = desk.link.connectionOf(record.id);
  if (record.line.domain !== null) await desk.departures.certain(record.id, 'suspended');
  desk.registry.sessions.forget(record.id);
  if (connection) desk.link.close(connection, 'line suspended');
  return { id: record.id, suspended: true };
}

/** The agent finds out by itself when it tries again. */
export async function resumeLine(desk: Desk, id: string) {
  const record = lineOf(desk, id);
  await changeLine(desk, record, { suspended: false });
  const connection = desk.link.connectionOf(record.id);
  if (connection) desk.link.close(connection, 'line resumed: register again');
  return { id: record.id, suspended: false };
}

/** A new secret; the agent that has the old one is put out. */
export async function renewSecret(desk: Desk, id: string, given: string | null) {
  const record = lineOf(desk, id);
  const { secret, hash } = orRefuse(credentialsOf({ secret: given, secretHash: null }));
  await changeLine(desk, record, { secretHash: hash });
  const connection = desk.link.connectionOf(record.id);
  if (connection) desk.link.close(connection, 'new secret');
  return { id: record.id, secret };
}

/** The owner's own text on the page. */
export async function setWords(desk: Desk, id: string, words: string) {
  const record = lineOf(desk, id);
  await changeLine(desk, record, { words });
  return { id: record.id, words };
}

/** What the line logs in with, or what is wrong with what was given; the secret itself is never quoted back. */
function credentialsOf({ secret, secretHash }: Pick<ImportRow, 'secret' | 'secretHash'>) {
  if (secretHash !== null) {
    if (secret !== null) return 'give a secret or a secret_hash, not both';
    return /^[0-9a-f]{64}$/.test(secretHash)
      ? { secret: null, hash: secretHash }
      : 'the secret_hash is no SHA-256 in 64 hexadecimal digits';
  }
  const right = secret ?? newSecret();
  if (!/^[\x21-\x7e]{16,128}$/.test(right))
    return 'the secret must be 16 to 128 printable characters, no spaces';
  return { secret: right, hash: hashOfSecret(right) };
}

function orRefuse<T extends object>(result: T | string): T {
  if (typeof result === 'string') throw new CommandError(result);
  return result;
}

function lineFor(desk: Desk, request: LineRequest, secretHash: string): Line | string {
  const line = newLine(request, secretHash, desk.clock.now(), placeOf(desk));
  if (typeof line !== 'string' && desk.registry.queue.pendingOf(line.id)?.kind === 'removal') {
    return `the old line ${line.id} is still being removed: try again in a moment`;
  }
  return line;
}

function placeOf({ registry, zoneName }: Desk) {
  return { book: registry.book, zone: registry.zone, zoneName };
}

async function setUp({ registry, store, clock }: Desk, lines: readonly Line[]): Promise<void> {
  const records = lines.map((line): LineRecord => {
    return { line, standing: newStanding(registry.zone.serial, line.createdAt) };
  });
  const askedAt = clock.now();
  const arrivals = lines
    .filter(({ domain }) => domain !== null)
    .map(({ id }): Update => ({ line: id, askedAt, kind: 'to-gateway', reason: null }));
  // in one turn, and so in one transaction
  await Promise.all([
    store.putLines(records.map(({ line, standing }) => [line, standing])),
    ...inPieces(arrivals).map((piece) => registry.queue.put(...piece)),
  ]);
  for (const record of records) registry.book.set(record);
}

/** No call takes any number of arguments. */
function inPieces<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / PIECE);
  return Array.from({ length: count }, (_, index) => all.slice(index * PIECE, (index + 1) * PIECE));
}

export async function changeLine(
  { registry, store }: LineKeeping,
  { line, standing }: LineRecord,
  news: Partial<Line>,
): Promise<void> {
  const changed = { ...line, ...news };
  await store.putLine(changed, standing);
  const newest = registry.book.get(line.id)?.standing ?? standing;
  registry.book.set({ line: changed, standing: newest });
  // a batch or a log-on came meanwhile: what was written beside the line is old already
  if (newest !== standing) await store.putStandings(new Map([[line.id, newest]]));
}

function inOrder({ book }: Desk['registry']): LineRecord[] {
  return [...book.all()].sort((a, b) => (a.line.id < b.line.id ? -1 : 1));
}

function publishedAddresses({ standing: { published } }: LineRecord) {
  return published.kind === 'addresses' ? addressesIn(published.addresses) : [];
}
