import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import type { Logger } from '../../runtime/log.ts';
import type { Status } from '../status.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** What stands in the status file. */
interface WrittenStatus extends Status {
  readonly pid: number;
}

/** Keeps the status file up to date: written aside and renamed, the newest wins, and never a reason to stop. */
export class StatusFile {
  readonly #path: string;
  readonly #log: Logger;
  readonly #write: () => void;
  #newest: Status | null = null;
  #writing: Promise<void> = Promise.resolve();
  #hasWarned = false;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
    this.#write = oneAtATime(
      () => {
        this.#writing = this.#writeNewest();
        return this.#writing;
      },
      () => undefined,
    );
  }

  show(status: Status): void {
    this.#newest = status;
    this.#write();
  }

  /** Resolves when the newest status has been written, or could not be. */
  async flush(): Promise<void> {
    while (this.#newest !== null) await this.#writing;
  }

  async #writeNewest(): Promise<void> {
    const status = this.#newest;
    if (status === null) return;
    const aside = `${this.#path}.${process.pid}.new`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFile(aside, `${JSON.stringify({ pid: process.pid, ...status }, null, 2)}\n`, {
        mode: 0o640,
      });
      await rename(aside, this.#path);
      this.#hasWarned = false;
    } catch (error) {
      await rm(aside, { force: true }).catch(() => undefined);
      if (!this.#hasWarned) this.#log.warn('status file not written', { why: String(error) });
      this.#hasWarned = true;
    } finally {
      if (this.#newest === status) this.#newest = null;
    }
  }
}

export type StatusSeen =
  | { readonly kind: 'status'; readonly status: WrittenStatus; readonly isRunning: boolean }
  | { readonly kind: 'none'; readonly why: string };

/** Reads what an agent on this machine has written, and whether that agent is still there. */
export async function readStatusFile(path: string): Promise<StatusSeen> {
  try {
    const raw: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isStatus(raw)) return { kind: 'none', why: `${path} is not a status file` };
    return { kind: 'status', status: raw, isRunning: raw.state !== 'stopped' && isAlive(raw.pid) };
  } catch (error) {
    return { kind: 'none', why: error instanceof Error ? error.message : String(error) };
  }
}

/** The file is this program's own: that it is one at all is all that has to be checked. */
function isStatus(raw: unknown): raw is WrittenStatus {
  return typeof raw === 'object' && raw !== null && 'pid' in raw && 'state' in raw && 'events' in raw;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // a process of another user is there, too
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
