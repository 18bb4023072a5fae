import type { LineId } from '../../protocol/line-id.ts';
import type { Clock, Elapsed } from '../../runtime/clock.ts';

/** Why the gateway began to doubt a line. */
export type Doubt = 'missed-signal' | 'will' | 'connection-closed';

/** By what a line was heard. */
export type HeardBy = 'alive' | 'answer' | 'register';

export interface Suspicion {
  readonly doubt: Doubt;
  readonly since: Elapsed;
  readonly heardAt: Elapsed;
  /** When to look at the line again; infinite while somebody is looking. */
  readonly checkAt: Elapsed;
  /** When its address first answered a ping although its agent was silent. */
  readonly answeredAt: Elapsed | null;
  /** Verified silent before the time-out was over: nothing but the time-out is missing. */
  readonly isProvedSilent: boolean;
}

export type PresenceKind = 'unknown' | 'up' | 'suspect' | 'down';

/** What the gateway believes of every line, by its own monotonic clock alone. */
export class Presence {
  readonly #clock: Clock;
  /** When each line that is up was heard last; the longest silent one comes first. */
  readonly #up = new Map<LineId, Elapsed>();
  readonly #suspects = new Map<LineId, Suspicion>();
  readonly #down = new Map<LineId, Elapsed | null>();
  /** Only of lines whose last signal was none of the usual ones. */
  readonly #unusual = new Map<LineId, Exclude<HeardBy, 'alive'>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes an accepted signal: the line is up. */
  heard(line: LineId, by: HeardBy = 'alive'): void {
    this.forget(line);
    if (by !== 'alive') this.#unusual.set(line, by);
    this.#up.set(line, this.#clock.elapsed());
  }

  /** Begins to doubt a line that is up; false for any other. */
  doubt(line: LineId, doubt: Doubt): boolean {
    const heardAt = this.#up.get(line);
    if (heardAt === undefined) return false;
    const since = this.#clock.elapsed();
    this.#up.delete(line);
    this.#suspects.set(line, {
      doubt,
      since,
      heardAt,
      checkAt: since,
      answeredAt: null,
      isProvedSilent: false,
    });
    return true;
  }

  /** Changes what is known of a suspect; nothing happens when the line was heard meanwhile. */
  learn(line: LineId, news: Partial<Omit<Suspicion, 'doubt' | 'since' | 'heardAt'>>): void {
    const suspicion = this.#suspects.get(line);
    if (suspicion) this.#suspects.set(line, { ...suspicion, ...news });
  }

  down(line: LineId): void {
    const heardAt = this.heardAt(line);
    const by = this.#unusual.get(line);
    this.forget(line);
    this.#down.set(line, heardAt);
    if (by) this.#unusual.set(line, by);
  }

  forget(line: LineId): void {
    this.#up.delete(line);
    this.#suspects.delete(line);
    this.#down.delete(line);
    this.#unusual.delete(line);
  }

  kindOf(line: LineId): PresenceKind {
    if (this.#up.has(line)) return 'up';
    if (this.#suspects.has(line)) return 'suspect';
    return this.#down.has(line) ? 'down' : 'unknown';
  }

  suspicionOf(line: LineId): Suspicion | undefined {
    return this.#suspects.get(line);
  }

  heardAt(line: LineId): Elapsed | null {
    return this.#up.get(line) ?? this.#suspects.get(line)?.heardAt ?? this.#down.get(line) ?? null;
  }

  /** By what the line was heard last; null when it was not. */
  heardBy(line: LineId): HeardBy | null {
    return this.heardAt(line) === null ? null : (this.#unusual.get(line) ?? 'alive');
  }

  /** Lines that count as up and have been silent for at least `ms`. */
  upButSilentFor(ms: number): LineId[] {
    const latest = this.#clock.elapsed() - ms;
    const silent: LineId[] = [];
    for (const [line, heardAt] of this.#up) {
      if (heardAt > latest) break;
      silent.push(line);
    }
    return silent;
  }

  suspects(): IterableIterator<[LineId, Suspicion]> {
    return this.#suspects.entries();
  }

  downLines(): IterableIterator<LineId> {
    return this.#down.keys();
  }

  /** Lines that are up or suspect. */
  get liveCount(): number {
    return this.#up.size + this.#suspects.size;
  }
}
