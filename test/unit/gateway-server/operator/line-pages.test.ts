import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LineRecord, newStanding } from '../../../../gateway-server/line/line-book.ts';
import { LINE_SORTS, type LineSort } from '../../../../gateway-server/operator/line-order.ts';
import { LinePages, type LineWish } from '../../../../gateway-server/operator/line-pages.ts';
import { type LineState, stateOf } from '../../../../gateway-server/operator/line-view.ts';
import type { Registry } from '../../../../gateway-server/registry.ts';
import type { Ipv4 } from '../../../../protocol/address.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { GatewayLab, lineOf } from '../../../support/gateway-lab.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const ALL: LineWish = { search: '', state: null, sort: 'id', isDescending: false };
const STATES = ['live', 'offline', 'queued', 'suspect', 'unknown', null] as const;

/** Every third line is live, every third off-line, every third was never heard. */
function recordAt(place: number): LineRecord {
  const line = lineOf(`l${place.toString(36)}`);
  const standing = newStanding(1, line.createdAt + (place % 7) * 1_000);
  const ipv4 = `198.${18 + (place >> 16)}.${(place >> 8) & 255}.${place & 255}` as Ipv4;
  const published = {
    kind: 'addresses',
    addresses: { ipv4, ipv6: null },
    serial: 1,
    since: standing.published.since,
  } as const;
  if (place % 3 === 0) return { line, standing: { ...standing, published, agent: `agent ${place % 5}` } };
  return { line, standing: place % 3 === 1 ? standing : { ...standing, logOn: 1 } };
}

async function crowd(
  count: number,
): Promise<{ registry: Registry; pages: LinePages; clock: ManualClock; waits: () => number }> {
  const { registry, clock: gatewayClock } = await GatewayLab.start();
  for (let place = 0; place < count; place++) {
    if (count < 1_000 && place % 50 === 49) await gatewayClock.advance(20);
    await set(registry, recordAt(place), place);
  }
  const clock = new ManualClock(1_000);
  let waits = 0;
  const othersTurn = async () => void waits++;
  return { registry, pages: new LinePages({ registry, othersTurn, clock }), clock, waits: () => waits };
}

/** Some of the lines are doubted, have just fallen silent, or wait for their next address. */
async function set({ book, presence, queue }: Registry, record: LineRecord, place: number): Promise<void> {
  const { id } = record.line;
  book.set(record);
  if (place % 5 > 0) presence.heard(id);
  if (place % 11 === 1) presence.doubt(id, 'missed-signal');
  if (place % 11 === 2) presence.down(id);
  if (place % 13 !== 1) return;
  const addresses = { ipv4: `203.0.${place >> 8}.${place & 255}` as Ipv4, ipv6: null };
  await queue.put({ kind: 'to-line', line: id, askedAt: 0, addresses, signal: { session: 1, seq: 1 } });
}

function textOf({ line, standing: { published } }: LineRecord): string {
  const address = published.kind === 'addresses' ? published.addresses.ipv4 : '';
  return `${line.id} ${line.domain} ${address}`;
}

/** What a line is sorted by, said in another way than the table does. */
function keyOf(registry: Registry, record: LineRecord, sort: LineSort): string | number {
  const { line, standing } = record;
  const { published } = standing;
  switch (sort) {
    case 'id':
      return line.id;
    case 'since':
      return published.since;
    case 'heard':
      return registry.presence.heardAt(line.id) ?? -1;
    case 'agent':
      return standing.agent ?? '';
    case 'address':
      return published.kind === 'addresses' ? numberOf(published.addresses.ipv4 ?? '') : 2 ** 32;
    case 'state':
      return ['suspect', 'offline', 'queued', 'live', 'unknown'].indexOf(stateOf(registry, record));
  }
}

