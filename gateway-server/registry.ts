import { addressesIn } from '../protocol/address.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { Brake } from './line/brake.ts';
import { isVerdict } from './line/departures.ts';
import { LineBook, namesOf, newStanding } from './line/line-book.ts';
import { Presence } from './line/presence.ts';
import { Rehearsals } from './line/rehearsals.ts';
import { Sessions } from './line/sessions.ts';
import { StandingKeeper } from './line/standing-keeper.ts';
import { Durations } from './metrics/durations.ts';
import type { BatchRecord } from './regular-update-loop.ts';
import type { Store, StoredState } from './store/store.ts';
import { nextSerial } from './zone/serial.ts';
import { ZoneHistory } from './zone/transfer/history.ts';
import { JOURNAL_BATCHES, JOURNAL_BYTES } from './zone/transfer/journal-entry.ts';
import type { Update } from './zone/update.ts';
import { UpdateQueue } from './zone/update-queue.ts';
import { Zone } from './zone/zone.ts';
import type { NameChange } from './zone/zone-draft.ts';
import type { ZoneIdentity } from './zone/zone-identity.ts';

interface Parts {
  readonly identity: ZoneIdentity;
  readonly store: Store;
  readonly stored: StoredState;
  readonly everyMs: () => number;
  readonly timeoutMs: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Everything that the gateway knows while it runs: what was stored, and what it has heard since. */
export interface Registry {
  readonly book: LineBook;
  readonly zone: Zone;
  readonly presence: Presence;
  readonly sessions: Sessions;
  readonly standings: StandingKeeper;
  readonly queue: UpdateQueue;
  readonly brake: Brake;
  readonly batches: BatchRecord;
  readonly history: ZoneHistory;
  readonly stage: Rehearsals;
}

/** From this interval on a waiting name is told with the time that is left, so that caches are empty when its batch comes. */
const LONG_WAIT_MS = 60_000;

/** Takes up the stored state; nothing is written. */
export function registryOf({ identity, store, stored, everyMs, timeoutMs, clock, log }: Parts): Registry {
  const book = bookOf(stored);
  // verdicts of silence die with the process that heard the silence: the evidence has to be gathered anew
  const pending = stored.pending.filter((update) => !isVerdict(update));
  const presence = presenceOf(clock, book, pending);
  const zone = zoneOf(identity, book, stored);
  const queue = queueOf({ store, everyMs, clock }, zone, book);
  queue.restore(pending);
  const history = new ZoneHistory({ batches: JOURNAL_BATCHES, bytes: JOURNAL_BYTES });
  history.restore(stored.journal);
  const standings = new StandingKeeper({
    book,
    store,
    isInBatch: (line) => queue.isInBatch(line),
    clock,
    log,
  });
  return {
    book,
    zone,
    presence,
    sessions: new Sessions(),
    standings,
    queue,
    brake: new Brake({ presence, clock, timeoutMs }),
    batches: { count: stored.batchCount, last: stored.lastBatch, lastMs: null, durations: new Durations() },
    history,
    stage: new Rehearsals({ book, presence, queue, standings, clock }),
  };
}

/**
 * A zone that does not say what it said last (the zone file or the settings were changed, a line was removed or came while
 * nobody served) gets a serial before anybody is answered: nobody can be told of the changes name by name.
 */
export async function takeUpChanges(
  { zone, history }: Registry,
  { store, stored, clock }: Pick<Parts, 'store' | 'stored' | 'clock'>,
): Promise<void> {
  const { fingerprint } = zone;
  if (stored.fingerprint === fingerprint) return;
  const from = zone.serial;
  const serial = stored.lastBatch === null ? from : nextSerial(from);
  await store.commitBatch({
    from,
    serial,
    at: clock.now(),
    updates: [],
    diff: null,
    fingerprint,
  });
  zone.replaceOwn(zone.identity, serial);
  history.append({ from, to: serial, diff: null });
}

function queueOf(parts: Pick<Parts, 'store' | 'everyMs' | 'clock'>, zone: Zone, book: LineBook): UpdateQueue {
  const namesIn = (update: Update) => {
    if (update.kind === 'removal') return update.names;
    const record = book.get(update.line);
    return record ? namesOf(record.line) : [];
  };
  // with short intervals none is ever marked, and none has to be looked for
  let areMarked = false;
  const queue = new UpdateQueue({
    ...parts,
    onWaiting: (update, isWaiting) => {
      const isLong = parts.everyMs() >= LONG_WAIT_MS;
      if (!isLong && !areMarked) return;
      areMarked = true;
      for (const name of namesIn(update)) zone.setQueued(name, isWaiting && isLong);
    },
  });
  zone.shortenQueued(() =>
    parts.everyMs() >= LONG_WAIT_MS ? queue.secondsToBatch() : Number.POSITIVE_INFINITY,
  );
  return queue;
}

function bookOf({ lines, standings, serial }: StoredState): LineBook {
  const book = new LineBook();
  for (const line of lines) {
    book.set({ line, standing: standings.get(line.id) ?? newStanding(serial, line.createdAt) });
  }
  return book;
}

function zoneOf(identity: ZoneIdentity, book: LineBook, { serial, pending }: StoredState): Zone {
  const zone = new Zone(identity, serial);
  // the names of a line whose first batch is still to come are not in the zone yet
  const arriving = new Set(pending.filter(isArrival).map(({ line }) => line));
  const changes = [...book.all()].flatMap(({ line, standing: { published } }): NameChange[] => {
    if (published.kind === 'answering' && arriving.has(line.id)) return [];
    const addresses = published.kind === 'addresses' ? addressesIn(published.addresses) : identity.answering;
    return namesOf(line).map((name) => ({ name, addresses }));
  });
  zone.apply(changes, serial);
  return zone;
}

/** After a restart a line that is or will be published counts as up from now on; it has the whole time-out to be heard. */
function presenceOf(clock: Clock, book: LineBook, pending: readonly Update[]): Presence {
  const presence = new Presence(clock);
  const kindByLine = new Map(pending.map(({ line, kind }) => [line, kind]));
  for (const { line, standing } of book.all()) {
    const isPublished = standing.published.kind === 'addresses';
    const next = kindByLine.get(line.id) ?? (isPublished ? 'to-line' : 'to-gateway');
    if (next === 'to-line') presence.heard(line.id);
    else if (isPublished || standing.logOn !== null) presence.down(line.id);
  }
  return presence;
}

function isArrival(update: StoredState['pending'][number]): boolean {
  return update.kind === 'to-gateway' && update.reason === null;
}
