import type { Clock, Elapsed } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Random } from '../answering/form-seal.ts';
import { Bell } from '../bell.ts';
import { StoreUnavailable } from '../store/store.ts';
import { TokenBucket } from '../token-bucket.ts';
import type { MailStore, WaitingLetter } from './mail-store.ts';
import type { Alongside, Mail, Post } from './post.ts';
import type { Handed, Letter, Relay } from './relay.ts';

interface Parts {
  readonly store: MailStore;
  readonly relay: Relay;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: Logger;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How long each failed try waits for the next one: a day in all, then the mail is given up. */
const WAITS_MS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR] as const;
/** No mail goes out for so long after the relay could not be reached. */
const RELAY_PAUSE_MS = 30_000;
const RATE = { perSecond: 10, burst: 10 };
const MOST_WAITING = 10_000;
const LONGEST_SLEEP_MS = HOUR;
const ID_BYTES = 16;

/** Mails on their way out: on disk before the first try, and tried again until the relay has them or a day has passed. */
export class Outbox implements Post {
  readonly #parts: Parts;
  readonly #bell: Bell;
  readonly #pace: TokenBucket;
  readonly #dueAtById = new Map<string, Elapsed>();

  constructor(parts: Parts) {
    const { store, clock } = parts;
    this.#parts = parts;
    this.#bell = new Bell(clock);
    this.#pace = new TokenBucket(RATE, clock);
    for (const [id, nextAt] of store.due()) {
      // a wall clock that was set back must not hold up mails for longer than any wait
      this.#dueAtById.set(id, this.#in(Math.min(nextAt - clock.now(), 8 * HOUR)));
    }
  }

  async send(mail: Mail, alongside: Alongside = () => undefined): Promise<boolean> {
    const { store, random, clock, log } = this.#parts;
    if (this.#dueAtById.size >= MOST_WAITING) {
      log.error('mail refused: too many wait', { waiting: this.#dueAtById.size });
      return false;
    }
    const now = clock.now();
    const letter = { ...mail, id: Buffer.from(random(ID_BYTES)).toString('hex'), writtenAt: now };
    try {
      await store.put(letter, now, alongside);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      log.error('mail could not be kept', { reason: error.message });
      return false;
    }
    this.#dueAtById.set(letter.id, this.#in(0));
    this.#bell.ring();
    return true;
  }

  /** Sends until aborted; what is left goes out after the next start. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    while (!signal.aborted) {
      const next = this.#next();
      const waitMs = Math.max(this.#pace.waitMs(), (next?.dueAt ?? Infinity) - clock.elapsed());
      if (next === undefined || waitMs > 0) {
        await this.#bell.wait(Math.min(LONGEST_SLEEP_MS, waitMs), signal);
        continue;
      }
      this.#pace.take(1);
      try {
        await this.#deliver(next.id, signal);
      } catch (error) {
        this.#putOff(next.id, RELAY_PAUSE_MS);
        log.error('mail stuck', { mail: next.id, reason: String(error) });
      }
    }
  }

  #next(): { readonly id: string; readonly dueAt: Elapsed } | undefined {
    let next: { readonly id: string; readonly dueAt: Elapsed } | undefined;
    for (const [id, dueAt] of this.#dueAtById) {
      if (next === undefined || dueAt < next.dueAt) next = { id, dueAt };
    }
    return next;
  }

  async #deliver(id: string, signal: AbortSignal): Promise<void> {
    const { store, relay } = this.#parts;
    const waiting = store.get(id);
    if (waiting === undefined) {
      this.#dueAtById.delete(id);
      return;
    }
    const handed = await relay.hand(waiting.letter, signal);
    // what a stop has cut short says nothing about the relay
    if (signal.aborted && handed.kind !== 'taken') return;
    if (handed.kind === 'taken') await this.#remove(id);
    else await this.#retry(waiting, handed);
  }

  async #retry({ letter: { id }, attempts }: WaitingLetter, handed: Refusal): Promise<void> {
    const { store, clock, log } = this.#parts;
    const waitMs = WAITS_MS[attempts];
    if (handed.kind === 'unreachable') this.#pauseAll();
    if (handed.kind === 'rejected' || waitMs === undefined) {
      await this.#remove(id);
      log.warn('mail given up', { mail: id, attempts: attempts + 1, reason: handed.why });
      return;
    }
    log.info('mail put off', { mail: id, waitMs, reason: handed.why });
    await store.postpone(id, attempts + 1, clock.now() + waitMs);
    this.#putOff(id, waitMs);
  }

  async #remove(id: string): Promise<void> {
    await this.#parts.store.remove(id);
    this.#dueAtById.delete(id);
  }

  /** One mail finds out that the relay is away; the others need not. */
  #pauseAll(): void {
    for (const id of this.#dueAtById.keys()) this.#putOff(id, RELAY_PAUSE_MS);
  }

  #putOff(id: Letter['id'], ms: number): void {
    this.#dueAtById.set(id, Math.max(this.#dueAtById.get(id) ?? 0, this.#in(ms)));
  }

  #in(ms: number): Elapsed {
    return this.#parts.clock.elapsed() + Math.max(0, ms);
  }
}

type Refusal = Exclude<Handed, { readonly kind: 'taken' }>;
