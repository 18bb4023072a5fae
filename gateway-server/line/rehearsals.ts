import type { LineId } from '../../protocol/line-id.ts';
import type { Clock, Elapsed, Instant } from '../../runtime/clock.ts';
import type { AgentLink } from '../agent-link.ts';
import type { UpdateQueue } from '../zone/update-queue.ts';
import type { AliveTerms } from './alive-terms.ts';
import type { LineBook } from './line-book.ts';
import type { Presence } from './presence.ts';
import type { StandingKeeper } from './standing-keeper.ts';

export type Rehearsing =
  | { readonly kind: 'rehearsing'; readonly until: Instant }
  /** The name does not lead to the line now: there is nothing to rehearse. */
  | { readonly kind: 'not-live' };

export const REHEARSAL_MS = 2 * 60_000;

/** "Show me for two minutes what visitors see when I am off-line": the name leads to the gateway for a while. */
export interface RehearsalStage {
  begin(line: LineId): Promise<Rehearsing>;
  /** Ends it at once; nothing happens when none is on. */
  end(line: LineId): Promise<void>;
  /** When it ends by itself; null when none is on. */
  until(line: LineId): Instant | null;
}

interface Parts {
  readonly book: LineBook;
  readonly presence: Presence;
  readonly queue: UpdateQueue;
  readonly standings: StandingKeeper;
  readonly clock: Clock;
}

interface Wire {
  readonly link: AgentLink;
  readonly terms: () => AliveTerms;
}

/**
 * A rehearsal ends by asking the agent to register again: what the zone said before may be old by then. It is kept in
 * memory alone, as after a restart every agent registers anyway.
 */
export class Rehearsals implements RehearsalStage {
  readonly #parts: Parts;
  readonly #endByLine = new Map<LineId, { readonly elapsed: Elapsed; readonly instant: Instant }>();
  #wire: Wire | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** From now on agents can be asked to register. */
  reachThrough(wire: Wire): void {
    this.#wire = wire;
  }

  async begin(line: LineId): Promise<Rehearsing> {
    const { book, presence, queue, standings, clock } = this.#parts;
    const isOn = this.until(line);
    if (isOn !== null) return { kind: 'rehearsing', until: isOn };
    const isLive = book.get(line)?.standing.published.kind === 'addresses';
    if (!isLive || presence.kindOf(line) !== 'up' || queue.pendingOf(line)) return { kind: 'not-live' };
    const instant = (clock.now() + REHEARSAL_MS) as Instant;
    this.#endByLine.set(line, { elapsed: (clock.elapsed() + REHEARSAL_MS) as Elapsed, instant });
    try {
      await queue.put({ line, askedAt: clock.now(), kind: 'to-gateway', reason: 'rehearsal' });
    } catch (error) {
      this.#endByLine.delete(line);
      throw error;
    }
    standings.note(line, 'rehearsal began');
    return { kind: 'rehearsing', until: instant };
  }

  async end(line: LineId): Promise<void> {
    if (this.until(line) === null) return;
    this.#endByLine.delete(line);
    this.#parts.standings.note(line, 'rehearsal ended');
    const connection = this.#wire?.link.connectionOf(line);
    if (this.#wire && connection)
      this.#wire.link.send(connection, { kind: 'tune', ...this.#wire.terms(), registerAgain: true });
  }

  /** After its end the line's next signal is answered by asking it to register, like that of any line that was forgotten. */
  until(line: LineId): Instant | null {
    const end = this.#endByLine.get(line);
    if (!end) return null;
    const { book, queue, clock } = this.#parts;
    const published = book.get(line)?.standing.published;
    const isWaiting = queue.pendingOf(line)?.kind === 'to-gateway';
    const isShown = published?.kind === 'answering' && published.reason === 'rehearsal';
    if (clock.elapsed() < end.elapsed && (isWaiting || isShown)) return end.instant;
    this.#endByLine.delete(line);
    return null;
  }
}
