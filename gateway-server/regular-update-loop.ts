import { type Address, addressesIn } from '../protocol/address.ts';
import type { Clock, Elapsed } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { type LineBook, namesOf } from './line/line-book.ts';
import { type LineNews, type LineWitness, newsOf } from './line/line-news.ts';
import { isPublished, standingAfter } from './line/standing.ts';
import type { Durations } from './metrics/durations.ts';
import { inSlices } from './slices.ts';
import type { Batch, Store, StoredBatch } from './store/store.ts';
import type { LiveNotices, Proof } from './subscriber/live-notices.ts';
import type { ResolverGate } from './zone/resolver-gate.ts';
import { nextSerial, type Serial } from './zone/serial.ts';
import type { JournalEntry } from './zone/transfer/journal-entry.ts';
import type { Update } from './zone/update.ts';
import type { UpdateQueue } from './zone/update-queue.ts';
import type { Zone } from './zone/zone.ts';
import type { ZoneDiff } from './zone/zone-diff.ts';
import type { NameChange } from './zone/zone-draft.ts';

/** The backup name servers: told of every serial, and asked for proof that they serve it. */
export interface Backups {
  /** Returns at once; what it starts goes on behind the loop. */
  notify(serial: Serial): void;
  /** Resolves when every secondary marked `proof` serves the serial, or after the proof time-out naming who does not. */
  proofOf(serial: Serial): Promise<Proof>;
}

/** Whoever keeps up with the zone step by step: the history for secondaries, the workers. */
export interface Follower {
  append(step: JournalEntry): void;
}

/** How resolvers are treated while a batch enters the zone (`zone.mode`). */
export interface HaltRules {
  readonly isHalting: boolean;
  /** The least time between blocks 522 and 530. */
  readonly leastMs: number;
}

