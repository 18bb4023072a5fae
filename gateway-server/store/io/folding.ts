import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../runtime/clock.ts';
import { isPublished, standingAfter } from '../../line/standing.ts';
import { isLater, type Serial } from '../../zone/serial.ts';
import type { Update } from '../../zone/update.ts';
import { updateOf } from './pending-update.ts';
import { bytesFrom, countFrom, type Found, standingColumns, standingOf, textFrom } from './rows.ts';
import type { WriteGroup } from './write-group.ts';

/** A batch whose lines do not stand as it says yet. */
interface UnfoldedBatch {
  readonly number: number;
  readonly serial: Serial;
  readonly at: number;
  /** Of updates whose rows are still there. */
  readonly tickets: readonly number[];
  /** Updates whose rows have made room for newer ones. */
  readonly contents: readonly string[];
}

/** So many lines take a few milliseconds; then others have their turn for a while: nobody waits for this. */
const LINES_A_SLICE = 100;
const REST_MS = 10;
/** The batch has its own work to end first: whoever waits for it must not wait for this. */
const START_MS = 1_000;

interface Parts {
  readonly writes: Pick<WriteGroup, 'add'>;
  readonly clock: Clock;
  /** Ends the work in the background. */
  readonly signal: AbortSignal;
  /** Called within the transaction that folds the last of a batch. */
  readonly onFolded: () => void;
}

/** Brings what batches say of lines into the lines' own rows, behind the batches, in order and any number of times with the same result. */
export class Folding {
  readonly #writes: Pick<WriteGroup, 'add'>;
  readonly #statements: ReturnType<typeof statementsOf>;
  readonly #onFolded: () => void;
  readonly #pause: (ms: number) => Promise<void>;
  #isAtWork = false;

  constructor(database: DatabaseSync, { writes, clock, signal, onFolded }: Parts) {
    this.#pause = (ms) => clock.sleep(ms, signal);
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
    await this.#pause(START_MS);
    for (let batch = this.#oldest(); batch; batch = this.#oldest()) {
      const { number } = batch;
      for (const slice of slicesOf(batch)) {
        await this.#writes.add(() => this.#fold(slice));
        await this.#pause(REST_MS);
      }
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

  #fold({ serial, at, tickets, contents }: UnfoldedBatch): void {
    for (const content of contents) this.#foldLine(updateOf(content), serial, at);
    for (const ticket of tickets) {
      const row = this.#statements.contentOfTicket.get(ticket) as Found | undefined;
      if (row) this.#foldLine(updateOf(textFrom(row[0])), serial, at);
      this.#statements.dropTicket.run(ticket);
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
    const [number, serial, at, tickets, contents] = row;
    const texts = textFrom(contents);
    return {
      number: countFrom(number),
      serial: countFrom(serial),
      at: countFrom(at),
      tickets: ticketsIn(bytesFrom(tickets)),
      contents: texts === '' ? [] : texts.split('\n'),
    };
  }
}

function slicesOf(batch: UnfoldedBatch): UnfoldedBatch[] {
  const { tickets } = batch;
  const starts = Array.from(
    { length: Math.ceil(tickets.length / LINES_A_SLICE) },
    (_, n) => n * LINES_A_SLICE,
  );
  return [
    { ...batch, tickets: [] },
    ...starts.map((start) => ({
      ...batch,
      tickets: tickets.slice(start, start + LINES_A_SLICE),
      contents: [],
    })),
  ].filter((slice) => slice.tickets.length + slice.contents.length > 0);
}

/** Eight bytes each. */
export function ticketBytes(tickets: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(tickets).buffer);
}

function ticketsIn(bytes: Uint8Array): number[] {
  return [...new Float64Array(bytes.slice().buffer)];
}

function statementsOf(database: DatabaseSync) {
  const oldest = database.prepare('SELECT * FROM unfolded ORDER BY number LIMIT 1');
  const standingOfLine = database.prepare('SELECT * FROM standing WHERE line = ?');
  const contentOfTicket = database.prepare('SELECT content FROM waiting WHERE ticket = ?');
  for (const statement of [oldest, standingOfLine, contentOfTicket]) statement.setReturnArrays(true);
  return {
    oldest,
    standingOfLine,
    contentOfTicket,
    putStanding: database.prepare(PUT_STANDING),
    dropTicket: database.prepare('DELETE FROM waiting WHERE ticket = ?'),
    forgetUnfolded: database.prepare('DELETE FROM unfolded WHERE number = ?'),
  };
}

/** For a line that is there. */
export const PUT_STANDING = `UPDATE standing SET published = ?2, ipv4 = ?3, ipv6 = ?4, reason = ?5, serial = ?6,
  since = ?7, log_on = ?8, previous_log_on = ?9, absent_since = ?10, absent_until = ?11, absent_reason = ?12,
  hits = ?13, agent = ?14, messages = ?15 WHERE line = ?1`;
