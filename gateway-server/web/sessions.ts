import type { Clock, Instant } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { AccountStore, StoredSession } from './account-store.ts';

const LONGEST_MS = 12 * 3_600_000;
const LONGEST_IDLE_MS = 2 * 3_600_000;
const SEEN_EVERY_MS = 60_000;
const MOST_PER_ACCOUNT = 20;
const SWEEP_EVERY_MS = 10 * 60_000;

interface Parts {
  readonly store: Pick<AccountStore, 'putSession' | 'removeSessions'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who is logged in, by the hash of the cookie: in memory, and on disk so that a restart logs nobody out. */
export class SessionBook {
  readonly #parts: Parts;
  readonly #byHash: Map<string, StoredSession>;
  readonly #writtenAt = new Map<string, number>();
  #sweptAt = 0;

  constructor(parts: Parts, stored: readonly StoredSession[]) {
    this.#parts = parts;
    this.#byHash = new Map(stored.map((session) => [session.hash, session]));
  }

  async add(hash: string, account: string): Promise<StoredSession> {
    const now = this.#parts.clock.now();
    this.#sweep(now);
    const others = this.#of(account);
    const previousLogOn = others.length > 0 ? Math.max(...others.map(({ since }) => since)) : null;
    const session: StoredSession = { hash, account, since: now, seenAt: now, previousLogOn };
    await this.#parts.store.putSession(session);
    this.#byHash.set(hash, session);
    const oldest = others.toSorted((a, b) => b.seenAt - a.seenAt).slice(MOST_PER_ACCOUNT - 1);
    if (oldest.length > 0) await this.end(oldest.map((one) => one.hash));
    return session;
  }

  /** Undefined when there is none or it is over; how long it has been idle stays as it is. */
  look(hash: string): StoredSession | undefined {
    const session = this.#byHash.get(hash);
    if (!session || !isOver(session, this.#parts.clock.now())) return session;
    this.#tell(this.end([hash]));
    return undefined;
  }

  /** Undefined when there is none or it is over; else it has been seen now. */
  seen(hash: string): StoredSession | undefined {
    const { clock, store, log } = this.#parts;
    const session = this.look(hash);
    if (!session) return undefined;
    const now = clock.now();
    const seen = { ...session, seenAt: now };
    this.#byHash.set(hash, seen);
    if (now - (this.#writtenAt.get(hash) ?? session.since) >= SEEN_EVERY_MS) {
      this.#writtenAt.set(hash, now);
      store.putSession(seen).catch((error) => log.warn('session not written', { reason: String(error) }));
    }
    return seen;
  }

  async end(hashes: readonly string[]): Promise<void> {
    for (const hash of hashes) {
      this.#byHash.delete(hash);
      this.#writtenAt.delete(hash);
    }
    await this.#parts.store.removeSessions(hashes);
  }

  /** All of the account but one. */
  async endOthers(account: string, keep: string | null): Promise<void> {
    const others = this.#of(account).filter(({ hash }) => hash !== keep);
    if (others.length > 0) await this.end(others.map(({ hash }) => hash));
  }

  #of(account: string): StoredSession[] {
    return [...this.#byHash.values()].filter((session) => session.account === account);
  }

  #sweep(now: Instant): void {
    const { clock } = this.#parts;
    if (clock.elapsed() - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = clock.elapsed();
    const over = [...this.#byHash.values()].filter((session) => isOver(session, now));
    if (over.length > 0) this.#tell(this.end(over.map(({ hash }) => hash)));
  }

  #tell(work: Promise<void>): void {
    work.catch((error) => this.#parts.log.warn('session not removed', { reason: String(error) }));
  }
}

function isOver({ since, seenAt }: StoredSession, now: Instant): boolean {
  return now - since > LONGEST_MS || now - seenAt > LONGEST_IDLE_MS;
}
