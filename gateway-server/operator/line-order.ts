import { bytesOf } from '../../protocol/address.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { LineRecord } from '../line/line-book.ts';
import type { Registry } from '../registry.ts';
import { type LineState, stateOf } from './line-view.ts';

export const LINE_SORTS = ['id', 'state', 'address', 'since', 'heard', 'agent'] as const;
export type LineSort = (typeof LINE_SORTS)[number];

interface Order {
  readonly sort: LineSort;
  readonly isDescending: boolean;
}

/** Those that somebody should look at come first. */
const STATE_ORDER: readonly LineState[] = ['suspect', 'offline', 'queued', 'live', 'unknown'];
const LAST = 2 ** 32 - 1;
/** Room for the place beside a key of 32 bits, so that both fit into the 53 bits of a whole number. */
const PLACES = 2 ** 21;
const SLICE = 4_000;

/** The lines' ids in the order asked for; `records` come by id, which also decides between equals. */
export async function inOrderOf(
  registry: Registry,
  records: readonly LineRecord[],
  { sort, isDescending }: Order,
  othersTurn: () => Promise<void>,
): Promise<readonly LineId[]> {
  const ids = records.map(({ line }) => line.id);
  if (sort === 'id') return isDescending ? ids.reverse() : ids;
  const keyOf = keyBy(registry, sort);
  // one number for key and place: numbers are sorted without asking a function for each pair
  const places = new Float64Array(records.length);
  for (const [place, record] of records.entries()) {
    const key = keyOf(record);
    places[place] = (isDescending ? LAST - key : key) * PLACES + place;
    if (place % SLICE === SLICE - 1) await othersTurn();
  }
  return [...places.sort()].flatMap((one) => ids[one % PLACES] ?? []);
}

/** A whole number from 0 to LAST. */
function keyBy(registry: Registry, sort: LineSort): (record: LineRecord) => number {
  if (sort === 'state') return (record) => STATE_ORDER.indexOf(stateOf(registry, record));
  if (sort === 'since') return ({ standing }) => bounded(standing.published.since / 1_000);
  if (sort === 'heard') return ({ line }) => heardKey(registry, line.id);
  if (sort === 'address') return addressKey;
  return agentKeys(registry);
}

/** Milliseconds of the gateway's own clock; never heard sorts first. */
function heardKey({ presence }: Registry, line: LineId): number {
  const heardAt = presence.heardAt(line);
  return heardAt === null ? 0 : bounded(heardAt / 10 + 1);
}

/** IPv4 by number, then those with IPv6 alone, then those without any. */
function addressKey({ standing: { published } }: LineRecord): number {
  if (published.kind !== 'addresses') return LAST;
  const { ipv4 } = published.addresses;
  return ipv4 === null ? LAST - 1 : bytesOf(ipv4).reduce((sum, byte) => sum * 256 + byte, 0);
}

/** There are few versions of agents. */
function agentKeys({ book }: Registry): (record: LineRecord) => number {
  const agents = new Set<string>();
  for (const { standing } of book.all()) agents.add(standing.agent ?? '');
  const rank = new Map([...agents].sort().map((agent, place) => [agent, place]));
  return ({ standing }) => rank.get(standing.agent ?? '') ?? LAST;
}

function bounded(value: number): number {
  return Math.min(LAST, Math.max(0, Math.floor(value)));
}
