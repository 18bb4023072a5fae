import { expect, test } from 'vitest';
import { within } from '../../../runtime/deadline.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const never = new Promise<string>(() => undefined);

test('gives the result of work that is done in time', async () => {
  const clock = new ManualClock();
  const done = clock.sleep(99, new AbortController().signal).then(() => 'done');
  const result = within(clock, 100, done, new AbortController().signal);
  await clock.advance(100);
  expect(await result).toBe('done');
});

test('gives up when the time is over', async () => {
  const clock = new ManualClock();
  const result = within(clock, 100, never, new AbortController().signal);
  await clock.advance(100);
  expect(await result).toBe('too-late');
});

test('passes on the failure of the work', async () => {
  const failing = Promise.reject(new Error('no route'));
  await expect(within(new ManualClock(), 100, failing, new AbortController().signal)).rejects.toThrow(
    'no route',
  );
});

test('swallows a failure that comes after the time is over', async () => {
  const clock = new ManualClock();
  const { promise, reject } = Promise.withResolvers<string>();
  const result = within(clock, 100, promise, new AbortController().signal);
  await clock.advance(100);
  expect(await result).toBe('too-late');
  reject(new Error('too late to matter'));
  await clock.advance(1);
});

test.each(['before', 'during'])('rejects with the reason when stopped %s the wait', async (when) => {
  const clock = new ManualClock();
  const stop = new AbortController();
  if (when === 'before') stop.abort(new Error('stopped'));
  const result = within(clock, 100, never, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(result).rejects.toThrow('stopped');
});

test('leaves no sleeper behind when the work was faster', async () => {
  const pending = new Set<AbortSignal>();
  const clock = new ManualClock();
  const watching = {
    now: () => clock.now(),
    elapsed: () => clock.elapsed(),
    sleep: (ms: number, signal: AbortSignal) => {
      pending.add(signal);
      signal.addEventListener('abort', () => pending.delete(signal));
      return clock.sleep(ms, signal);
    },
  };
  expect(await within(watching, 100, Promise.resolve('done'), new AbortController().signal)).toBe('done');
  expect(pending.size).toBe(0);
});
