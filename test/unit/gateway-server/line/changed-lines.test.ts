import { expect, test } from 'vitest';
import { ChangedLines } from '../../../../gateway-server/line/changed-lines.ts';
import type { LineId } from '../../../../protocol/line-id.ts';

function ids(count: number): LineId[] {
  return Array.from({ length: count }, (_, n) => `l${n}` as LineId);
}

test('lines that change again and again while nobody asks take no more room than few changes of each', () => {
  const changed = new ChangedLines(ids(3));
  for (let round = 0; round < 1_000; round++) for (const id of ids(100)) changed.note(id);
  const taken = changed.take();
  expect(new Set(taken)).toEqual(new Set(ids(100)));
  expect(taken.length).toBeLessThanOrEqual(2 * 100 + 1_000);
});

test('what was taken is not given again, and what changes afterwards is', () => {
  const changed = new ChangedLines(ids(2));
  expect(changed.take()).toEqual(ids(2));
  expect(changed.take()).toEqual([]);
  changed.note('l1' as LineId);
  expect(changed.take()).toEqual(['l1']);
});
