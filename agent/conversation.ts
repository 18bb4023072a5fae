import type { DomainName } from '../protocol/domain-name.ts';
import type { LineId } from '../protocol/line-id.ts';
import {
  type Announcement,
  decodeAnnouncements,
  decodeLower,
  encodeUpper,
  type Live,
  type LowerMessage,
  type Malformed,
  type Queued,
  type Refused,
  type Signal,
  type UpperMessage,
} from '../protocol/message.ts';
import { ANNOUNCEMENT_TOPIC, LOWER_LEAVES, type LowerLeaf, topicOf } from '../protocol/topic.ts';
import type { Clock, Elapsed } from '../runtime/clock.ts';
import { within } from '../runtime/deadline.ts';
import type { Logger } from '../runtime/log.ts';
import type { Pace } from './alive-loop.ts';
import type { Link, LinkEvents, LogIn } from './broker.ts';
import type { FarewellReason } from './farewell.ts';
import { Inbox } from './inbox.ts';
import { type Claim, leaseNote } from './lease-watch.ts';
import { AGENT_VERSION } from './version.ts';

/** What can happen on a connection, one thing at a time. */
export type Happening =
  | Queued
  | Live
  | Refused
  | { readonly kind: 'register-again' }
  | { readonly kind: 'new-claim' }
  | { readonly kind: 'closed'; readonly why: string }
  | { readonly kind: 'stopped' }
  /** Nobody has replied to three registrations. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'too-late' };

export interface Identity {
  readonly line: LineId;
  readonly secret: string;
  readonly domain: DomainName;
}

export interface ConversationParts {
  readonly identity: Identity;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly announced: (announcements: readonly Announcement[]) => void;
}

const SILENCE_MS = 15_000;
const SUBACK_MS = 5_000;
/** A call to register again that was sent before our latest registration could be seen is obsolete. */
const REGISTER_AGAIN_REST_MS = 1_000;

