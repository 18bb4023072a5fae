import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Words } from '../../support/lab/program.ts';

/** A process of the bench's own that is spoken to, and answers, in lines of JSON; it ends with its standard input. */
export class Companion<Heard> {
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(heard: Heard) => void>();
  readonly #over = new AbortController();
  #trouble = '';

  constructor([program, ...args]: Words) {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.#note(error.message));
    child.on('exit', () => this.#over.abort());
    child.stderr.on('data', (text: Buffer) => this.#note(text.toString()));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const heard = JSON.parse(line) as Heard;
      for (const listener of [...this.#listeners]) listener(heard);
    });
  }

  say(words: object): void {
    this.#child.stdin?.write(`${JSON.stringify(words)}\n`);
  }

  /** Calls back for each line until the returned function is called. */
  hear(listener: (heard: Heard) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The next line that is wanted. */
  async next(
    what: string,
    limitMs: number,
    isWanted: (heard: Heard) => boolean = () => true,
  ): Promise<Heard> {
    const limit = AbortSignal.any([AbortSignal.timeout(limitMs), this.#over.signal]);
    return await new Promise((resolve, reject) => {
      const forget = this.hear((heard) => {
        if (!isWanted(heard)) return;
        forget();
        resolve(heard);
      });
      const failed = () => {
        forget();
        reject(new Error(`not within ${limitMs} ms: ${what} ${this.#trouble}`));
      };
      limit.addEventListener('abort', failed, { once: true });
    });
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  #note(text: string): void {
    this.#trouble = `${this.#trouble}${text}`.slice(-2_000);
  }
}
