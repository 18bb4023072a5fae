import { addressesIn, type Ipv4 } from '../../protocol/address.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Line } from '../line/line.ts';
import type { LineRecord } from '../line/line-book.ts';
import type { Published } from '../line/published.ts';
import { rankOf, stateAtRest } from './line-view.ts';

/** A whole number from 0 to LAST for each line, at its place. */
export type Keys = Uint32Array;
export const LAST = 2 ** 32 - 1;

const FIRST_ROOM = 1_024;
/** An agent names itself: who makes up ever new names must not fill the memory. */
const MOST_AGENTS = 4_096;

/**
 * What lines are searched, filtered and sorted by, each in a column and not in a hundred thousand objects. A line keeps its
 * place for ever and no other line gets it, so that whoever is in the middle of a search may hold on to places.
 */
export class LineColumns {
  readonly #placeById = new Map<LineId, number>();
  readonly #lines: Line[] = [];
  readonly #published: Published[] = [];
  readonly #texts: string[] = [];
  readonly #agents = new Map<string, number>();
  #since: Keys = new Uint32Array(FIRST_ROOM);
  #address: Keys = new Uint32Array(FIRST_ROOM);
  #agent: Keys = new Uint32Array(FIRST_ROOM);
  #stateAtRest: Keys = new Uint32Array(FIRST_ROOM);

  /** How many places are taken, those of lines that are gone included. */
  get size(): number {
    return this.#lines.length;
  }

  placeOf(id: LineId): number | undefined {
    return this.#placeById.get(id);
  }

  lineAt(place: number): Line | undefined {
    return this.#lines[place];
  }

  /** What a search looks into: id, names and addresses. */
  textAt(place: number): string {
    return this.#texts[place] ?? '';
  }

  /** When the line got where it leads, in seconds. */
  get since(): Keys {
    return this.#since;
  }

  /** IPv4 by number, then those with IPv6 alone, then those without any. */
  get address(): Keys {
    return this.#address;
  }

  /** The rank of the state that the line has while nobody doubts it and nothing waits for it. */
  get stateAtRest(): Keys {
    return this.#stateAtRest;
  }

  /** By the agents' names, as text. */
  agentRanks(): Keys {
    const byName = [...this.#agents].sort(([a], [b]) => (a < b ? -1 : 1));
    const rankByNumber = new Uint32Array(MOST_AGENTS + 1).fill(LAST);
    for (const [rank, [, number]] of byName.entries()) rankByNumber[number] = rank;
    return this.#agent.map((number) => rankByNumber[number] ?? LAST);
  }

  /** Takes down what the line is like now; its place. */
  write(record: LineRecord): number {
    const { line, standing } = record;
    const place = this.#placeById.get(line.id) ?? this.#newPlace(line.id);
    if (this.#lines[place] !== line || this.#published[place] !== standing.published)
      this.#writeText(place, record);
    this.#agent[place] = this.#numberOf(standing.agent ?? '');
    this.#stateAtRest[place] = rankOf(stateAtRest(standing));
    return place;
  }

  #writeText(place: number, { line, standing: { published } }: LineRecord): void {
    const addresses = published.kind === 'addresses' ? addressesIn(published.addresses) : [];
    this.#lines[place] = line;
    this.#published[place] = published;
    this.#texts[place] = [line.id, line.domain ?? '', ...line.names, ...addresses].join(' ');
    this.#since[place] = Math.min(LAST, Math.max(0, Math.floor(published.since / 1_000)));
    this.#address[place] = addressKey(published);
  }

  #newPlace(id: LineId): number {
    const place = this.#placeById.size;
    this.#placeById.set(id, place);
    if (place === this.#since.length) this.#makeRoom(2 * place);
    return place;
  }

  #makeRoom(places: number): void {
    this.#since = grown(this.#since, places);
    this.#address = grown(this.#address, places);
    this.#agent = grown(this.#agent, places);
    this.#stateAtRest = grown(this.#stateAtRest, places);
  }

  #numberOf(agent: string): number {
    const known = this.#agents.get(agent);
    if (known !== undefined || this.#agents.size === MOST_AGENTS) return known ?? MOST_AGENTS;
    this.#agents.set(agent, this.#agents.size);
    return this.#agents.size - 1;
  }
}

function addressKey(published: Published): number {
  if (published.kind !== 'addresses') return LAST;
  const { ipv4 } = published.addresses;
  return ipv4 === null ? LAST - 1 : numberOf(ipv4);
}

/** Character by character: a hundred thousand of them are taken in one after the other. */
function numberOf(ipv4: Ipv4): number {
  let [number, byte] = [0, 0];
  for (let at = 0; at < ipv4.length; at++) {
    const code = ipv4.charCodeAt(at);
    if (code === DOT) [number, byte] = [number * 256 + byte, 0];
    else byte = byte * 10 + code - ZERO;
  }
  return number * 256 + byte;
}

const DOT = 0x2e;
const ZERO = 0x30;

function grown(column: Keys, places: number): Keys {
  const larger = new Uint32Array(places);
  larger.set(column);
  return larger;
}
