import { createSocket } from 'node:dgram';
import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import { decodeDns, dnsQuery } from '../../support/dns-message.ts';
import { monotonicMs } from '../loop/monotonic.ts';

interface Watch {
  readonly address: string;
  readonly sees: (at: number) => void;
}

const STEP_MS = 1;

/** Asks one name server each millisecond until a name leads to the address that is waited for. */
export class Sightings {
  readonly #socket = createSocket('udp4');
  readonly #watches = new Map<number, Watch>();
  readonly #endpoint: Endpoint;
  #lastId = 0;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#socket.on('message', (bytes) => this.#heard(bytes));
  }

  /** Resolves with the moment at which the first right answer came. */
  async seen(name: string, address: string, limitMs: number): Promise<number> {
    this.#lastId = (this.#lastId % 0xffff) + 1;
    const id = this.#lastId;
    const query = dnsQuery({ name, id });
    const ask = () => this.#socket.send(query, this.#endpoint.port, this.#endpoint.address);
    ask();
    const asking = setInterval(ask, STEP_MS);
    const found = Promise.withResolvers<number>();
    const limit = setTimeout(
      () => found.reject(new Error(`${name} did not lead to ${address} within ${limitMs} ms`)),
      limitMs,
    );
    this.#watches.set(id, { address, sees: found.resolve });
    try {
      return await found.promise;
    } finally {
      clearInterval(asking);
      clearTimeout(limit);
      this.#watches.delete(id);
    }
  }

  close(): void {
    this.#socket.close();
  }

  #heard(bytes: Buffer): void {
    const at = monotonicMs();
    const { id, answers } = decodeDns(bytes);
    const watch = this.#watches.get(id);
    if (watch && answers.some(({ rdata }) => rdata === watch.address)) watch.sees(at);
  }
}
