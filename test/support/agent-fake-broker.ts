import type { Broker, Connecting, Link, LinkEvents, LogIn } from '../../agent/broker.ts';
import type { Address } from '../../protocol/address.ts';
import {
  type Announcement,
  decodeUpper,
  encodeAnnouncements,
  encodeLower,
  type LowerMessage,
  type Malformed,
  type UpperMessage,
} from '../../protocol/message.ts';
import { ANNOUNCEMENT_TOPIC, isUpperLeaf, parseTopic, topicOf } from '../../protocol/topic.ts';

/** What the fake broker does with the next connections, in order; the last one counts for all that follow. */
export type Mood = 'accept' | 'reject' | 'unreachable' | 'silent';

/** A broker without a network; a test plays the gateway on its links. */
export class FakeBroker implements Broker {
  readonly links: FakeLink[] = [];
  /** Log-ins asked for, answered or not. */
  readonly attempts: LogIn[] = [];
  moods: Mood[] = ['accept'];
  /** Topics in the order in which the broker published them, wills included. */
  readonly published: string[] = [];
  /** False: SUBACK and PUBACK never come. */
  acknowledges = true;

  async connect(logIn: LogIn, events: LinkEvents, signal: AbortSignal): Promise<Connecting> {
    this.attempts.push(logIn);
    const mood = this.moods.length > 1 ? this.moods.shift() : this.moods[0];
    if (signal.aborted) return { kind: 'failed', why: 'aborted' };
    if (mood === 'reject') return { kind: 'wrong-credentials' };
    if (mood === 'unreachable') return { kind: 'failed', why: 'connection refused' };
    if (mood === 'silent') return untilAborted(signal);
    const link = new FakeLink(this, logIn, events);
    this.links.push(link);
    return { kind: 'connected', link };
  }

  /** The newest connection. */
  get link(): FakeLink {
    const link = this.links.at(-1);
    if (!link) throw new Error('no connection yet');
    return link;
  }
}

export class FakeLink implements Link {
  readonly source: Address | null;
  readonly logIn: LogIn;
  readonly topics: string[] = [];
  readonly sent: (UpperMessage | Malformed)[] = [];
  /** How it ended: `left` after DISCONNECT, `cut` by the agent, `broken` by the test. */
  end: 'left' | 'cut' | 'broken' | null = null;
  readonly #broker: FakeBroker;
  readonly #events: LinkEvents;
  readonly #waiting = new Set<(error: Error) => void>();

  constructor(broker: FakeBroker, logIn: LogIn, events: LinkEvents) {
    this.#broker = broker;
    this.#events = events;
    this.logIn = logIn;
    this.source = logIn.from.ipv4 ?? logIn.from.ipv6;
  }

  subscribe(topics: readonly string[]): Promise<void> {
    this.topics.push(...topics);
    return this.#answered();
  }

  publish(topic: string, payload: Uint8Array, quality: 0 | 1): Promise<void> {
    if (this.end) return Promise.reject(new Error('the connection is over'));
    const leaf = parseTopic(topic)?.leaf;
    this.#broker.published.push(topic);
    if (leaf && isUpperLeaf(leaf)) this.sent.push(decodeUpper(leaf, payload));
    return quality === 0 ? Promise.resolve() : this.#answered();
  }

  async leave(): Promise<void> {
    await this.#answered();
    this.#finish('left');
  }

  cut(): void {
    this.#finish('cut');
  }

  /** The gateway sends a message to this line. */
  deliver(message: LowerMessage): void {
    this.#events.received(topicOf(this.logIn.line, message.kind), encodeLower(message));
  }

  deliverRaw(topic: string, payload: Uint8Array): void {
    this.#events.received(topic, payload);
  }

  announce(announcements: readonly Announcement[]): void {
    this.#events.received(ANNOUNCEMENT_TOPIC, encodeAnnouncements(announcements));
  }

  /** A packet without content, such as the answer to a keepalive. */
  hear(): void {
    if (!this.end) this.#events.heard();
  }

  breakDown(why = 'connection reset'): void {
    this.#finish('broken');
    this.#events.closed(why);
  }

  #answered(): Promise<void> {
    if (this.end) return Promise.reject(new Error('the connection is over'));
    if (this.#broker.acknowledges) return Promise.resolve();
    return new Promise((_, reject) => this.#waiting.add(reject));
  }

  #finish(end: 'left' | 'cut' | 'broken'): void {
    if (!this.end && end !== 'left') this.#broker.published.push(this.logIn.will.topic);
    this.end ??= end;
    for (const reject of this.#waiting) reject(new Error('the connection is over'));
    this.#waiting.clear();
  }
}

function untilAborted(signal: AbortSignal): Promise<Connecting> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'failed', why: 'no answer' }), { once: true });
  });
}
