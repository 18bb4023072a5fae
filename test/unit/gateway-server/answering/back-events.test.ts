import { expect, test } from 'vitest';
import { BackEvents } from '../../../../gateway-server/answering/back-events.ts';
import { type LineId, parseLineId } from '../../../../protocol/line-id.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { answeringStreet } from './street.ts';

const [ALICE, BOB] = [line('alice'), line('bob')];

function line(text: string): LineId {
  const id = parseLineId(text);
  if (!id) throw new Error(`no line id: ${text}`);
  return id;
}

function watching() {
  const clock = new ManualClock();
  const events = new BackEvents(clock);
  const watch = (id: LineId, neighbourhood = 'here') => {
    const gone = new AbortController();
    const told: string[] = [];
    const stream = events.watch(id, neighbourhood, gone.signal);
    const over = stream && read(stream, told);
    return { isTaken: stream !== undefined, told, over, leave: () => gone.abort() };
  };
  return { clock, events, watch };
}

async function read(stream: AsyncIterable<string>, into: string[]): Promise<void> {
  for await (const piece of stream) into.push(piece);
}

test('tells who waits for a line that it is back, ends with that, and tells nobody else', async () => {
  const { clock, events, watch } = watching();
  const [alices, bobs] = [watch(ALICE), watch(BOB)];
  events.sees({ kind: 'off-line', line: ALICE, at: 0, reason: 'farewell' });
  await clock.advance(0);
  expect(alices.told).toEqual(['retry: 10000\n\n']);
  events.sees({ kind: 'live', line: ALICE, at: 0 });
  await alices.over;
  expect(alices.told.at(-1)).toBe('event: live\ndata: {}\n\n');
  expect(bobs.told).toEqual(['retry: 10000\n\n']);
});

test('beats every fifteen seconds, so that no one on the way cuts the connection', async () => {
  const { clock, watch } = watching();
  const { told } = watch(ALICE);
  await clock.advance(45_000);
  expect(told).toEqual(['retry: 10000\n\n', ': still off\n\n', ': still off\n\n', ': still off\n\n']);
});

test('lets four of one neighbourhood wait for one line, and another when one of them has left', () => {
  const { watch } = watching();
  const [first] = [1, 2, 3, 4].map(() => watch(ALICE));
  expect(watch(ALICE).isTaken).toBe(false);
  expect([watch(BOB).isTaken, watch(ALICE, 'there').isTaken]).toEqual([true, true]);
  first?.leave();
  expect(watch(ALICE).isTaken).toBe(true);
});

test('lets two thousand wait in all', () => {
  const { watch } = watching();
  const taken = Array.from({ length: 2_001 }, (_, each) => watch(ALICE, `neighbourhood ${each}`).isTaken);
  expect(taken.filter((isTaken) => isTaken)).toHaveLength(2_000);
});

test('gives no place to who has left already', () => {
  const { events, watch } = watching();
  for (let each = 0; each < 4; each += 1) events.watch(ALICE, 'here', AbortSignal.abort());
  expect(watch(ALICE).isTaken).toBe(true);
});

test('events are for who reads them: every other method gets a whole answer', async () => {
  const { visit } = answeringStreet();
  for (const method of ['HEAD', 'POST', 'PUT'])
    expect((await visit('alice.street.test', '/.porchlight/events', { method })).status).toBe(404);
});
