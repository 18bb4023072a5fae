import { createHash } from 'node:crypto';
import type { LineId } from '../../protocol/line-id.ts';
import type { Clock, Elapsed } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { every } from '../../runtime/loop.ts';
import type { Random } from '../answering/form-seal.ts';
import { RateLimit } from '../answering/rate-limit.ts';
import type { LineNews, LineWitness } from '../line/line-news.ts';
import { type MailAddress, mailboxOf, parseMailAddress } from '../mail/mail-address.ts';
import type { Mail, Post } from '../mail/post.ts';
import { mailTexts } from '../mail/texts.ts';
import { StoreUnavailable } from '../store/store.ts';
import type { KeptWaiter, WaiterStore } from './waiter-store.ts';
import type { Asking, Waiters } from './waiters.ts';

export interface MailedWaiterParts {
  readonly store: WaiterStore;
  /** Null when the provider has set no relay. */
  readonly post: Post | null;
  /** The line's name; null for a line without one. */
  readonly domainOf: (line: LineId) => string | null;
  /** Whether the zone leads to the line now. */
  readonly isLive: (line: LineId) => boolean;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: Logger;
}

const HOUR = 3_600_000;
const PER_NEIGHBOURHOOD = [{ most: 5, windowMs: HOUR }];
const PER_MAILBOX = [{ most: 3, windowMs: 24 * HOUR }];
const MOST_OF_A_LINE = 50;
const UNCONFIRMED_MS = 48 * HOUR;
/** A line that comes and goes is not back: only then is anybody told. */
const STAYS_MS = 60_000;
const TURN_MS = 5_000;
const SWEEP_MS = HOUR;
const TOKEN_BYTES = 32;

/** Tells visitors once, by mail, that a line is back; their addresses are kept no longer than that. */
export class MailedWaiters implements Waiters, LineWitness {
  readonly #parts: MailedWaiterParts;
  readonly #byNeighbourhood: RateLimit;
  readonly #byMailbox: RateLimit;
  readonly #awaited: Set<LineId>;
  readonly #backSince = new Map<LineId, Elapsed>();
  #sweptAt: Elapsed = Number.NEGATIVE_INFINITY;

  constructor(parts: MailedWaiterParts) {
    this.#parts = parts;
    this.#byNeighbourhood = new RateLimit(PER_NEIGHBOURHOOD, parts.clock);
    this.#byMailbox = new RateLimit(PER_MAILBOX, parts.clock);
    this.#awaited = new Set(parts.store.awaitedLines());
  }

  get isOffered(): boolean {
    return this.#parts.post !== null;
  }

  async ask(
    line: LineId,
    email: string,
    neighbourhood: string,
    linkFor: (token: string) => string,
  ): Promise<Asking> {
    const { post, domainOf, log } = this.#parts;
    const domain = domainOf(line);
    if (post === null || domain === null) return { kind: 'unavailable' };
    const address = parseMailAddress(email);
    if (address === undefined) return { kind: 'bad-address' };
    try {
      const early = this.#limit(line, address, neighbourhood);
      if (early !== undefined) return early;
      const { token, waiter } = this.#newWaiter(line, address);
      const isKept = await post.send(
        confirmMail(address, domain, linkFor(token)),
        this.#parts.store.putting(waiter),
      );
      return { kind: isKept ? 'mail-sent' : 'unavailable' };
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      log.error('waiter could not be kept', { line, reason: error.message });
      return { kind: 'unavailable' };
    }
  }

  async confirm(token: string): Promise<LineId | undefined> {
    const { store, clock } = this.#parts;
    const waiter = store.byToken(hashOf(token));
    if (waiter === undefined) return undefined;
    // opened twice: nothing has changed
    if (waiter.confirmedAt !== null) return waiter.line;
    if (clock.now() - waiter.askedAt > UNCONFIRMED_MS) return undefined;
    await store.confirm(waiter.id, clock.now());
    this.#awaited.add(waiter.line);
    return waiter.line;
  }

  async cancel(token: string): Promise<boolean> {
    const waiter = this.#parts.store.byToken(hashOf(token));
    if (waiter === undefined) return false;
    await this.#parts.store.remove(waiter.id);
    return true;
  }

