import type { DatabaseSync } from 'node:sqlite';
import type { LineId } from '../../../protocol/line-id.ts';
import type { Update } from '../../zone/update.ts';
import { contentOf, updateOf } from './pending-update.ts';
import { countFrom, type Found, textFrom } from './rows.ts';

/** Something to be written, after all that was noted before it; `done` or `undo` follows, as it could be or not. */
export interface Change {
  write(): void;
  done(): void;
  undo(): void;
}

/** The updates of a batch as the database knows them: by ticket, and in full where their rows have made room for newer ones. */
export interface Taken {
  readonly tickets: readonly number[];
  readonly contents: readonly string[];
  done(): void;
  undo(): void;
}

interface Waiting {
  readonly ticket: number;
  readonly update: Update;
  /** The row of a taken one belongs to its batch; a lost one has never had a row. */
  state: 'waiting' | 'taken' | 'lost';
  /** What stands in its place until it is written. */
  before: Waiting | undefined;
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
      this.#byLine.set(update.line, { ticket, update, state: 'waiting', before: undefined });
      this.#lastTicket = Math.max(this.#lastTicket, ticket);
    }
    return [...this.#byLine.values()].map(({ update }) => update);
  }

  /** One line's update takes the place of the one that waited. */
  put(updates: readonly Update[]): Change {
    const placed = updates.map((update) => this.#place(update));
    return {
      write: () => {
        for (const { ticket, update, before } of placed) {
          this.#clear(before);
          this.#statements.put.run(ticket, contentOf(update));
        }
      },
      done: () => {
        for (const waiting of placed) waiting.before = undefined;
      },
      undo: () => {
        for (const waiting of placed.toReversed()) this.#lose(waiting);
      },
    };
  }

  drop(line: LineId): Change {
    const before = this.#byLine.get(line);
    this.#byLine.delete(line);
    return {
      write: () => this.#clear(before),
      done: () => undefined,
      undo: () => {
        if (!this.#byLine.has(line)) this.#stand(line, before);
      },
    };
  }

  /** The updates are in the zone: they wait no more, but for newer ones of their lines. */
  take(updates: readonly Update[]): Taken {
    const taken: Waiting[] = [];
    const contents: string[] = [];
    for (const update of updates) {
      const waiting = this.#byLine.get(update.line);
      if (waiting?.state === 'waiting' && isSame(waiting.update, update)) taken.push(waiting);
      else contents.push(contentOf(update));
    }
    const become = (state: Waiting['state']) => {
      for (const waiting of taken) waiting.state = state;
    };
    become('taken');
    const done = () => {
      for (const waiting of taken) this.#forget(waiting);
    };
    return { tickets: taken.map(({ ticket }) => ticket), contents, done, undo: () => become('waiting') };
  }

  #place(update: Update): Waiting {
    this.#lastTicket += 1;
    const before = this.#byLine.get(update.line);
    const waiting: Waiting = { ticket: this.#lastTicket, update, state: 'waiting', before };
    this.#byLine.set(update.line, waiting);
    return waiting;
  }

  /** By now it is known what has become of everything before: only what still waits is in the way. */
  #clear(before: Waiting | undefined): void {
    const standing = standingIn(before);
    if (standing?.state === 'waiting') this.#statements.drop.run(standing.ticket);
  }

  #lose(waiting: Waiting): void {
    waiting.state = 'lost';
    const { line } = waiting.update;
    if (this.#byLine.get(line) === waiting) this.#stand(line, waiting);
  }

  #stand(line: LineId, waiting: Waiting | undefined): void {
    const standing = standingIn(waiting);
    if (standing) this.#byLine.set(line, standing);
    else this.#byLine.delete(line);
  }

  #forget(waiting: Waiting): void {
    const { line } = waiting.update;
    if (this.#byLine.get(line) === waiting) this.#byLine.delete(line);
  }
}

/** What is on disk once those that were lost are left out. */
function standingIn(waiting: Waiting | undefined): Waiting | undefined {
  return waiting?.state === 'lost' ? standingIn(waiting.before) : waiting;
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
