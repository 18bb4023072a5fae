import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import { pause } from '../../support/lab/waiting.ts';
import { addressOf, nameOf } from './bench-zone.ts';
import { Sightings } from './sightings.ts';
import type { Wish } from './update-news.ts';
import type { UpdatedServer } from './updated-server.ts';

/** How long changes took until the last of them was seen in the server's answers. */
export interface Visible {
  readonly sinceHandedMs: number;
  /** Null where the server does not tell when it began. */
  readonly sinceTakenMs: number | null;
}

const LIMIT_MS = 60_000;
/** Between two rounds: longer than our least time between batches, so that each begins after a pause. */
const PAUSE_MS = 150;
const PAUSE_SPREAD = 7;

/** Changes one server's zone and watches it; every change gives its names addresses that they never had before. */
export class ChangeWatch {
  readonly #server: UpdatedServer;
  readonly #sightings: Sightings;
  readonly #names: number;
  #generation = 0;
  #from = 0;

  /** The changes are looked for at the server itself, or at another that has the zone from it. */
  constructor(server: UpdatedServer, names: number, seenAt: Endpoint = server.endpoint) {
    this.#server = server;
    this.#sightings = new Sightings(seenAt);
    this.#names = names;
  }

  get server(): UpdatedServer {
    return this.#server;
  }

  /** One batch of so many changes, after a pause. */
  async round(count: number, comes: Wish['comes'] = 'at-once'): Promise<Visible> {
    await pause(PAUSE_MS + (this.#generation % PAUSE_SPREAD));
    const wish = this.#nextWish(count, comes);
    const last = wish.from + count - 1;
    const seen = this.#sightings.seen(nameOf(last), addressOf(last, wish.generation), LIMIT_MS);
    const { handedAt, takenAt } = await this.#server.change(wish);
    const [seenAt, beganAt] = await Promise.all([seen, takenAt]);
    return {
      sinceHandedMs: seenAt - handedAt,
      sinceTakenMs: beganAt === null ? null : seenAt - beganAt,
    };
  }

  /** Several rounds after one that is not counted: a program does its first large batch more slowly than any later one. */
  async rounds(count: number, turns: number): Promise<Visible[]> {
    const found: Visible[] = [];
    await this.round(count);
    for (let n = 0; n < turns; n++) found.push(await this.round(count));
    return found;
  }

  async end(): Promise<void> {
    this.#sightings.close();
    await this.#server.end();
  }

  /** Goes through all names, so that no round finds the last one's in a cache. */
  #nextWish(count: number, comes: Wish['comes']): Wish {
    this.#generation += 1;
    if (this.#from + count > this.#names) this.#from = 0;
    const wish = { from: this.#from, count, generation: this.#generation, comes };
    this.#from += count;
    return wish;
  }
}