  /** How many are told when the line is back. */
  waiting(line: LineId): number {
    return this.#parts.store.count(line).confirmed;
  }

  sees(news: LineNews): void {
    if (news.kind === 'off-line') this.#backSince.delete(news.line);
  }

  /** Tells, and forgets who did not confirm, until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    await every({ periodMs: TURN_MS, clock, log }, signal, async () => {
      for (const line of this.#awaited) await this.#look(line);
      await this.#sweep();
    });
  }

  /** What is answered without sending anything. */
  #limit(line: LineId, address: MailAddress, neighbourhood: string): Asking | undefined {
    const waitMs = this.#byNeighbourhood.waitMs(neighbourhood);
    if (waitMs > 0) return { kind: 'too-many', waitMs };
    this.#byNeighbourhood.count(neighbourhood);
    if (this.#parts.store.count(line).all >= MOST_OF_A_LINE) return { kind: 'too-many', waitMs: HOUR };
    const mailbox = mailboxOf(address);
    // told apart from a mail that was sent, it would tell strangers that others have asked with this address
    if (this.#byMailbox.waitMs(mailbox) > 0) return { kind: 'mail-sent' };
    this.#byMailbox.count(mailbox);
    return undefined;
  }

  async #look(line: LineId): Promise<void> {
    const { clock, isLive } = this.#parts;
    if (!isLive(line)) {
      this.#backSince.delete(line);
      return;
    }
    const now = clock.elapsed();
    const since = this.#backSince.get(line) ?? now;
    this.#backSince.set(line, since);
    if (now - since < STAYS_MS) return;
    this.#backSince.delete(line);
    await this.#tellAll(line);
  }

  async #tellAll(line: LineId): Promise<void> {
    const { store, post, domainOf, log } = this.#parts;
    const domain = domainOf(line);
    if (post === null || domain === null) return;
    const { subject, text } = mailTexts.back;
    const waiters = store.confirmedOf(line);
    const told = await Promise.all(
      waiters.map(({ id, email }) =>
        post.send(
          { to: email, subject: subject(domain), text: text(domain), unsubscribeUrl: null },
          store.removing(id),
        ),
      ),
    );
    const count = told.filter(Boolean).length;
    if (count > 0) log.info('waiters told that the line is back', { line, count });
    if (count === waiters.length) this.#awaited.delete(line);
  }

  async #sweep(): Promise<void> {
    const { store, clock, log } = this.#parts;
    if (clock.elapsed() - this.#sweptAt < SWEEP_MS) return;
    const count = await store.removeUnconfirmed(clock.now() - UNCONFIRMED_MS);
    this.#sweptAt = clock.elapsed();
    if (count > 0) log.info('unconfirmed waiters forgotten', { count });
    // waiters of removed lines went with them
    const awaited = new Set(store.awaitedLines());
    for (const line of this.#awaited) if (!awaited.has(line)) this.#awaited.delete(line);
  }

  /** Who asks again gets a new link, whether confirmed or not: the answer and the mail are the same for everybody. */
  #newWaiter(line: LineId, email: MailAddress): { readonly token: string; readonly waiter: KeptWaiter } {
    const { random, clock } = this.#parts;
    const token = Buffer.from(random(TOKEN_BYTES)).toString('base64url');
    // one id for one address and line, so that asking twice at once still makes one waiter
    const id = hashOf(`${line} ${email}`);
    const waiter = { id, line, email, tokenHash: hashOf(token), askedAt: clock.now(), confirmedAt: null };
    return { token, waiter };
  }
}

function confirmMail(to: MailAddress, domain: string, link: string): Mail {
  const { subject, text } = mailTexts.confirm;
  const cancelLink = cancelLinkBeside(link);
  return { to, subject: subject(domain), text: text(domain, link, cancelLink), unsubscribeUrl: cancelLink };
}

/** The page that forgets an address stands beside the one that confirms it, and takes the same token. */
function cancelLinkBeside(link: string): string {
  const url = new URL(link);
  url.pathname = url.pathname.replace(/[^/]*$/, 'cancel');
  return url.href;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
