import { type Address, addressesIn } from '../protocol/address.ts';
import type { LineId } from '../protocol/line-id.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { type LineBook, namesOf } from './line/line-book.ts';
import { isPublished, type Standing, standingAfter } from './line/standing.ts';
import type { Batch, Store, StoredBatch } from './store/store.ts';
import type { LiveNotices, Proof } from './subscriber/live-notices.ts';
import { nextSerial, type Serial } from './zone/serial.ts';
import type { Update } from './zone/update.ts';
import type { UpdateQueue } from './zone/update-queue.ts';
import type { NameChange, Zone } from './zone/zone.ts';

/** The backup name servers: told of every serial, and asked for proof that they serve it. */
export interface Backups {
  /** Returns at once; what it starts goes on behind the loop. */
  notify(serial: Serial): void;
  /** Resolves when every secondary marked `proof` serves the serial, or after the proof time-out naming who does not. */
  proofOf(serial: Serial): Promise<Proof>;
}

interface Parts {
  readonly queue: UpdateQueue;
  readonly book: LineBook;
  readonly store: Pick<Store, 'commitBatch'>;
  readonly zone: Zone;
  /** Where the names of off-line lines lead. */
  readonly answering: readonly Address[];
  readonly backups: Backups;
  readonly notices: LiveNotices;
  readonly batches: BatchRecord;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What `status` says of batches. */
export interface BatchRecord {
  count: number;
  last: StoredBatch | null;
  /** From taking the queue to the end of the swap. */
  lastMs: number | null;
}

const RETRY_MS = 1_000;

/** Figure 5, blocks 520-538: moves the queue into the zone in batches, tells everybody concerned, and waits for the next. */
export async function regularUpdateLoop(parts: Parts, signal: AbortSignal): Promise<void> {
  parts.log.info('updating the zone regularly', { block: 520, serial: parts.zone.serial });
  while (!signal.aborted) {
    await parts.queue.nextBatchDue(signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await publishUpdates(parts);
    } catch (error) {
      parts.queue.returnTemporary();
      parts.log.error('batch failed, its updates wait again', { reason: String(error) });
      await parts.clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
    parts.log.debug('waiting for the next batch', { block: 538 });
  }
}

async function publishUpdates(parts: Parts): Promise<void> {
  const { queue, zone, backups, log, clock } = parts;
  const startedAt = clock.elapsed();
  log.debug('resolvers are routed around the update: the old zone answers', { block: 522 });
  const updates = queue.takeAll();
  log.debug('queue moved', { block: 524, updates: updates.length });
  log.debug('temporary queue filled', { block: 528, updates: updates.length });
  if (updates.length === 0) return;
  const batch = prepareBatch(parts, updates);
  await commit(parts, batch);
  log.debug('zone answers from the new table', { block: 530, serial: zone.serial });
  tellClients(parts, batch);
  queue.clearTemporary();
  log.debug('temporary queue cleared', { block: 534 });
  backups.notify(zone.serial);
  log.debug('backup name servers notified', { block: 536, serial: zone.serial });
  const ms = Math.round((clock.elapsed() - startedAt) * 10) / 10;
  noteBatch(parts.batches, batch, ms);
  log.info('batch is in the zone', { block: 526, serial: batch.serial, updates: updates.length, ms });
}

/** A batch that changes nothing keeps the serial: secondaries need not ask. */
function prepareBatch({ book, zone, clock }: Parts, updates: readonly Update[]): Batch {
  const now = clock.now();
  const isChange = (update: Update) => {
    const standing = book.get(update.line)?.standing;
    return standing === undefined || !isPublished(update, standing);
  };
  const serial = updates.some(isChange) ? nextSerial(zone.serial) : zone.serial;
  const standings = new Map<LineId, Standing>();
  for (const update of updates.filter(isChange)) {
    const standing = book.get(update.line)?.standing;
    if (standing) standings.set(update.line, standingAfter(update, standing, serial, now));
  }
  return { serial, at: now, updates, standings };
}

/** Block 526: on disk first, then the table in one step. */
async function commit({ store, zone, book, answering }: Parts, batch: Batch): Promise<void> {
  await store.commitBatch(batch);
  for (const [line, standing] of batch.standings) {
    const newest = book.get(line)?.standing;
    if (newest) book.setStanding(line, merged(newest, standing));
  }
  zone.apply(
    batch.updates.flatMap((update) => nameChanges(book, answering, update)),
    batch.serial,
  );
}

/** What was counted while the batch was written (hits, messages, log-ons) stays. */
function merged(newest: Standing, { published, absence }: Standing): Standing {
  const isSameAbsence = absence?.since === newest.absence?.since;
  const hits = isSameAbsence ? newest.absence?.hits : absence?.hits;
  return { ...newest, published, absence: absence && { ...absence, hits: hits ?? 0 } };
}

function nameChanges(book: LineBook, answering: readonly Address[], update: Update): NameChange[] {
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
function tellClients({ backups, notices, queue, log }: Parts, { serial, updates }: Batch): void {
  const live = updates.filter((update) => update.kind === 'to-line');
  if (live.length === 0) return;
  const tell = (proof: Proof) => {
    for (const { line, signal } of live) {
      // a line that has changed again hears only of its newest update
      if (queue.pendingOf(line) === undefined) notices.tellLive(line, signal, proof);
      else log.debug('newer update waits', { line });
    }
  };
  backups
    .proofOf(serial)
    .then(tell)
    .catch((error) => log.error('clients could not be told', { serial, reason: String(error) }));
}

function noteBatch(batches: BatchRecord, { serial, at, updates }: Batch, ms: number): void {
  batches.count += 1;
  batches.last = { serial, at, size: updates.length };
  batches.lastMs = ms;
}
