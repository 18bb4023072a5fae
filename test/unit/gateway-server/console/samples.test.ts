import { expect, test } from 'vitest';
import { condensed, type Sample } from '../../../../gateway-server/console/samples.ts';
import { sqliteSamples } from '../../../../gateway-server/store/io/sqlite-samples.ts';
import { databaseInMemory } from '../../../support/database-in-memory.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const MINUTE_MS = 60_000;

function sampleAt(minute: number, change: Partial<Sample> = {}): Sample {
  const counts = { live: 5, queued: 0, suspect: 0, offline: 0, unknown: 0, batches: 1, largestBatch: 2 };
  return { at: minute * MINUTE_MS, ...counts, slowestBatchMs: 1.5, detectionMs: null, ...change };
}

test('trouble of a single minute is seen in a chart of a month', () => {
  const month = Array.from({ length: 40_000 }, (_, minute) => sampleAt(minute));
  month[12_345] = sampleAt(12_345, {
    offline: 7,
    largestBatch: 90,
    slowestBatchMs: 800,
    detectionMs: 12_000,
  });
  const shown = condensed(month, 240);
  expect(shown.length).toBe(240);
  expect(shown.at(-1)?.at).toBe(39_999 * MINUTE_MS);
  expect(shown.reduce((sum, { batches }) => sum + batches, 0)).toBe(40_000);
  const worst = shown.find(({ offline }) => offline === 7);
  expect(worst).toMatchObject({ largestBatch: 90, slowestBatchMs: 800, detectionMs: 12_000 });
});

test('few samples are shown as they are', () => {
  const few = [sampleAt(1), sampleAt(2)];
  expect(condensed(few, 240)).toBe(few);
});

test('samples come back from the store as they went in, oldest first, and old ones are forgotten', async () => {
  const store = sqliteSamples(databaseInMemory(new ManualClock(0)));
  const [old, second, third] = [sampleAt(1), sampleAt(2, { detectionMs: 9_500.5 }), sampleAt(3)];
  await store.put(old, 0);
  await store.put(third, 0);
  await store.put(second, 2 * MINUTE_MS);
  expect(await store.since(0)).toEqual([second, third]);
  expect(await store.since(3 * MINUTE_MS)).toEqual([third]);
});
