import type { LineId } from '../../protocol/line-id.ts';

/** Changes of one line that build upon each other: each begins when the one before has ended, well or not. */
export class Turns {
  readonly #lastByLine = new Map<LineId, Promise<unknown>>();

  async take<T>(line: LineId, work: () => Promise<T>): Promise<T> {
    const turn = (this.#lastByLine.get(line) ?? Promise.resolve()).then(work);
    const ended = turn.catch(() => undefined);
    this.#lastByLine.set(line, ended);
    try {
      return await turn;
    } finally {
      if (this.#lastByLine.get(line) === ended) this.#lastByLine.delete(line);
    }
  }
}
