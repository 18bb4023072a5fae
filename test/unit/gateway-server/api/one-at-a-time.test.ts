import { expect, test } from 'vitest';
import { OneAtATime } from '../../../../gateway-server/api/one-at-a-time.ts';

test('works of one key wait for each other, and those of another do not', async () => {
  const turns = new OneAtATime();
  const events: string[] = [];
  const first = Promise.withResolvers<void>();
  const running = [
    turns.run('alice', async () => {
      events.push('first begins');
      await first.promise;
      events.push('first ends');
    }),
    turns.run('alice', async () => void events.push('second')),
    turns.run('bob', async () => void events.push('of another')),
  ];
  await running[2];
  expect(events).toEqual(['first begins', 'of another']);
  first.resolve();
  await Promise.all(running);
  expect(events).toEqual(['first begins', 'of another', 'first ends', 'second']);
});

test('a work that fails fails alone', async () => {
  const turns = new OneAtATime();
  const failing = turns.run('alice', () => Promise.reject(new Error('full')));
  const next = turns.run('alice', async () => 'done');
  await expect(failing).rejects.toThrow('full');
  expect(await next).toBe('done');
});
