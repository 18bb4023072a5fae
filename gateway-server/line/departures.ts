import type { LineId } from '../../protocol/line-id.ts';
import type { OfflineReason } from '../../protocol/message.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Update } from '../zone/update.ts';
import type { UpdateQueue } from '../zone/update-queue.ts';
import type { LineBook } from './line-book.ts';
import type { Presence } from './presence.ts';
import type { StandingKeeper } from './standing-keeper.ts';

interface Parts {
  readonly book: LineBook;
  readonly presence: Presence;
  readonly queue: UpdateQueue;
  readonly standings: StandingKeeper;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Figure 5, block 550: lines that go off-line; their names are redirected to the gateway with the next batch. */
export class Departures {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** After a verification. A signal that comes while the update is being written outranks it. */
  async declare(line: LineId, reason: OfflineReason): Promise<void> {
    const { presence } = this.#parts;
    const heardAt = presence.heardAt(line);
    await this.#redirect(line, reason);
    if (presence.heardAt(line) !== heardAt) return this.withdraw(line);
    this.#note(line, reason);
  }

  /** A signal voids a verdict that still waits for its batch, and nothing else. */
  async withdraw(line: LineId): Promise<void> {
    const { queue } = this.#parts;
    if (isVerdict(queue.pendingOf(line))) await queue.cancel(line);
  }

  /** The line itself says good-bye, or the operator suspends it: nothing is left to verify. */
  async certain(line: LineId, reason: OfflineReason): Promise<void> {
    this.#note(line, reason);
    try {
      await this.#redirect(line, reason);
    } catch (error) {
      // the zone still leads to the line: it has to be watched until it can be redirected
      this.#parts.presence.heard(line);
      throw error;
    }
  }

  async #redirect(line: LineId, reason: OfflineReason): Promise<void> {
    const { book, queue, clock } = this.#parts;
    const published = book.get(line)?.standing.published;
    const isAnswered = published?.kind === 'answering' && queue.pendingOf(line) === undefined;
    if (published && (!isAnswered || published.reason !== reason)) {
      await queue.put({ line, askedAt: clock.now(), kind: 'to-gateway', reason });
    }
  }

  #note(line: LineId, reason: OfflineReason): void {
    const { presence, standings, clock, log } = this.#parts;
    const heardAt = presence.heardAt(line);
    const silentMs = heardAt === null ? null : Math.round(clock.elapsed() - heardAt);
    presence.down(line);
    standings.note(line, 'went off-line', reason);
    log.info('line went off-line', { block: 550, line, reason, silentMs });
  }
}

/** True for an update that was concluded from silence: a signal, or a restart of the gateway, voids it. */
export function isVerdict(update: Update | undefined): boolean {
  return update?.kind === 'to-gateway' && (update.reason === 'silent' || update.reason === 'unproven');
}
