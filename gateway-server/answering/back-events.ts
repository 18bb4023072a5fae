import type { LineId } from '../../protocol/line-id.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { LineNews, LineWitness } from '../line/line-news.ts';

const MOST = 2_000;
const MOST_PER_VISITOR = 4;
const HEART_BEAT_MS = 15_000;

interface Watcher {
  readonly line: LineId;
  readonly neighbourhood: string;
  readonly tell: () => void;
}

/** Visitors whose page waits for the line to come back. */
export class BackEvents implements LineWitness {
  readonly #clock: Clock;
  readonly #watchers = new Set<Watcher>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sees({ kind, line }: LineNews): void {
    if (kind !== 'live') return;
    for (const watcher of this.#watchers) if (watcher.line === line) watcher.tell();
  }

  /** Undefined when too many wait already, and for who has left: the page goes on asking now and then. */
  watch(line: LineId, neighbourhood: string, signal: AbortSignal): AsyncIterable<string> | undefined {
    if (signal.aborted) return undefined;
    const its = [...this.#watchers].filter((one) => one.neighbourhood === neighbourhood && one.line === line);
    if (this.#watchers.size >= MOST || its.length >= MOST_PER_VISITOR) return undefined;
    const back = Promise.withResolvers<void>();
    const watcher = { line, neighbourhood, tell: () => back.resolve() };
    this.#watchers.add(watcher);
    signal.addEventListener('abort', () => this.#watchers.delete(watcher), { once: true });
    return this.#eventsFor(watcher, back.promise, signal);
  }

  async *#eventsFor(watcher: Watcher, back: Promise<void>, signal: AbortSignal): AsyncIterable<string> {
    const over = new AbortController();
    const ends = AbortSignal.any([signal, over.signal]);
    try {
      yield 'retry: 10000\n\n';
      let isBack = false;
      while (!isBack && !signal.aborted) {
        const beat = this.#clock.sleep(HEART_BEAT_MS, ends).then(
          () => false,
          () => false,
        );
        isBack = await Promise.race([back.then(() => true), beat]);
        yield isBack ? 'event: live\ndata: {}\n\n' : ': still off\n\n';
      }
    } finally {
      over.abort();
      this.#watchers.delete(watcher);
    }
  }
}
