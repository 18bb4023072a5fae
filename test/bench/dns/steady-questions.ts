import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import { Companion } from '../loop/companion.ts';

/** What the asker is told. */
export interface Asking {
  readonly asks: boolean;
}

/** What it saw from its beginning to its end. */
export interface Fared {
  readonly sent: number;
  /** Unanswered five seconds after the last question, as dnsperf counts. */
  readonly lost: number;
  readonly waits: readonly number[];
  /** The longest time without any answer. */
  readonly gapMs: number;
  /** The longest time between two turns of the asker itself, which no gap can be shorter than. */
  readonly latenessMs: number;
}

const ASKER = fileURLToPath(new URL('steady-asker.ts', import.meta.url));
const ANSWER_MS = 20_000;

/** So many questions a second to one name server, answered or not. */
export class SteadyQuestions {
  readonly #asker: Companion<Fared>;

  constructor({ address, port }: Endpoint, perSecond: number, names: number) {
    const words = [ASKER, address, String(port), String(perSecond), String(names)];
    this.#asker = new Companion([process.execPath, ...words]);
  }

  begin(): void {
    this.#asker.say({ asks: true } satisfies Asking);
  }

  /** Stops asking and gives what was seen. */
  async end(): Promise<Fared> {
    const fared = this.#asker.next('what the asker saw', ANSWER_MS);
    this.#asker.say({ asks: false } satisfies Asking);
    return await fared;
  }

  async close(): Promise<void> {
    await this.#asker.end();
  }
}