interface Parts {
  readonly queue: UpdateQueue;
  readonly book: LineBook;
  readonly store: Pick<Store, 'commitBatch'>;
  readonly zone: Zone;
  readonly followers: readonly Follower[];
  /** Told what became of lines once the batch is in the zone. */
  readonly witnesses: readonly LineWitness[];
  /** Where the names of off-line lines lead. */
  readonly answering: readonly Address[];
  readonly backups: Backups;
  readonly gate: ResolverGate;
  readonly halt: () => HaltRules;
  readonly notices: LiveNotices;
  readonly batches: BatchRecord;
  /** Resolves when others have had their turn: no batch is so large that questions have to wait for it. */
  readonly othersTurn: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What `status` says of batches. */
export interface BatchRecord {
  count: number;
  last: StoredBatch | null;
  /** From taking the queue to the end of the swap. */
  lastMs: number | null;
  /** All of them since the start. */
  readonly durations: Durations;
}

const RETRY_MS = 1_000;

/** Figure 5, blocks 520-538: moves the queue into the zone in batches, tells everybody concerned, and waits for the next. */
export async function regularUpdateLoop(parts: Parts, signal: AbortSignal): Promise<void> {
  const { queue, clock, log } = parts;
  log.info('updating the zone regularly', { block: 520, serial: parts.zone.serial });
  while (!signal.aborted) {
    await queue.nextBatchDue(signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await publishUpdates(parts, signal);
    } catch (error) {
      queue.returnTemporary();
      log.error('batch failed, its updates wait again', { reason: String(error) });
      await clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
    log.debug('waiting for the next batch', { block: 538 });
  }
}

/** The updates first: among them may be removals that make room for the provider's own records. */
async function publishUpdates(parts: Parts, signal: AbortSignal): Promise<void> {
  const startedAt = parts.clock.elapsed();
  const routeBack = routeAround(parts, signal);
  try {
    const updates = parts.queue.takeAll();
    parts.log.debug('queue moved', { block: 524, updates: updates.length });
    parts.log.debug('temporary queue filled', { block: 528, updates: updates.length });
    if (updates.length > 0) await publishBatch(parts, updates, startedAt, routeBack);
    await publishOwnRecords(parts);
  } finally {
    parts.gate.open();
  }
}

async function publishBatch(
  parts: Parts,
  updates: readonly Update[],
  startedAt: Elapsed,
  routeBack: () => Promise<void>,
): Promise<void> {
  const { queue, zone, backups, log, clock } = parts;
  const batch = await enterZone(parts, updates);
  const ms = Math.round((clock.elapsed() - startedAt) * 10) / 10;
  await routeBack();
  log.debug('zone answers from the new table', { block: 530, serial: zone.serial });
  tellClients(parts, batch);
  queue.clearTemporary();
  log.debug('temporary queue cleared', { block: 534 });
  backups.notify(zone.serial);
  log.debug('backup name servers notified', { block: 536, serial: zone.serial });
  noteBatch(parts.batches, batch, ms);
  log.info('batch is in the zone', { block: 526, serial: batch.serial, updates: updates.length, ms });
}

/** Block 522; gives what block 530 does. */
function routeAround({ gate, halt, clock, log }: Parts, signal: AbortSignal): () => Promise<void> {
  const { isHalting, leastMs } = halt();
  if (!isHalting) {
    log.debug('resolvers are routed around the update: the old zone answers', { block: 522 });
    return async () => undefined;
  }
  gate.close();
  log.debug('resolvers are routed around the update: they ask the backups', { block: 522 });
  const openAt = clock.elapsed() + leastMs;
  return async () => {
    await clock.sleep(Math.max(0, openAt - clock.elapsed()), signal).catch(() => undefined);
    gate.open();
  };
}

/** Records of the provider's own that have changed get a serial for themselves: nobody can be told of them name by name. */
async function publishOwnRecords(parts: Parts): Promise<void> {
  const { queue, zone, store, followers, backups, clock, log } = parts;
  const identity = queue.ownRecords;
  if (!identity) return;
  const from = zone.serial;
  const serial = nextSerial(from);
  const fingerprint = zone.fingerprintWith(identity);
  await store.commitBatch({ from, serial, at: clock.now(), updates: [], diff: null, fingerprint });
  queue.dropOwnRecords(identity);
  zone.replaceOwn(identity, serial);
  for (const follower of followers) follower.append({ from, to: serial, diff: null });
  backups.notify(serial);
  log.info("the zone's own records have changed", { block: 526, serial });
}

/** Block 526: built aside, on disk, then the table in one step. */
async function enterZone(parts: Parts, updates: readonly Update[]): Promise<Batch> {
  const { zone, store, followers } = parts;
  const diff = await diffOf(parts, updates);
  const batch = batchOf(parts, updates, diff);
  await store.commitBatch(batch);
  zone.swap(diff, batch.serial);
  const step = { from: batch.from, to: batch.serial, diff };
  if (step.from !== step.to) for (const follower of followers) follower.append(step);
  const news = await setStandings(parts, batch);
  for (const witness of parts.witnesses) for (const one of news) witness.sees(one);
  return batch;
}

async function diffOf(parts: Parts, updates: readonly Update[]): Promise<ZoneDiff> {
  const draft = parts.zone.draft();
  await inSlices(updates, parts.othersTurn, (update) => {
    for (const change of nameChanges(parts, update))
      if (!draft.add(change)) parts.log.error('name has no place in the zone', { name: change.name });
  });
  return draft.diff();
}

/** A batch that changes nothing keeps the serial: secondaries need not ask. */
function batchOf({ book, zone, clock }: Parts, updates: readonly Update[], diff: ZoneDiff): Batch {
  const isChange = updates.some((update) => {
    const standing = book.get(update.line)?.standing;
    return standing === undefined || !isPublished(update, standing);
  });
  const from = zone.serial;
  const serial = isChange ? nextSerial(from) : from;
  return { from, serial, at: clock.now(), updates, diff, fingerprint: zone.fingerprintAfter(diff) };
}

/** What was counted while the batch was written (hits, messages, log-ons) stays. */
async function setStandings(
  { book, othersTurn }: Parts,
  { updates, serial, at }: Batch,
): Promise<readonly LineNews[]> {
  const news: LineNews[] = [];
  await inSlices(updates, othersTurn, (update) => {
    const before = update.kind === 'removal' ? undefined : book.get(update.line)?.standing;
    if (!before || isPublished(update, before)) return;
    const after = standingAfter(update, before, serial, at);
    book.setStanding(update.line, after);
    const one = newsOf(update.line, before, after);
    if (one) news.push(one);
  });
  return news;
}

function nameChanges({ book, answering }: Parts, update: Update): NameChange[] {
  if (update.kind === 'removal') {
    // a name that another line has got meanwhile stays
    const gone = update.names.filter((name) => book.byName(name) === undefined);
    return gone.map((name) => ({ name, addresses: null }));
  }
  const record = book.get(update.line);
  const addresses = update.kind === 'to-line' ? addressesIn(update.addresses) : answering;
  return record ? namesOf(record.line).map((name) => ({ name, addresses })) : [];
}

/** Block 532: every client of the batch hears that its name is live, once the secondaries that matter have proved it. */
function tellClients({ backups, notices, queue, othersTurn, log }: Parts, { serial, updates }: Batch): void {
  const live = updates.filter((update) => update.kind === 'to-line');
  if (live.length === 0) return;
  const tell = (proof: Proof) =>
    inSlices(live, othersTurn, ({ line, signal }) => {
      // a line that has changed again hears only of its newest update
      if (queue.pendingOf(line) === undefined) notices.tellLive(line, signal, proof);
      else log.debug('newer update waits', { line });
    });
  backups
    .proofOf(serial)
    .then(tell)
    .catch((error) => log.error('clients could not be told', { serial, reason: String(error) }));
}

function noteBatch(batches: BatchRecord, { serial, at, updates }: Batch, ms: number): void {
  batches.count += 1;
  batches.last = { serial, at, size: updates.length };
  batches.lastMs = ms;
  batches.durations.add(ms);
}
