import { expect, test } from 'vitest';
import { WriteGroup } from '../../../../../gateway-server/store/io/write-group.ts';
import { StoreUnavailable } from '../../../../../gateway-server/store/store.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

/** A database of which only the transactions are seen. */
class Diary {
  readonly lines: string[] = [];
  failure: { readonly at: string; readonly error: Error } | null = null;
  isTransaction = false;

  exec(sql: string): void {
    this.lines.push(sql);
    if (this.failure?.at === sql) throw this.failure.error;
    this.isTransaction = sql.startsWith('BEGIN');
  }

  count(sql: string): number {
    return this.lines.filter((line) => line === sql).length;
  }
}

function failing(code: number): Error {
  return Object.assign(new Error('sqlite'), { errcode: code });
}

function opened() {
  const diary = new Diary();
  const clock = new ManualClock();
  return { diary, clock, writes: new WriteGroup(diary, clock) };
}

test('writes of one turn of the event loop share one transaction and resolve in their order', async () => {
  const { diary, writes } = opened();
  const resolved: number[] = [];
  const all = Array.from({ length: 100 }, (_, number) => writes.add(() => number));
  for (const one of all) void one.then((number) => resolved.push(number));
  await Promise.all(all);
  expect(diary.lines).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
  expect(resolved).toEqual(Array.from({ length: 100 }, (_, number) => number));
});

test('a write is told as done only after the commit', async () => {
  const { diary, writes } = opened();
  const seen = writes.add(() => undefined).then(() => diary.lines.at(-1));
  expect(diary.lines).toEqual([]);
  expect(await seen).toBe('COMMIT');
});

test('one write that cannot be done fails alone, in few transactions, and the order stays', async () => {
  const { diary, writes } = opened();
  const cause = failing(19);
  const told: string[] = [];
  const all = Array.from({ length: 1_000 }, (_, number) =>
    writes.add(() => {
      if (number === 617) throw cause;
    }),
  );
  all.forEach((one, number) => {
    one.then(
      () => told.push(`${number}`),
      (error) => told.push(`${number} ${error instanceof StoreUnavailable && error.cause === cause}`),
    );
  });
  await Promise.allSettled(all);
  expect(told).toEqual(Array.from({ length: 1_000 }, (_, n) => (n === 617 ? '617 true' : `${n}`)));
  expect(diary.count('BEGIN IMMEDIATE')).toBeLessThan(25);
  expect(diary.isTransaction).toBe(false);
});

test('a commit that fails is rolled back and fails every write in it', async () => {
  const { diary, writes } = opened();
  diary.failure = { at: 'COMMIT', error: failing(13) };
  const told = await Promise.allSettled([writes.add(() => 1), writes.add(() => 2)]);
  for (const one of told) {
    expect(one).toMatchObject({ reason: { message: 'cannot use the store now: its disk is full' } });
  }
  expect(diary.count('ROLLBACK')).toBe(diary.count('COMMIT'));
});

test('a lock that goes away within a second fails nothing', async () => {
  const { diary, clock, writes } = opened();
  diary.failure = { at: 'BEGIN IMMEDIATE', error: failing(5) };
  const written = writes.add(() => 'kept');
  await clock.advance(500);
  diary.failure = null;
  await clock.advance(100);
  expect(await written).toBe('kept');
});

test('a lock that stays fails after a second whatever waits, and the next write has its own second', async () => {
  const { diary, clock, writes } = opened();
  diary.failure = { at: 'BEGIN IMMEDIATE', error: failing(5) };
  const first = expect(writes.add(() => 1)).rejects.toThrow('another program has locked it');
  await clock.advance(900);
  const second = expect(writes.add(() => 2)).rejects.toThrow(StoreUnavailable);
  await clock.advance(200);
  await Promise.all([first, second]);
  const third = writes.add(() => 3);
  await clock.advance(900);
  diary.failure = null;
  await clock.advance(100);
  expect(await third).toBe(3);
});

test('what was added before closing is still written, what comes after is refused', async () => {
  const { diary, writes } = opened();
  const before = writes.add(() => 'before');
  const closed = writes.close();
  await expect(writes.add(() => 'after')).rejects.toThrow('the store is closed');
  await closed;
  expect(diary.lines.at(-1)).toBe('COMMIT');
  expect(await before).toBe('before');
});
