import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortedInSlices } from '../../../../gateway-server/operator/sorted-in-slices.ts';

test('what is sorted in slices is sorted, whatever it is and however much', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 3 }), { maxLength: 50 }),
      fc.integer({ min: 1, max: 150 }),
      async (words, times) => {
        const many = Array.from({ length: times }, (_, time) =>
          words.map((word) => word + (time % 7)),
        ).flat();
        expect(await sortedInSlices(many, async () => undefined)).toEqual(many.toSorted());
      },
    ),
    { numRuns: 60 },
  );
});

test('others have a turn after every two thousand', async () => {
  const words = Array.from({ length: 10_000 }, (_, place) => `${(place * 7_919) % 10_000}`);
  let turns = 0;
  await sortedInSlices(words, async () => void turns++);
  // five runs, then 4,000 and 4,000 and 2,000, then 8,000 and 2,000, then all
  expect(turns).toBeGreaterThanOrEqual(4 + 5 + 5 + 5);
});
