import type { LineNews, LineWitness } from '../line/line-news.ts';

/** A reader that falls further behind than this is let go: it looks at the list again when it is back. */
const MOST_WAITING = 1_000;

interface Reader {
  readonly waiting: LineNews[];
  wake: () => void;
}

/** What becomes of lines, for whoever follows it; bounded in readers and in what waits for each. */
export class NewsFeed implements LineWitness {
  readonly #mostReaders: number;
  readonly #readers = new Set<Reader>();

  constructor(mostReaders = 50) {
    this.#mostReaders = mostReaders;
  }

  get readers(): number {
    return this.#readers.size;
  }

  sees(news: LineNews): void {
    for (const reader of this.#readers) {
      reader.waiting.push(news);
      if (reader.waiting.length > MOST_WAITING) this.#readers.delete(reader);
      reader.wake();
    }
  }

  /** Undefined when too many read already. `next` gives what came, and nothing more once the reader was let go. */
  follow(): Following | undefined {
    if (this.#readers.size >= this.#mostReaders) return undefined;
    const reader: Reader = { waiting: [], wake: () => undefined };
    this.#readers.add(reader);
    return {
      takeAll: () => reader.waiting.splice(0),
      isFollowing: () => this.#readers.has(reader),
      onNews: (wake) => {
        reader.wake = wake;
        if (reader.waiting.length > 0) wake();
      },
      end: () => void this.#readers.delete(reader),
    };
  }
}

export interface Following {
  takeAll(): LineNews[];
  isFollowing(): boolean;
  /** Calls `wake` at the next news, or now when some wait already. */
  onNews(wake: () => void): void;
  end(): void;
}