/** One connection to the gateway in the words of the protocol: its session, the count of its signals, and what comes back. */
export class Conversation implements LinkEvents {
  readonly session: number;
  readonly #parts: ConversationParts;
  readonly #inbox: Inbox<Happening>;
  readonly #leafByTopic: ReadonlyMap<string, LowerLeaf>;
  #link: Link | null = null;
  #seq = 0;
  #registeredSeq = 0;
  #registeredAt: Elapsed = Number.NEGATIVE_INFINITY;
  #heardAt: Elapsed;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#inbox = new Inbox(parts.clock);
    this.session = 1 + Math.floor(parts.random() * 0xffff_ffff);
    this.#leafByTopic = new Map(LOWER_LEAVES.map((leaf) => [topicOf(parts.identity.line, leaf), leaf]));
    this.#heardAt = parts.clock.elapsed();
  }

  logIn({ addresses }: Claim): LogIn {
    const { line, secret } = this.#parts.identity;
    const payload = encodeUpper({ kind: 'will', session: this.session });
    return { line, secret, will: { topic: topicOf(line, 'will'), payload }, from: addresses };
  }

  /** Subscribes to exactly what is meant for this line; gives false when the broker does not confirm it in time. */
  async begin(link: Link, signal: AbortSignal): Promise<boolean> {
    this.#link = link;
    this.heard();
    const subscribed = link.subscribe([...this.#leafByTopic.keys(), ANNOUNCEMENT_TOPIC]).then(
      () => true,
      () => false,
    );
    const confirmed = await within(this.#parts.clock, SUBACK_MS, subscribed, signal).catch(() => false);
    return confirmed === true;
  }

  /** True when the connection comes from an address of this claim: only then does it prove it. */
  comesFrom({ addresses }: Claim): boolean {
    const source = this.#link?.source ?? null;
    return source !== null && (source === addresses.ipv4 || source === addresses.ipv6);
  }

  register(claim: Claim): void {
    const { clock, identity } = this.#parts;
    const signal = this.#nextSignal();
    this.#registeredSeq = signal.seq;
    this.#registeredAt = clock.elapsed();
    this.#send({
      kind: 'register',
      ...signal,
      ...claim.addresses,
      domain: identity.domain,
      lease: leaseNote(claim, clock),
      agent: `porchlight-agent/${AGENT_VERSION}`,
    });
  }

  sayAlive(): void {
    this.#send({ kind: 'alive', ...this.#nextSignal() });
  }

  async sayOffline(reason: FarewellReason): Promise<void> {
    await this.#publish({ kind: 'offline', ...this.#nextSignal(), reason });
  }

  async leave(): Promise<void> {
    await this.#link?.leave();
  }

  cut(): void {
    this.#link?.cut();
  }

  claimChanged(): void {
    this.#inbox.put({ kind: 'new-claim' });
  }

  /** The next thing that happens; `too-late` at `deadline`, `closed` when the gateway has been silent for too long. */
  async next(deadline: Elapsed, signal: AbortSignal): Promise<Happening> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      const until = Math.min(deadline, this.#heardAt + SILENCE_MS);
      const happening = await this.#inbox.take(until, signal).catch(() => 'too-late' as const);
      if (happening !== 'too-late' && this.#isForUs(happening)) return happening;
      if (happening !== 'too-late') continue;
      if (clock.elapsed() >= this.#heardAt + SILENCE_MS) {
        return { kind: 'closed', why: `nothing heard from the gateway for ${SILENCE_MS / 1000} s` };
      }
      if (clock.elapsed() >= deadline) return { kind: 'too-late' };
    }
    return { kind: 'stopped' };
  }

  heard(): void {
    this.#heardAt = this.#parts.clock.elapsed();
  }

  closed(why: string): void {
    this.#inbox.put({ kind: 'closed', why });
  }

  received(topic: string, payload: Uint8Array): void {
    this.heard();
    const leaf = this.#leafByTopic.get(topic);
    if (topic === ANNOUNCEMENT_TOPIC) this.#readAnnouncements(payload);
    else if (leaf) this.#act(leaf, decodeLower(leaf, payload));
  }

  #act(leaf: LowerLeaf, message: LowerMessage | Malformed): void {
    switch (message.kind) {
      case 'malformed':
        this.#parts.log.warn('message not understood', { leaf, problem: message.problem });
        return;
      case 'challenge':
        this.#send({ kind: 'answer', nonce: message.nonce, ...this.#nextSignal() });
        return;
      case 'tune':
        this.#parts.pace.told(message);
        if (message.registerAgain) this.#askedAgain();
        return;
      case 'queued':
        if (message.session === this.session) this.#parts.pace.told(message);
        this.#inbox.put(message);
        return;
      case 'live':
      case 'refused':
        this.#inbox.put(message);
    }
  }

  /** Replies to another session or to a registration that has been overtaken say nothing about now. */
  #isForUs(happening: Happening): boolean {
    if (!('seq' in happening)) return true;
    const isUnread = happening.kind === 'refused' && happening.seq === 0;
    if (isUnread) return happening.session === 0 || happening.session === this.session;
    return happening.session === this.session && happening.seq >= this.#registeredSeq;
  }

  #askedAgain(): void {
    const restedMs = this.#parts.clock.elapsed() - this.#registeredAt;
    if (restedMs >= REGISTER_AGAIN_REST_MS) this.#inbox.put({ kind: 'register-again' });
  }

  #readAnnouncements(payload: Uint8Array): void {
    const announcements = decodeAnnouncements(payload);
    if ('kind' in announcements) {
      this.#parts.log.warn('announcements not understood', { problem: announcements.problem });
    } else this.#parts.announced(announcements);
  }

  #nextSignal(): Signal {
    this.#seq++;
    return { session: this.session, seq: this.#seq };
  }

  /** Sends and goes on; what is lost is noticed by the missing reply, or by the end of the connection. */
  #send(message: UpperMessage): void {
    this.#publish(message).catch((error: unknown) => {
      this.#parts.log.debug('message not sent', { leaf: message.kind, why: String(error) });
    });
  }

  async #publish(message: UpperMessage): Promise<void> {
    const quality = message.kind === 'alive' ? 0 : 1;
    await this.#link?.publish(
      topicOf(this.#parts.identity.line, message.kind),
      encodeUpper(message),
      quality,
    );
  }
}
