import type { LineId } from '../../protocol/line-id.ts';
import type { Line } from '../line/line.ts';
import type { Registry } from '../registry.ts';
import { type Keys, LAST, type LineColumns } from './line-columns.ts';
import { rankOf, stateOf } from './line-view.ts';

export const LINE_SORTS = ['id', 'state', 'address', 'since', 'heard', 'agent'] as const;
export type LineSort = (typeof LINE_SORTS)[number];

interface Crowd {
  readonly registry: Registry;
  readonly columns: LineColumns;
}

/** Those of them that somebody asks for. */
interface Asked extends Crowd {
  readonly places: Uint32Array;
}

const DIGIT_BITS = 11;
const LIVE = rankOf('live');
const DIGITS = 2 ** DIGIT_BITS;
const SLICE = 5_000;

/** The places in the order asked for; they come by id, which also decides between equals. */
export async function inOrderOf(
  { registry, columns }: Crowd,
  places: Uint32Array,
  { sort, isDescending }: { readonly sort: LineSort; readonly isDescending: boolean },
  othersTurn: () => Promise<void>,
): Promise<Uint32Array> {
  if (sort === 'id') return isDescending ? places.toReversed() : places;
  const keys = await keysBy(sort, { registry, columns, places }, othersTurn);
  const flip = isDescending ? LAST : 0;
  // digit by digit from the last one, each time keeping the order of equals
  let sorted = places;
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    await othersTurn();
    sorted = byDigit(sorted, { keys, flip, shift });
  }
  return sorted;
}

/** The rank of each line's state now: those that somebody should look at come first. */
export function stateRanks({ registry, columns }: Crowd): Keys {
  const ranks = columns.stateAtRest.slice(0, columns.size);
  const { book, presence, queue } = registry;
  const lookAt = (id: LineId) => {
    const [place, record] = [columns.placeOf(id), book.get(id)];
    if (place !== undefined && record) ranks[place] = rankOf(stateOf(registry, record));
  };
  // there may be very many that are down, and nearly all of them have long been off-line at rest
  for (const id of presence.downLines()) if (ranks[columns.placeOf(id) ?? 0] === LIVE) lookAt(id);
  for (const [id] of presence.suspects()) lookAt(id);
  for (const id of queue.pendingLines()) lookAt(id);
  return ranks;
}

async function keysBy(
  sort: Exclude<LineSort, 'id'>,
  crowd: Asked,
  othersTurn: () => Promise<void>,
): Promise<Keys> {
  const { columns } = crowd;
  switch (sort) {
    case 'state':
      return stateRanks(crowd);
    case 'since':
      return columns.since;
    case 'address':
      return columns.address;
    case 'agent':
      return columns.agentRanks();
    case 'heard':
      return heardKeys(crowd, othersTurn);
  }
}

async function heardKeys(
  { registry, columns, places }: Asked,
  othersTurn: () => Promise<void>,
): Promise<Keys> {
  const keys = new Uint32Array(columns.size);
  // as the lines lie in the memory, which takes half of the time
  const inMemory = places.toSorted();
  for (let from = 0; from < inMemory.length; from += SLICE) {
    await othersTurn();
    for (const place of inMemory.subarray(from, from + SLICE))
      keys[place] = heardKey(registry, columns.lineAt(place));
  }
  return keys;
}

/** Hundredths of seconds of the gateway's own clock; never heard sorts first. */
function heardKey({ presence }: Registry, line: Line | undefined): number {
  const heardAt = line ? presence.heardAt(line.id) : null;
  return heardAt === null ? 0 : Math.min(LAST, Math.floor(heardAt / 10) + 1);
}

interface Digit {
  readonly keys: Keys;
  /** All bits for the last first. */
  readonly flip: number;
  readonly shift: number;
}

function byDigit(places: Uint32Array, { keys, flip, shift }: Digit): Uint32Array {
  const starts = new Uint32Array(DIGITS);
  for (const place of places) {
    const digit = (((keys[place] ?? 0) ^ flip) >>> shift) & (DIGITS - 1);
    starts[digit] = (starts[digit] ?? 0) + 1;
  }
  if (starts.includes(places.length)) return places;
  let sum = 0;
  for (const [digit, count] of starts.entries()) {
    starts[digit] = sum;
    sum += count;
  }
  const sorted = new Uint32Array(places.length);
  for (const place of places) {
    const digit = (((keys[place] ?? 0) ^ flip) >>> shift) & (DIGITS - 1);
    const at = starts[digit] ?? 0;
    sorted[at] = place;
    starts[digit] = at + 1;
  }
  return sorted;
}
