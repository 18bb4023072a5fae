import type { LineId } from '../../protocol/line-id.ts';

const LEAST_ROOM = 1_000;

/** Lines of which something has changed since they were taken last. To note one costs little: each update of a batch does. */
export class ChangedLines {
  #ids: LineId[];
  #room: number;

  constructor(ids: Iterable<LineId>) {
    this.#ids = [...ids];
    this.#room = roomFor(this.#ids);
  }

  note(id: LineId): void {
    this.#ids.push(id);
    if (this.#ids.length <= this.#room) return;
    // nobody has asked for long: each is kept once
    this.#ids = [...new Set(this.#ids)];
    this.#room = roomFor(this.#ids);
  }

  /** Each of them once or more often. */
  take(): readonly LineId[] {
    const taken = this.#ids;
    this.#ids = [];
    return taken;
  }
}

function roomFor(ids: readonly LineId[]): number {
  return 2 * ids.length + LEAST_ROOM;
}
