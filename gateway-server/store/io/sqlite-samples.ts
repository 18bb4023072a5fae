import type { Sample, SampleStore } from '../../console/samples.ts';
import { countFrom } from './rows.ts';
import { type Row, reading, rowsOf, type SharedDatabase } from './shared-database.ts';

/** The figures' part of the store. */
export function sqliteSamples({ database, writes }: SharedDatabase): SampleStore {
  const put = database.prepare('INSERT OR REPLACE INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const forget = database.prepare('DELETE FROM sample WHERE at < ?');
  const since = database.prepare('SELECT * FROM sample WHERE at >= ? ORDER BY at');
  return {
    put: (sample, forgetBefore) =>
      writes.add(() => {
        put.run(...valuesOf(sample));
        forget.run(forgetBefore);
      }),
    since: (from) => reading(() => rowsOf(since, from).map(sampleOf)),
  };
}

function valuesOf(sample: Sample): (number | null)[] {
  const { at, live, queued, suspect, offline, unknown, batches, largestBatch, slowestBatchMs, detectionMs } =
    sample;
  const counts = [at, live, queued, suspect, offline, unknown, batches, largestBatch];
  return [...counts, slowestBatchMs, detectionMs];
}

function sampleOf(row: Row): Sample {
  return {
    at: countFrom(row['at']),
    live: countFrom(row['live']),
    queued: countFrom(row['queued']),
    suspect: countFrom(row['suspect']),
    offline: countFrom(row['offline']),
    unknown: countFrom(row['unknown']),
    batches: countFrom(row['batches']),
    largestBatch: countFrom(row['largest_batch']),
    slowestBatchMs: Number(row['slowest_batch_ms']),
    detectionMs: row['detection_ms'] === null ? null : Number(row['detection_ms']),
  };
}
