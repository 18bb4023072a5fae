import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../runtime/clock.ts';
import { StoreUnavailable } from '../store.ts';
import { isLocked, unavailable } from './sqlite-failure.ts';

type Transactions = Pick<DatabaseSync, 'exec' | 'isTransaction'>;

interface Write {
  readonly run: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

interface Outcome {
  readonly done?: () => void;
  readonly undo?: () => void;
}

/** How long a lock of another program is waited out, and how often it is looked at; the event loop runs meanwhile. */
const LOCK_PATIENCE_MS = 1_000;
const LOCK_RETRY_MS = 20;
const NEVER = new AbortController().signal;

/** Gathers the writes of one turn of the event loop into one transaction: one flush to disk serves all of them. */
export class WriteGroup {
  readonly #database: Transactions;
  readonly #clock: Clock;
  #waiting: Write[] = [];
  /** Parts of a group that has failed as a whole, oldest first: one bad write must not fail the others. */
  #parts: Write[][] = [];
  #writing: Promise<void> | null = null;
  #isClosed = false;

  constructor(database: Transactions, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * Resolves with what `run` gives once it is on disk. A `run` that fails with others runs again without them. `done` is
   * called when it is on disk, before anything later is written, and `undo` when it is given up.
   */
  add<T>(run: () => T, { done, undo }: Outcome = {}): Promise<T> {
    return new Promise<T>((resolved, rejected) => {
      const resolve = (value: T) => {
        done?.();
        resolved(value);
      };
      const reject = (error: Error) => {
        undo?.();
        rejected(error);
      };
      if (this.#isClosed) {
        reject(new StoreUnavailable('the store is closed'));
        return;
      }
      this.#waiting.push({ run, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Resolves when everything that was added is written or rejected. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    let lockedSince: number | null = null;
    while (this.#parts.length > 0 || this.#waiting.length > 0) {
      await (lockedSince === null ? nextTurn() : this.#clock.sleep(LOCK_RETRY_MS, NEVER));
      const lock = this.#writeNext();
      const now = this.#clock.elapsed();
      lockedSince = lock === null ? null : (lockedSince ?? now);
      if (lockedSince === null || now - lockedSince < LOCK_PATIENCE_MS) continue;
      this.#rejectAll(lock);
      lockedSince = null;
    }
    this.#writing = null;
  }

  /** Gives the error when the database is locked: then everything waits on as it is. */
  #writeNext(): unknown {
    if (this.#parts.length === 0) this.#parts.push(this.#waiting.splice(0));
    const [writes = [], ...rest] = this.#parts;
    try {
      const results = inTransaction(this.#database, () => writes.map(({ run }) => run()));
      writes.forEach(({ resolve }, index) => {
        resolve(results[index] as never);
      });
    } catch (error) {
      if (isLocked(error)) return error;
      if (writes.length === 1) writes[0]?.reject(unavailable(error));
      else rest.unshift(...halves(writes));
    }
    this.#parts = rest;
    return null;
  }

  #rejectAll(error: unknown): void {
    const writes = [...this.#parts.flat(), ...this.#waiting];
    this.#parts = [];
    this.#waiting = [];
    for (const { reject } of writes) reject(unavailable(error));
  }
}

/** All of the work is on disk afterwards, or nothing. */
export function inTransaction<T>(database: Transactions, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function halves(writes: readonly Write[]): Write[][] {
  const middle = Math.ceil(writes.length / 2);
  return [writes.slice(0, middle), writes.slice(middle)];
}
