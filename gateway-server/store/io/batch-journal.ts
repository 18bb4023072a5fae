import type { DatabaseSync } from 'node:sqlite';
import type { Serial } from '../../zone/serial.ts';
import { JOURNAL_BATCHES, JOURNAL_BYTES, type JournalEntry } from '../../zone/transfer/journal-entry.ts';
import type { Batch } from '../store.ts';
import { ticketBytes } from './folding.ts';
import { bytesFrom, countFrom, type Found } from './rows.ts';
import type { Taken } from './waiting-updates.ts';

/** One record a batch, whatever its size: what happened to the zone, and what has still to become of the lines. */
export type BatchJournal = ReturnType<typeof batchJournalIn>;

export function batchJournalIn(database: DatabaseSync) {
  const putBatch = database.prepare('INSERT INTO batch (serial, at, size, fingerprint) VALUES (?, ?, ?, ?)');
  const putStep = database.prepare('INSERT INTO step VALUES (?, ?, ?, ?)');
  const putUnfolded = database.prepare('INSERT INTO unfolded VALUES (?, ?, ?, ?, ?)');
  const forgetBatches = database.prepare(
    'DELETE FROM batch WHERE number <= (SELECT max(number) FROM batch) - ?',
  );
  const forgetSteps = database.prepare('DELETE FROM step WHERE number <= ?');
  const stepSizes = database.prepare('SELECT number, length(diff) FROM step ORDER BY number DESC');
  const steps = database.prepare('SELECT from_serial, to_serial, diff FROM step ORDER BY number DESC');
  const newest = database.prepare('SELECT serial FROM batch ORDER BY number DESC LIMIT 1');
  for (const statement of [stepSizes, steps, newest]) statement.setReturnArrays(true);
  return {
    append({ from, serial, at, updates, diff, fingerprint }: Batch, { tickets, contents }: Taken): void {
      const { lastInsertRowid: number } = putBatch.run(serial, at, updates.length, fingerprint);
      if (from !== serial) putStep.run(number, from, serial, diff);
      if (updates.length > 0) putUnfolded.run(number, serial, at, ticketBytes(tickets), contents.join('\n'));
    },
    /** Of the newest batch. */
    serial(): Serial | undefined {
      const [serial] = (newest.get() as Found | undefined) ?? [];
      return serial === undefined ? undefined : countFrom(serial);
    },
    forgetOld(): void {
      forgetBatches.run(JOURNAL_BATCHES);
      const oldest = oldestKept(stepSizes.all() as unknown as Found[]);
      if (oldest !== undefined) forgetSteps.run(oldest - 1);
    },
    /** The newest steps that follow each other without a gap, oldest first. */
    history(): readonly JournalEntry[] {
      const found: JournalEntry[] = [];
      for (const [from, to, diff] of steps.iterate() as unknown as Iterable<Found>) {
        const next = found.at(-1);
        if (next && (next.from !== countFrom(to) || next.diff === null)) break;
        found.push({
          from: countFrom(from),
          to: countFrom(to),
          diff: diff === null ? null : bytesFrom(diff),
        });
      }
      return found.reverse();
    },
  };
}

/** The number of the oldest step within the bounds; `sizes` come newest first. */
function oldestKept(sizes: readonly Found[]): number | undefined {
  let bytes = 0;
  let oldest: number | undefined;
  for (const [number, length] of sizes.slice(0, JOURNAL_BATCHES)) {
    bytes += length === null ? 0 : countFrom(length);
    if (bytes > JOURNAL_BYTES) break;
    oldest = countFrom(number);
  }
  return oldest;
}
