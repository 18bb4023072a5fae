import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LineRecord, newStanding } from '../../../../gateway-server/line/line-book.ts';
import { LINE_SORTS } from '../../../../gateway-server/operator/line-order.ts';
import { LinePages, type LineWish } from '../../../../gateway-server/operator/line-pages.ts';
import { type LineState, stateOf } from '../../../../gateway-server/operator/line-view.ts';
import type { Registry } from '../../../../gateway-server/registry.ts';
import type { Ipv4 } from '../../../../protocol/address.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { GatewayLab, lineOf } from '../../../support/gateway-lab.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const ALL: LineWish = { search: '', state: null, sort: 'id', isDescending: false };
const STATES = ['live', 'offline', 'unknown', null] as const;

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
  const { registry } = await GatewayLab.start();
  for (let place = 0; place < count; place++) registry.book.set(recordAt(place));
  const clock = new ManualClock(1_000);
  let waits = 0;
  const othersTurn = async () => void waits++;
  return { registry, pages: new LinePages({ registry, othersTurn, clock }), clock, waits: () => waits };
}

function textOf({ line, standing: { published } }: LineRecord): string {
  const address = published.kind === 'addresses' ? published.addresses.ipv4 : '';
  return `${line.id} ${line.domain} ${address}`;
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
      if (wish.sort === 'since') {
        const times = all.map(({ standing }) => standing.published.since);
        expect(times).toEqual(times.toSorted((a, b) => (wish.isDescending ? b - a : a - b)));
      }
    }),
    { numRuns: 60 },
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

test('a line that came is found at once, and one that took the place of another within ten seconds', async () => {
  const { registry, pages, clock } = await crowd(10);
  expect((await pages.page(ALL, 0, 50)).total).toBe(10);
  registry.book.set(recordAt(10));
  expect((await pages.page(ALL, 0, 50)).total).toBe(11);
  registry.book.remove('l0' as LineId);
  registry.book.set({ ...recordAt(0), line: lineOf('newcomer') });
  await clock.advance(10_000);
  const { rows } = await pages.page(ALL, 0, 50);
  expect(idsOf(rows)).toContain('newcomer');
  expect(idsOf(rows)).not.toContain('l0');
});

test('others have their turn while very many lines are looked through', async () => {
  const { pages, waits } = await crowd(20_000);
  await pages.page({ ...ALL, search: 'nothing' }, 0, 50);
  expect(waits()).toBe(4);
});
