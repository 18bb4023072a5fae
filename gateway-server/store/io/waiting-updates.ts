import type { DatabaseSync } from 'node:sqlite';
import type { LineId } from '../../../protocol/line-id.ts';
import type { Update } from '../../zone/update.ts';
import { contentOf, updateOf } from './pending-update.ts';
import { countFrom, type Found, textFrom } from './rows.ts';

/** Something to be written; `undo` takes back what was noted when it could not be. */
export interface Change {
  write(): void;
  undo(): void;
}

/** The updates of a batch as the database knows them: by ticket, and in full where their rows have made room for newer ones. */
export interface Taken {
  readonly tickets: readonly number[];
  readonly contents: readonly string[];
  undo(): void;
}

interface Waiting {
  readonly ticket: number;
  readonly update: Update;
}

/** Updates that wait for their batch. Each has a ticket, so that a batch of any size takes them with a list of numbers. */
export class WaitingUpdates {
  readonly #statements: ReturnType<typeof statementsOf>;
  readonly #byLine = new Map<LineId, Waiting>();
  #lastTicket = 0;

  constructor(database: DatabaseSync) {
    this.#statements = statementsOf(database);
  }

  /** The newest of each line; no batch may be unfolded, for its updates wait no more. */
  read(): readonly Update[] {
    this.#byLine.clear();
    for (const row of this.#statements.all.all() as unknown as Found[]) {
      const [ticket, update] = [countFrom(row[0]), updateOf(textFrom(row[1]))];
      this.#byLine.set(update.line, { ticket, update });
      this.#lastTicket = Math.max(this.#lastTicket, ticket);
    }
    return [...this.#byLine.values()].map(({ update }) => update);
  }

  /** One line's update takes the place of the one that waited. */
  put(updates: readonly Update[]): Change {
    const placed = updates.map((update) => {
      const before = this.#byLine.get(update.line);
      this.#lastTicket += 1;
      const waiting = { ticket: this.#lastTicket, update };
      this.#byLine.set(update.line, waiting);
      return { waiting, before };
    });
    return {
      write: () => {
        for (const { waiting, before } of placed) {
          if (before) this.#statements.drop.run(before.ticket);
          this.#statements.put.run(waiting.ticket, contentOf(waiting.update));
        }
      },
      undo: () => {
        for (const { waiting, before } of placed.toReversed()) this.#putBack(waiting, before);
      },
    };
  }

  drop(line: LineId): Change {
    const before = this.#byLine.get(line);
    this.#byLine.delete(line);
    return {
      write: () => void (before && this.#statements.drop.run(before.ticket)),
      undo: () => this.#restore(before),
    };
  }

  /** The updates are in the zone: they wait no more, but for newer ones of their lines. */
  take(updates: readonly Update[]): Taken {
    const taken: Waiting[] = [];
    const contents: string[] = [];
    for (const update of updates) {
      const waiting = this.#byLine.get(update.line);
      if (waiting && isSame(waiting.update, update)) {
        taken.push(waiting);
        this.#byLine.delete(update.line);
      } else contents.push(contentOf(update));
    }
    const undo = () => {
      for (const waiting of taken) this.#restore(waiting);
    };
    return { tickets: taken.map(({ ticket }) => ticket), contents, undo };
  }

  #putBack(waiting: Waiting, before: Waiting | undefined): void {
    const { line } = waiting.update;
    if (this.#byLine.get(line) !== waiting) return;
    this.#byLine.delete(line);
    this.#restore(before);
  }

  #restore(waiting: Waiting | undefined): void {
    if (waiting && !this.#byLine.has(waiting.update.line)) this.#byLine.set(waiting.update.line, waiting);
  }
}

function isSame(a: Update, b: Update): boolean {
  return a === b || contentOf(a) === contentOf(b);
}

function statementsOf(database: DatabaseSync) {
  const all = database.prepare('SELECT ticket, content FROM waiting ORDER BY ticket');
  all.setReturnArrays(true);
  return {
    all,
    put: database.prepare('INSERT INTO waiting VALUES (?, ?)'),
    drop: database.prepare('DELETE FROM waiting WHERE ticket = ?'),
  };
}