function numberOf(ipv4: string): number {
  return ipv4.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

function inOrder<T extends string | number>(keys: readonly T[], isDescending: boolean): readonly T[] {
  const sorted = keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return isDescending ? sorted.reverse() : sorted;
}

function idsOf(rows: readonly LineRecord[]): string[] {
  return rows.map(({ line }) => line.id);
}

test('pages put together are the lines that fit, each once and in order', async () => {
  const { registry, pages } = await crowd(300);
  const wishes = fc.record({
    search: fc.constantFrom('', 'l1', '198.18.0.3', 'mwebpages 1', 'nothing'),
    state: fc.constantFrom<LineState | null>(...STATES),
    sort: fc.constantFrom(...LINE_SORTS),
    isDescending: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(wishes, fc.integer({ min: 1, max: 80 }), async (wish, most) => {
      const { total } = await pages.page(wish, 0, most);
      const all: LineRecord[] = [];
      for (let page = 0; page * most < total; page++) all.push(...(await pages.page(wish, page, most)).rows);
      const expected = [...registry.book.all()].filter(
        (record) =>
          (wish.state === null || stateOf(registry, record) === wish.state) &&
          wish.search.split(' ').every((word) => textOf(record).includes(word)),
      );
      expect(idsOf(all).toSorted()).toEqual(idsOf(expected).toSorted());
      if (wish.sort === 'id')
        expect(idsOf(all)).toEqual(
          wish.isDescending ? idsOf(expected).toSorted().reverse() : idsOf(expected).toSorted(),
        );
      const keys = all.map((record) => keyOf(registry, record, wish.sort));
      expect(keys).toEqual(inOrder(keys, wish.isDescending));
    }),
    { numRuns: 100 },
  );
});

test('a page behind the last one shows the last one', async () => {
  const { pages } = await crowd(30);
  const { page, rows, total } = await pages.page(ALL, 99, 20);
  expect([page, rows.length, total]).toEqual([1, 10, 30]);
});

test('an address is found in whichever way it is written, and a name with its final dot', async () => {
  const { registry, pages } = await crowd(0);
  const line = lineOf('six');
  const addresses = { ipv4: null, ipv6: '2001:db8::7' } as never;
  registry.book.set({
    line,
    standing: { ...newStanding(1, 1), published: { kind: 'addresses', addresses, serial: 1, since: 1 } },
  });
  for (const search of ['2001:DB8:0:0::7', 'SIX.mwebpages.test.', 'db8::7 six'])
    expect((await pages.page({ ...ALL, search }, 0, 5)).total, search).toBe(1);
});

test('what comes, goes or moves between two questions is seen by the second', async () => {
  const { registry, pages } = await crowd(10);
  const { book } = registry;
  const found = async (search: string) => {
    const { rows, total } = await pages.page({ ...ALL, search }, 0, 50);
    expect(total).toBe(rows.length);
    return idsOf(rows);
  };
  expect(await found('')).toHaveLength(10);
  book.remove('l0' as LineId);
  book.set({ ...recordAt(0), line: lineOf('newcomer') });
  expect(await found('')).toEqual(['l1', 'l2', 'l3', 'l4', 'l5', 'l6', 'l7', 'l8', 'l9', 'newcomer']);
  expect(await found('l0')).toEqual([]);
  book.set(recordAt(0));
  expect(await found('l0')).toEqual(['l0']);
  book.set({ ...recordAt(0), line: lineOf('l0', { words: 'Away' }) });
  expect(await found('l0')).toEqual(['l0']);
  const { standing } = recordAt(3);
  const published = {
    kind: 'addresses',
    addresses: { ipv4: '203.0.113.9' as Ipv4, ipv6: null },
    serial: 2,
    since: 1,
  } as const;
  book.setStanding('l3' as LineId, { ...standing, published });
  expect(await found('203.0.113.9')).toEqual(['l3']);
  expect(await found('198.18.0.3')).toEqual([]);
});

test('a page that is asked for again within two seconds keeps its order, and none is older', async () => {
  const { registry, pages, clock } = await crowd(10);
  const newestFirst = { ...ALL, sort: 'since', isDescending: true } as const;
  const first = async () => (await pages.page(newestFirst, 0, 1)).rows[0]?.line.id;
  expect(await first()).toBe('l6');
  const { standing } = recordAt(4);
  const since = standing.published.since + 3_600_000;
  registry.book.setStanding('l4' as LineId, { ...standing, published: { ...standing.published, since } });
  await clock.advance(1_999);
  expect(await first()).toBe('l6');
  await clock.advance(1);
  expect(await first()).toBe('l4');
});

test('a line that came and goes again while others have their turn is not counted afterwards', async () => {
  const { registry } = await crowd(0);
  const { book } = registry;
  for (let place = 0; place < 1_500; place++) book.set(recordAt(place));
  let atTurn = (): void => undefined;
  const pages = new LinePages({ registry, othersTurn: async () => atTurn(), clock: new ManualClock(0) });
  await pages.page(ALL, 0, 1);
  const visitor = { ...recordAt(0), line: lineOf('visitor') };
  book.set(visitor);
  for (let place = 0; place < 1_500; place++) book.set(recordAt(place));
  book.setStanding(visitor.line.id, visitor.standing);
  atTurn = () => book.remove(visitor.line.id);
  await pages.page(ALL, 0, 1);
  expect((await pages.page(ALL, 0, 1)).total).toBe(1_500);
});

test('two who ask at the same time get the same lines, though none had been taken in', async () => {
  const { pages } = await crowd(3_000);
  const [one, other] = await Promise.all([pages.page(ALL, 59, 50), pages.page(ALL, 59, 50)]);
  expect(one.total).toBe(3_000);
  expect(idsOf(other.rows)).toEqual(idsOf(one.rows));
});

test('agents that call themselves by ever new names are sorted as far as they are remembered', async () => {
  const { registry, pages } = await crowd(0);
  for (let place = 0; place < 5_000; place++) {
    const { line, standing } = recordAt(place);
    registry.book.set({ line, standing: { ...standing, agent: `agent ${9_999 - place}` } });
  }
  const { rows, total } = await pages.page({ ...ALL, sort: 'agent' }, 0, 5_000);
  expect(total).toBe(5_000);
  const agents = rows.map(({ standing }) => standing.agent);
  expect([agents[0], agents[4_095], agents[4_096]]).toEqual(['agent 5904', 'agent 9999', 'agent 5903']);
});

test.for(LINE_SORTS)(
  'others have their turn while very many lines are searched and sorted by %s',
  async (sort) => {
    const { pages, waits } = await crowd(20_000);
    await pages.page({ ...ALL, search: 'nothing' }, 0, 50);
    // 1,000 a turn are taken in and brought into order, 10,000 a turn are searched
    expect(waits()).toBeGreaterThanOrEqual(20 + 20 + 1);
    const before = waits();
    await pages.page({ ...ALL, search: 'mwebpages', sort }, 0, 50);
    expect(waits() - before).toBeGreaterThanOrEqual(sort === 'id' ? 1 : 2);
  },
);
