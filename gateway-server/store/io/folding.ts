import type { DatabaseSync } from 'node:sqlite';
import { isPublished, standingAfter } from '../../line/standing.ts';
import { isLater, type Serial } from '../../zone/serial.ts';
import type { Update } from '../../zone/update.ts';
import { contentOf, updateOf } from './pending-update.ts';
import { countFrom, type Found, standingColumns, standingOf, textFrom } from './rows.ts';
import type { WriteGroup } from './write-group.ts';

/** A batch whose lines do not stand as it says yet. */
interface UnfoldedBatch {
  readonly number: number;
  readonly serial: Serial;
  readonly at: number;
  /** Contents of updates. */
  readonly updates: readonly string[];
}

/** So many lines take a few milliseconds; then others have their turn. */
const LINES_A_SLICE = 200;

/** Brings what batches say of lines into the lines' own rows, behind the batches, in order and any number of times with the same result. */
export class Folding {
  readonly #writes: Pick<WriteGroup, 'add'>;
  readonly #statements: ReturnType<typeof statementsOf>;
  readonly #onFolded: () => void;
  #isAtWork = false;

  /** `onFolded` is called within the transaction that folds the last of a batch. */
  constructor(database: DatabaseSync, writes: Pick<WriteGroup, 'add'>, onFolded: () => void) {
    this.#writes = writes;
    this.#statements = statementsOf(database);
    this.#onFolded = onFolded;
  }

  /** Folds in the background; what fails now is tried again behind the next batch, or at the next start. */
  begin(): void {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    this.#foldInTurns()
      .catch(() => undefined)
      .finally(() => {
        this.#isAtWork = false;
      });
  }

  /** True while the lines' rows do not say all that batches say. */
  isBehind(): boolean {
    return this.#oldest() !== undefined;
  }

  /** Folds all that is left, at once. */
  finish(): void {
    for (let batch = this.#oldest(); batch; batch = this.#oldest()) this.#foldAll(batch);
  }

  async #foldInTurns(): Promise<void> {
    for (let batch = this.#oldest(); batch; batch = this.#oldest()) {
      for (let start = 0; start < batch.updates.length; start += LINES_A_SLICE) {
        const slice = { ...batch, updates: batch.updates.slice(start, start + LINES_A_SLICE) };
        await this.#writes.add(() => this.#fold(slice));
      }
      const { number } = batch;
      await this.#writes.add(() => this.#done(number));
    }
  }

  #foldAll(batch: UnfoldedBatch): void {
    this.#fold(batch);
    this.#done(batch.number);
  }

  #done(number: number): void {
    this.#statements.forgetUnfolded.run(number);
    this.#onFolded();
  }

  #fold({ serial, at, updates }: UnfoldedBatch): void {
    for (const content of updates) {
      const update = updateOf(content);
      this.#foldLine(update, serial, at);
      this.#statements.dropThisPending.run(update.line, contentOf(update));
    }
  }

  /** A row that knows this serial or a later one was written after the batch, from what the gateway knew then. */
  #foldLine(update: Update, serial: Serial, at: number): void {
    if (update.kind === 'removal') return;
    const row = this.#statements.standingOfLine.get(update.line) as Found | undefined;
    if (!row) return;
    const [line, before] = standingOf(row);
    if (!isLater(serial, before.published.serial) || isPublished(update, before)) return;
    this.#statements.putStanding.run(...standingColumns(line, standingAfter(update, before, serial, at)));
  }

  #oldest(): UnfoldedBatch | undefined {
    const row = this.#statements.oldest.get() as Found | undefined;
    if (!row) return undefined;
    const [number, serial, at, updates] = row;
    return {
      number: countFrom(number),
      serial: countFrom(serial),
      at: countFrom(at),
      updates: textFrom(updates).split('\n'),
    };
  }
}

function statementsOf(database: DatabaseSync) {
  const oldest = database.prepare('SELECT * FROM unfolded ORDER BY number LIMIT 1');
  const standingOfLine = database.prepare('SELECT * FROM standing WHERE line = ?');
  for (const statement of [oldest, standingOfLine]) statement.setReturnArrays(true);
  return {
    oldest,
    standingOfLine,
    putStanding: database.prepare(PUT_STANDING),
    dropThisPending: database.prepare('DELETE FROM pending WHERE line = ? AND content = ?'),
    forgetUnfolded: database.prepare('DELETE FROM unfolded WHERE number = ?'),
  };
}

/** For a line that is there. */
export const PUT_STANDING = `UPDATE standing SET published = ?2, ipv4 = ?3, ipv6 = ?4, reason = ?5, serial = ?6,
  since = ?7, log_on = ?8, previous_log_on = ?9, absent_since = ?10, absent_until = ?11, absent_reason = ?12,
  hits = ?13, agent = ?14, messages = ?15 WHERE line = ?1`;
