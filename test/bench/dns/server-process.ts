import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import { Program, type Words } from '../../support/lab/program.ts';
import { pause } from '../../support/lab/waiting.ts';
import { addressesIn, question } from '../../support/secondaries/question.ts';
import { cpuMsOf, residentKib } from '../load/process-usage.ts';
import { atExit } from './at-exit.ts';

const READY_MS = 120_000;
const LOOK_AGAIN_MS = 20;

/** Servers run on the first core and whoever asks them on the second, where there are two. */
export const CORE = { servers: 0, askers: 1 };

/** The command bound to one core; as it is on a machine that has only one. */
export function pinned(words: Words, core: number): Words {
  return availableParallelism() > 1 ? ['taskset', '-c', String(core), ...words] : words;
}

/** A name server of the bench, with all processes that it has started. */
export class ServerProcess {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly #program: Program;
  readonly #startedAt = performance.now();
  #readyAt = Number.NaN;

  constructor(name: string, endpoint: Endpoint, words: Words) {
    this.name = name;
    this.endpoint = endpoint;
    this.#program = new Program(name, words);
    atExit(() => this.#program.signal('SIGKILL'));
  }

  /** From its start until it gave a name that was waited for, in milliseconds. */
  get readyAfterMs(): number {
    return this.#readyAt - this.#startedAt;
  }

  /** Resolves when it gives this name some address. */
  async answers(name: string): Promise<void> {
    while (!(await this.#leadsSomewhere(name))) {
      if (!this.#program.isRunning || performance.now() - this.#startedAt > READY_MS)
        throw new Error(`${this.name} does not answer\n${this.#program.log.toString().slice(-2_000)}`);
      await pause(1);
    }
    this.#readyAt = performance.now();
  }

  /** CPU time that it has used until now. */
  cpuMs(): number {
    return sumOver(this.#program.pid, cpuMsOf);
  }

  residentMb(): number {
    return sumOver(this.#program.pid, residentKib) / 1024;
  }

  async #leadsSomewhere(name: string): Promise<boolean> {
    const reply = await question(this.endpoint, name, 'A', { limitMs: LOOK_AGAIN_MS });
    return addressesIn(reply).length > 0;
  }

  async end(): Promise<void> {
    try {
      await this.#program.stop();
    } catch {
      await this.#program.kill();
    }
  }
}

function sumOver(pid: number, measure: (pid: number) => number): number {
  return treeOf(pid).reduce((sum, one) => sum + measure(one), 0);
}

/** The process and all below it. */
function treeOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(treeOf)];
}
