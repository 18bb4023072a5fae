import { expect, test } from 'vitest';
import { ZoneHistory } from '../../../../../gateway-server/zone/transfer/history.ts';

const ROOMY = { batches: 100, bytes: 1000 };
const step = (from: number, to = from + 1, bytes = 10) => ({ from, to, diff: new Uint8Array(bytes) });
const serials = (history: ZoneHistory, since: number) =>
  history.since(since)?.map(({ from, to }) => [from, to]);

function historyOf(
  limits: { batches: number; bytes: number },
  ...entries: Parameters<ZoneHistory['append']>[0][]
) {
  const history = new ZoneHistory(limits);
  for (const entry of entries) history.append(entry);
  return history;
}

test('tells the steps from a serial to the newest one, and none from the newest one itself', () => {
  const history = historyOf(ROOMY, step(1), step(2), step(3));
  expect(serials(history, 2)).toEqual([
    [2, 3],
    [3, 4],
  ]);
  expect(history.since(4)).toEqual([]);
  expect(history).toMatchObject({ oldest: 1, size: 3, bytes: 30 });
});

test('knows no way from a serial that it never had', () => {
  const history = historyOf(ROOMY, step(1), step(2));
  expect([history.since(0), history.since(9)]).toEqual([undefined, undefined]);
  expect(new ZoneHistory(ROOMY)).toMatchObject({ oldest: undefined, size: 0 });
  expect(new ZoneHistory(ROOMY).since(1)).toBeUndefined();
});

test('forgets the oldest steps when there are too many', () => {
  const history = historyOf({ batches: 2, bytes: 1000 }, step(1), step(2), step(3));
  expect(history).toMatchObject({ oldest: 2, size: 2, bytes: 20 });
  expect(history.since(1)).toBeUndefined();
});

test('forgets the oldest steps when they take too many bytes, even all of them', () => {
  const history = historyOf({ batches: 100, bytes: 25 }, step(1), step(2), step(3));
  expect(history).toMatchObject({ oldest: 2, bytes: 20 });
  history.append(step(4, 5, 26));
  expect(history).toMatchObject({ oldest: 5, size: 0, bytes: 0 });
  expect(history.since(5)).toEqual([]);
});

test('forgets everything before a step that cannot be told name by name', () => {
  const history = historyOf(ROOMY, step(1), { from: 2, to: 3, diff: null }, step(3));
  expect([history.since(1), history.since(2)]).toEqual([undefined, undefined]);
  expect(serials(history, 3)).toEqual([[3, 4]]);
});

test('forgets everything before a gap', () => {
  const history = historyOf(ROOMY, step(1), step(5), step(6));
  expect(history.since(1)).toBeUndefined();
  expect(history).toMatchObject({ oldest: 5, size: 2, bytes: 20 });
});

test('goes on over the wrap of the serial', () => {
  const history = historyOf(ROOMY, step(0xffff_fffe, 0xffff_ffff), step(0xffff_ffff, 0), step(0, 1));
  expect(serials(history, 0xffff_ffff)).toEqual([
    [0xffff_ffff, 0],
    [0, 1],
  ]);
});

test('takes over what was kept in place of what it knew', () => {
  const history = historyOf(ROOMY, step(1));
  history.restore([step(7), step(8)]);
  expect(history).toMatchObject({ oldest: 7, size: 2, bytes: 20 });
});

test('keeps no step that leads nowhere', () => {
  expect(historyOf(ROOMY, step(1), step(2, 2))).toMatchObject({ oldest: 1, size: 1 });
});
