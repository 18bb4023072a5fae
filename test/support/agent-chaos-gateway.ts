import type { Broker, Connecting, Link, LinkEvents, LogIn } from '../../agent/broker.ts';
import { decodeUpper, encodeLower, type LowerMessage, type Register } from '../../protocol/message.ts';
import { isUpperLeaf, parseTopic, topicOf } from '../../protocol/topic.ts';

/** Where the broker vanishes or falls silent; `well` for nowhere. */
export const TROUBLES = [
  'refuses-tcp',
  'black-hole',
  'dies-after-connack',
  'never-subacks',
  'dies-after-suback',
  'dies-at-register',
  'never-replies',
  'dies-after-queued',
  'never-live',
  'wrong-certificate',
  'name-unknown',
] as const;

export type Trouble = (typeof TROUBLES)[number] | 'well';

/** A broker and gateway without a network that go wrong where they are told to, on time that a test moves. */
export class ChaosGateway implements Broker {
  trouble: Trouble = 'well';
  /** The pace that lines are told; a tenth of a second is the least that the protocol knows. */
  aliveMs = 3_333;
  alives = 0;
  readonly #links = new Set<ChaosLink>();

  async connect(logIn: LogIn, events: LinkEvents, signal: AbortSignal): Promise<Connecting> {
    if (this.trouble === 'black-hole') return await untilAborted(signal);
    if (this.trouble === 'refuses-tcp') return { kind: 'failed', why: 'connect ECONNREFUSED' };
    if (this.trouble === 'wrong-certificate') return { kind: 'failed', why: 'the certificate has expired' };
    if (this.trouble === 'name-unknown') return { kind: 'failed', why: 'getaddrinfo ENOTFOUND' };
    if (signal.aborted) return { kind: 'failed', why: 'aborted' };
    const link = new ChaosLink(this, logIn, events);
    this.#links.add(link);
    if (this.trouble === 'dies-after-connack') queueMicrotask(() => link.die());
    return { kind: 'connected', link };
  }

  /** Answers the keepalive of every connection that is not forgotten. */
  answerKeepalives(): void {
    for (const link of this.#links) link.hear();
  }

  /** Every connection breaks, in sight of the agent; or nothing comes over it any more, and nobody says so. */
  drop(isVisible: boolean): void {
    for (const link of [...this.#links]) isVisible ? link.die() : link.forget();
  }

  gone(link: ChaosLink): void {
    this.#links.delete(link);
  }
}

class ChaosLink implements Link {
  readonly source = null;
  readonly #gateway: ChaosGateway;
  readonly #logIn: LogIn;
  readonly #events: LinkEvents;
  #isForgotten = false;
  #fail: (error: Error) => void = () => undefined;
  readonly #ended: Promise<never>;

  constructor(gateway: ChaosGateway, logIn: LogIn, events: LinkEvents) {
    this.#gateway = gateway;
    this.#logIn = logIn;
    this.#events = events;
    this.#ended = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#ended.catch(() => undefined);
  }

  async subscribe(): Promise<void> {
    if (this.#isSilentAt('never-subacks')) return await this.#ended;
    if (this.#gateway.trouble === 'dies-after-suback') queueMicrotask(() => this.die());
  }

  async publish(topic: string, payload: Uint8Array): Promise<void> {
    const leaf = parseTopic(topic)?.leaf;
    if (leaf === undefined || !isUpperLeaf(leaf) || this.#isForgotten) return await this.#ended;
    const message = decodeUpper(leaf, payload);
    if (message.kind === 'alive') this.#gateway.alives++;
    if (message.kind === 'register') await this.#takeRegistration(message);
  }

  async leave(): Promise<void> {
    this.#end('left');
  }

  cut(): void {
    this.#end('cut');
  }

  die(): void {
    this.#end('broken');
    this.#events.closed('the gateway closed the connection');
  }

  forget(): void {
    this.#isForgotten = true;
    this.#gateway.gone(this);
  }

  hear(): void {
    this.#events.heard();
  }

  async #takeRegistration(message: Register): Promise<void> {
    const { trouble } = this.#gateway;
    if (trouble === 'dies-at-register') {
      this.die();
      return await this.#ended;
    }
    if (trouble === 'never-replies') return;
    const { session, seq, domain, ipv4, ipv6 } = message;
    const told = { session, seq };
    this.#tell({ kind: 'queued', ...told, liveInMs: 1_000, aliveMs: this.#gateway.aliveMs, spreadMs: 0 });
    if (trouble !== 'well') {
      if (trouble === 'dies-after-queued') this.die();
      return;
    }
    const addresses = { ipv4, ipv6 };
    const away = {
      lastLogOn: null,
      offlineForMs: null,
      offlineReason: null,
      hits: 0,
      messages: 0,
      portal: null,
    };
    this.#tell({
      kind: 'live',
      ...told,
      domain,
      addresses,
      serial: 9,
      proof: { ok: true, missing: [] },
      ...away,
    });
  }

  #tell(message: LowerMessage): void {
    const payload = encodeLower(message);
    const topic = topicOf(this.#logIn.line, message.kind);
    queueMicrotask(() => {
      if (!this.#isForgotten) this.#events.received(topic, payload);
    });
  }

  #isSilentAt(trouble: Trouble): boolean {
    return this.#isForgotten || this.#gateway.trouble === trouble;
  }

  #end(why: string): void {
    this.#gateway.gone(this);
    this.#fail(new Error(why));
  }
}

function untilAborted(signal: AbortSignal): Promise<Connecting> {
  return new Promise((resolve) => {
    const give = () => resolve({ kind: 'failed', why: 'aborted' });
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
