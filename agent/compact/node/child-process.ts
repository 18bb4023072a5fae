import { ended, start } from 'host:children';
import { close, kill, read, setReadHandler } from 'host:os';
import { SIGTERM } from 'host:signals';
import { decode } from 'host:text';
import { onSignal } from './signals.ts';
import { systemError } from './system-error.ts';
import { setTimeout } from './timers.ts';

interface Limits {
  readonly timeout: number;
  readonly maxBuffer: number;
}
type Done = (error: Error | null, result: { readonly stdout: string }) => void;

const CHUNK_BYTES = 4_096;
const RUNNING = -1;

/** Runs a command in a shell and gives what it wrote; too late, too much, or not ended with 0 is an error. */
export function exec(command: string, { timeout, maxBuffer }: Limits, done: Done): void {
  const child = start('/bin/sh', '-c', command);
  if (typeof child === 'number') done(systemError(-child, 'spawn', command), { stdout: '' });
  else collect(child, { timeout, maxBuffer }, done);
}

function collect([pid, out]: readonly [number, number], { timeout, maxBuffer }: Limits, done: Done): void {
  let trouble: string | null = null;
  const stop = (why: string) => {
    trouble ??= why;
    kill(pid, SIGTERM);
  };
  const timer = setTimeout(() => stop(`it took longer than ${timeout} ms`), timeout);
  const output = new Output(out, maxBuffer, () => stop(`it wrote more than ${maxBuffer} bytes`));
  const look = () => {
    const code = ended(pid);
    if (code === RUNNING) return;
    forget();
    timer.close();
    const stdout = output.end();
    const why = trouble ?? (code === 0 ? null : `it ended with ${code}`);
    done(why === null ? null : new Error(`Command failed: ${why}`), { stdout });
  };
  const forget = onSignal('SIGCHLD', look);
  // it may have ended before anybody listened
  look();
}

/** What comes out of a pipe, up to a limit. */
class Output {
  readonly #fd: number;
  readonly #most: number;
  readonly #tooMuch: () => void;
  readonly #buffer = new ArrayBuffer(CHUNK_BYTES);
  #text = '';

  constructor(fd: number, most: number, tooMuch: () => void) {
    this.#fd = fd;
    this.#most = most;
    this.#tooMuch = tooMuch;
    setReadHandler(fd, () => {
      if (this.#take() === 0) setReadHandler(fd, null);
    });
  }

  /** Takes what is still in the pipe, and closes it. */
  end(): string {
    while (this.#text.length <= this.#most && this.#take() > 0);
    setReadHandler(this.#fd, null);
    close(this.#fd);
    return this.#text;
  }

  #take(): number {
    const count = read(this.#fd, this.#buffer, 0, CHUNK_BYTES);
    if (count > 0) this.#text += decode(this.#buffer, 0, count);
    if (this.#text.length > this.#most) {
      setReadHandler(this.#fd, null);
      this.#tooMuch();
    }
    return count;
  }
}
