import { describe, expect, test } from 'vitest';
import { LineBook, newStanding } from '../../../../gateway-server/line/line-book.ts';
import { StandingKeeper } from '../../../../gateway-server/line/standing-keeper.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { lineOf } from '../../../support/gateway-lab.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryLog } from '../../../support/memory-log.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

const ALICE = 'alice' as LineId;

async function keeping() {
  const clock = new ManualClock(1_000);
  const log = new MemoryLog();
  const store = new MemoryStore();
  const book = new LineBook();
  const record = { line: lineOf('alice'), standing: newStanding(1, 0) };
  await store.putLine(record.line, record.standing);
  book.set(record);
  const inBatch = new Set<LineId>();
  const keeper = new StandingKeeper({ book, store, isInBatch: (line) => inBatch.has(line), clock, log });
  const stored = async () => (await store.load()).standings.get(ALICE);
  return { clock, log, store, book, inBatch, keeper, stored };
}

describe('the standing keeper', () => {
  test('writes log-ons and messages once a second, and nothing when nothing has changed', async () => {
    const { clock, store, keeper, stored } = await keeping();
    const stop = new AbortController();
    let writes = 0;
    const put = store.putStandings.bind(store);
    store.putStandings = (standings) => {
      writes += 1;
      return put(standings);
    };
    const kept = keeper.keep(stop.signal);
    await clock.advance(500);
    keeper.loggedOn(ALICE, 'agent 1');
    keeper.setMessages(ALICE, 1);
    await clock.advance(400);
    expect(await stored()).toMatchObject({ logOn: null, messages: 0 });
    await clock.advance(5_000);
    expect(await stored()).toMatchObject({
      logOn: 1_500,
      previousLogOn: null,
      agent: 'agent 1',
      messages: 1,
    });
    expect(writes).toBe(1);
    stop.abort();
    await kept;
  });

  test('remembers the log-on before the last', async () => {
    const { clock, keeper, book } = await keeping();
    keeper.loggedOn(ALICE, 'agent 1');
    await clock.advance(60_000);
    keeper.loggedOn(ALICE, 'agent 2');
    expect(book.get(ALICE)?.standing).toMatchObject({
      logOn: 61_000,
      previousLogOn: 1_000,
      agent: 'agent 2',
    });
  });

  test('counts a visit only while the line is answered for', async () => {
    const { keeper, book } = await keeping();
    keeper.countHit(ALICE);
    const absence = { since: 1, until: null, reason: 'silent', hits: 0 } as const;
    book.setStanding(ALICE, { ...newStanding(1, 0), absence });
    keeper.countHit(ALICE);
    keeper.countHit(ALICE);
    expect(book.get(ALICE)?.standing.absence?.hits).toBe(2);
    book.setStanding(ALICE, { ...newStanding(1, 0), absence: { ...absence, until: 9, hits: 2 } });
    keeper.countHit(ALICE);
    expect(book.get(ALICE)?.standing.absence?.hits).toBe(2);
  });

  test('tries again what the store could not take, the history too', async () => {
    const { store, keeper, stored } = await keeping();
    keeper.setMessages(ALICE, 1);
    keeper.note(ALICE, 'first');
    const putHistory = store.putHistory.bind(store);
    store.failWith(new Error('disk full'));
    await expect(keeper.flush()).rejects.toThrow('disk full');
    store.failWith(null);
    store.putHistory = async () => {
      throw new Error('locked');
    };
    await expect(keeper.flush()).rejects.toThrow('locked');
    keeper.note(ALICE, 'second');
    store.putHistory = putHistory;
    await keeper.flush();
    expect(await stored()).toMatchObject({ messages: 1 });
    expect((await store.historyOf(ALICE)).map(({ event }) => event)).toEqual(['first', 'second']);
  });

  test('lets a batch that changes the line reach the disk first', async () => {
    const { inBatch, keeper, stored } = await keeping();
    keeper.setMessages(ALICE, 1);
    inBatch.add(ALICE);
    await keeper.flush();
    expect(await stored()).toMatchObject({ messages: 0 });
    inBatch.clear();
    await keeper.flush();
    expect(await stored()).toMatchObject({ messages: 1 });
  });

  test('forgets a line that is removed', async () => {
    const { book, keeper, stored } = await keeping();
    keeper.setMessages(ALICE, 1);
    book.remove(ALICE);
    keeper.loggedOn(ALICE, 'agent 1');
    await keeper.flush();
    expect(await stored()).toMatchObject({ messages: 0, logOn: null });
  });
});
