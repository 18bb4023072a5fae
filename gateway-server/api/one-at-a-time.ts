/** Lets changes of one thing wait for each other: who looks before acting must not act on what another is changing. */
export class OneAtATime {
  readonly #lastByKey = new Map<string, Promise<unknown>>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#lastByKey.get(key) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined);
    this.#lastByKey.set(key, settled);
    try {
      return await turn;
    } finally {
      if (this.#lastByKey.get(key) === settled) this.#lastByKey.delete(key);
    }
  }
}
