import type { LineId } from '../../protocol/line-id.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Presence } from './presence.ts';

const LEAST_LINES = 20;
const SHARE = 0.2;

interface Parts {
  readonly presence: Presence;
  readonly clock: Clock;
  readonly timeoutMs: () => number;
}

/**
 * When very many lines fall silent together the fault is more likely ours than theirs: then nobody is declared off-line until
 * enough of them are heard again, or the operator releases the brake.
 */
export class Brake {
  readonly #parts: Parts;
  /** The lines whose silence holds the brake; null while it is off. */
  #held: Set<LineId> | null = null;
  /** Lines that the operator has released, so that their silence does not pull the brake again. */
  #released: Set<LineId> = new Set();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get isOn(): boolean {
    return this.#held !== null;
  }

  get silentLines(): number {
    return this.#held?.size ?? 0;
  }

  /** Looks at the lines now; gives `pulled` or `released` when the brake changes. */
  look(): 'pulled' | 'released' | 'unchanged' {
    // a released line that was heard again or has gone off-line is like any other
    for (const line of this.#released) if (!this.#isSilent(line)) this.#released.delete(line);
    const silent = this.#fallenSilent();
    for (const line of silent) this.#held?.add(line);
    if (this.#held === null) {
      if (!this.#areTooMany(silent.length)) return 'unchanged';
      this.#held = new Set(silent);
      return 'pulled';
    }
    for (const line of this.#held) if (!this.#isSilent(line)) this.#held.delete(line);
    if (this.#areTooMany(this.#held.size)) return 'unchanged';
    this.#held = null;
    return 'released';
  }

  /** The operator says that the lines really are off. */
  release(): void {
    this.#released = this.#held ?? new Set();
    this.#held = null;
  }

  #areTooMany(silent: number): boolean {
    return silent >= LEAST_LINES && silent > this.#parts.presence.liveCount * SHARE;
  }

  #isSilent(line: LineId): boolean {
    const { presence, clock } = this.#parts;
    const kind = presence.kindOf(line);
    // a suspect counts from its will on, before a signal is missing: else the brake would flutter
    if (kind !== 'up') return kind === 'suspect';
    return clock.elapsed() - (presence.heardAt(line) ?? 0) >= this.#noticeableMs();
  }

  /** All that fell silent within the last window: suspects, and lines that have missed a signal but not yet the time-out. */
  #fallenSilent(): LineId[] {
    const { presence, clock, timeoutMs } = this.#parts;
    const oldest = clock.elapsed() - this.#noticeableMs() - 2 * timeoutMs();
    const suspects = [...presence.suspects()]
      .filter(([, { heardAt }]) => heardAt >= oldest)
      .map(([line]) => line);
    const silent = [...suspects, ...presence.upButSilentFor(this.#noticeableMs())];
    return silent.filter((line) => !this.#released.has(line));
  }

  /** Agents signal every third of the time-out: after two thirds a signal is missing for certain. */
  #noticeableMs(): number {
    return (this.#parts.timeoutMs() * 2) / 3;
  }
}
