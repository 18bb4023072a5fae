import type { Clock } from '../../runtime/clock.ts';
import type { Markup } from '../answering/html.ts';

/** One thing of a page that changes: the key of its place, and the HTML in it. */
export type Cells = ReadonlyMap<string, Markup>;

interface Parts {
  /** What the page shows now. */
  readonly look: () => Cells | Promise<Cells>;
  /** False once the session is over. */
  readonly isStillAllowed: () => boolean;
  readonly clock: Clock;
}

const LOOK_MS = 1_000;
const HEARTBEAT_MS = 15_000;

/** How many pages follow at once; who comes later sees the page as it was, without news. */
export class Followers {
  readonly #most: number;
  #count = 0;

  constructor(most = 100) {
    this.#most = most;
  }

  /** False when there are too many; otherwise `leave` is called once. */
  enter(): boolean {
    if (this.#count >= this.#most) return false;
    this.#count += 1;
    return true;
  }

  leave(): void {
    this.#count -= 1;
  }
}

/** Once a second what has changed, as server-sent events; ends by `signal` or with the session. */
export async function* changes(
  { look, isStillAllowed, clock }: Parts,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let shown: Cells = new Map();
  let spokenAt = clock.elapsed();
  yield 'retry: 5000\n\n';
  while (!signal.aborted && isStillAllowed()) {
    const now = await look();
    const changed = [...now].filter(([key, { text }]) => shown.get(key)?.text !== text);
    shown = now;
    if (changed.length > 0) {
      spokenAt = clock.elapsed();
      yield `data: ${JSON.stringify(Object.fromEntries(changed.map(([key, { text }]) => [key, text])))}\n\n`;
    } else if (clock.elapsed() - spokenAt >= HEARTBEAT_MS) {
      spokenAt = clock.elapsed();
      yield ': still here\n\n';
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}
