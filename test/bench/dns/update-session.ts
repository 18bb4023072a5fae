import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import type { Words } from '../../support/lab/program.ts';
import { asOption, type TsigSecret } from '../../support/secondaries/tsig-secret.ts';
import { monotonicMs } from '../loop/monotonic.ts';
import { addressOf, nameOf, TTL_SECONDS, ZONE } from './bench-zone.ts';
import type { Wish } from './update-news.ts';

/** Larger messages than this do not fit into 64 KiB. */
const CHANGES_A_MESSAGE = 1_000;

/** nsupdate, kept running so that its start is not measured: signed messages over TCP, each one after the answer to the last. */
export class UpdateSession {
  readonly #child: ChildProcess;
  #trouble = '';

  constructor({ address, port }: Endpoint, key: TsigSecret) {
    const [program, ...args]: Words = ['nsupdate', '-v', '-t', '60', '-y', asOption(key)];
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => this.#note(error.message));
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (text: Buffer) => this.#note(text.toString()));
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stdin?.write(`server ${address} ${port}\nzone ${ZONE}\nttl ${TTL_SECONDS}\n`);
  }

  /** Gives the moment at which the changes were handed over. */
  change(wish: Wish): number {
    if (this.#trouble) throw new Error(`nsupdate complains: ${this.#trouble}`);
    const words = messagesFor(wish);
    const at = monotonicMs();
    this.#child.stdin?.write(words);
    return at;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  #note(text: string): void {
    this.#trouble = `${this.#trouble}${text}`.slice(-1_000);
  }
}

/** Each change takes the old address away and brings the new one. */
function messagesFor({ from, count, generation }: Wish): string {
  const rows: string[] = [];
  for (let n = from; n < from + count; n++) {
    const name = `${nameOf(n)}.`;
    rows.push(`update delete ${name} A`, `update add ${name} A ${addressOf(n, generation)}`);
    if ((n - from + 1) % CHANGES_A_MESSAGE === 0) rows.push('send');
  }
  if (count % CHANGES_A_MESSAGE !== 0) rows.push('send');
  return `${rows.join('\n')}\n`;
}
