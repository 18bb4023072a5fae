/** Events that wait for a loop: put in by callbacks, taken out one after the other. */
export class Inbox<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #wake: (() => void) | undefined;
  #isClosed = false;

  put(item: T): void {
    if (this.#isClosed) return;
    this.#waiting.push(item);
    this.#wake?.();
  }

  /** Ends the loop that reads, after what waits now. */
  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      while (this.#waiting.length === 0) {
        if (this.#isClosed) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      yield* this.#waiting.splice(0);
    }
  }
}
