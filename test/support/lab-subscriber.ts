import type { Address, AddressSet, Ipv4, Ipv6 } from '../../protocol/address.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { LowerMessage, Register } from '../../protocol/message.ts';
import type { FakeAgent, FakeAgentLink } from './fake-agent-link.ts';

export interface Whereabouts {
  readonly ipv4?: string | null;
  readonly ipv6?: string | null;
  /** Where the connection comes from; the IPv4 address unless given. */
  readonly source?: string;
}

type Heard<K extends LowerMessage['kind']> = Extract<LowerMessage, { readonly kind: K }>;

let lastSession = 0x7000_0000;

/** One connection of a subscriber's agent to the gateway under test: draws a session, counts its signals. */
export class LabSubscriber {
  readonly line: LineId;
  readonly agent: FakeAgent;
  readonly session: number;
  addresses: AddressSet;
  seq = 0;
  /** While true it signals whenever time passes in the lab, and answers challenges. */
  isAlive = true;
  readonly #answered = new Set<string>();

  constructor(link: FakeAgentLink, line: string, { ipv4 = null, ipv6 = null, source }: Whereabouts) {
    this.line = line as LineId;
    this.session = ++lastSession;
    this.addresses = { ipv4: ipv4 as Ipv4 | null, ipv6: ipv6 as Ipv6 | null };
    const from = (source ?? ipv4 ?? ipv6 ?? '192.0.2.1') as Address;
    this.agent = link.connect({ line: this.line, source: from, willSession: this.session });
  }

  register(change: Partial<Register> = {}): void {
    this.agent.say({
      kind: 'register',
      domain: `${this.line}.mwebpages.test` as DomainName,
      ...this.addresses,
      ...this.#next(),
      lease: { source: 'udhcpc', interface: 'wan', expiresInMs: 3_600_000 },
      agent: 'porchlight-agent 0.1.0',
      ...change,
    });
  }

  /** Registers with another IPv6 address; the one that the connection comes from stays. */
  renumber(ipv6: string): void {
    this.addresses = { ...this.addresses, ipv6: ipv6 as Ipv6 };
    this.register();
  }

  alive(seq?: number): void {
    this.agent.say({ kind: 'alive', ...this.#next(), ...(seq === undefined ? {} : { seq }) });
  }

  farewell(): void {
    this.agent.say({ kind: 'offline', ...this.#next(), reason: 'shutdown' });
    this.agent.leave();
    this.isAlive = false;
  }

  /** Falls silent; the connection stays as it is, as after a cut on the way. */
  fallSilent(): void {
    this.isAlive = false;
  }

  /** The connection breaks and the broker publishes the will. */
  breakOff(): void {
    this.isAlive = false;
    this.agent.breakOff();
  }

  /** Answers every challenge that it has not answered yet. */
  answerChallenges(): void {
    for (const { nonce } of this.all('challenge')) {
      if (this.#answered.has(nonce)) continue;
      this.#answered.add(nonce);
      this.agent.say({ kind: 'answer', nonce, ...this.#next() });
    }
  }

  all<K extends LowerMessage['kind']>(kind: K): Heard<K>[] {
    return this.agent.heard.filter((message): message is Heard<K> => message.kind === kind);
  }

  last<K extends LowerMessage['kind']>(kind: K): Heard<K> | undefined {
    return this.all(kind).at(-1);
  }

  /** The kinds of all it was told, in order. */
  get kinds(): string[] {
    return this.agent.heard.map(({ kind }) => kind);
  }

  #next() {
    return { session: this.session, seq: ++this.seq };
  }
}
