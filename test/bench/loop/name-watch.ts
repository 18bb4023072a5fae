import { fileURLToPath } from 'node:url';
import type { Namespace } from '../../support/lab/namespace.ts';
import { GATEWAY_ADDRESS } from '../../support/lab/network.ts';
import { Companion } from './companion.ts';

/** What the poller is asked to wait for. */
export interface Watch {
  /** Also the id of its queries. */
  readonly id: number;
  readonly name: string;
  readonly address: string;
  readonly everyMs: number;
  /** Whether the gateway's page is waited for as well. */
  readonly page: boolean;
}

/** When it was seen, on the machine's monotonic clock. */
export interface Sighting {
  readonly id: number;
  readonly servedAt: number;
  readonly pageAt: number | null;
}

const POLLER = fileURLToPath(new URL('name-poller.ts', import.meta.url));

/** A tiny resolver beside the gateway that tells the moment at which an answer changes. */
export class NameWatch {
  readonly #poller: Companion<Sighting>;
  #lastId = 0;

  constructor(isp: Namespace) {
    this.#poller = new Companion(isp.words([process.execPath, POLLER, GATEWAY_ADDRESS]));
  }

  /** Resolves when the gateway's own server says that the name leads to the address. */
  async served(wanted: Omit<Watch, 'id'>, limitMs: number): Promise<Sighting> {
    this.#lastId = (this.#lastId % 0xffff) + 1;
    const id = this.#lastId;
    this.#poller.say({ id, ...wanted });
    const what = `${wanted.name} leads to ${wanted.address}`;
    return await this.#poller.next(what, limitMs, (sighting) => sighting.id === id);
  }

  async end(): Promise<void> {
    await this.#poller.end();
  }
}
