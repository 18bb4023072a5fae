import { execFile, spawn } from 'node:child_process';
import { ProgramLog } from './program-log.ts';
import { until } from './waiting.ts';

/** A program and its arguments. */
export type Words = readonly [string, ...string[]];

export interface Outcome {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
}

/** Where programs are started. */
export interface Host {
  start(name: string, words: Words, env?: Readonly<Record<string, string>>): Program;
}

/** Runs a program to its end. */
export function run([program, ...args]: Words, options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...options.env };
    const child = execFile(
      program,
      args,
      { env, timeout: options.limitMs ?? 20_000, killSignal: 'SIGKILL', maxBuffer: 1 << 26 },
      (error, stdout, stderr) => resolve({ code: codeOf(error), stdout, stderr }),
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

/** Runs a program that must succeed and gives its output. */
export async function mustRun(words: Words, options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(words, options);
  if (code === 0) return stdout;
  throw new Error(`"${words.join(' ')}" ended with ${code}\n${stdout}${stderr}`);
}

function codeOf(error: (Error & { code?: unknown }) | null): number | null {
  if (!error) return 0;
  if (error.code === 'ENOENT') return 127;
  return typeof error.code === 'number' ? error.code : null;
}

/** A program that goes on running, with everything that it says. */
export class Program {
  readonly name: string;
  readonly log = new ProgramLog();
  readonly pid: number;
  #exit: Outcome['code'] | undefined;

  constructor(name: string, [program, ...args]: Words, env: Readonly<Record<string, string>> = {}) {
    this.name = name;
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = child.pid ?? 0;
    child.stdout.on('data', (chunk: Buffer) => this.log.take(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => this.log.take(chunk.toString()));
    child.on('error', (error) => {
      this.log.take(`${error.message}\n`);
      this.#exit = 127;
    });
    child.on('close', (code) => {
      this.#exit = code;
    });
  }

  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning && this.pid > 0) process.kill(this.pid, signal);
  }

  /** Resolves with the exit code (null after a signal) when the program has ended by itself. */
  async ended(limitMs: number): Promise<number | null> {
    await until(`${this.name} ends`, limitMs, () => !this.isRunning);
    return this.#exit ?? null;
  }

  /** An orderly end: SIGTERM, and its exit code. */
  async stop(limitMs = 10_000): Promise<number | null> {
    this.signal('SIGTERM');
    return await this.ended(limitMs);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended(5_000);
  }
}
