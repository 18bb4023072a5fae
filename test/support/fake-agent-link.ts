import type { AgentEvents, AgentLink, Connection, Identified } from '../../gateway-server/agent-link.ts';
import type { Address } from '../../protocol/address.ts';
import { clientIdOf, type LineId } from '../../protocol/line-id.ts';
import {
  type Announcement,
  decodeUpper,
  encodeUpper,
  type LowerMessage,
  type Malformed,
  type UpperMessage,
} from '../../protocol/message.ts';
import { LOWER_LEAVES, type LowerLeaf, type UpperLeaf } from '../../protocol/topic.ts';

const DUPLICATE_RETRY_MS = 60_000;

export interface FakeLogIn {
  readonly line: LineId;
  readonly secret?: string;
  readonly clientId?: string;
  readonly source?: Address;
  /** Session in the will; null leaves no will with the broker. */
  readonly willSession?: number | null;
  /** What the agent subscribes to at once. */
  readonly leaves?: readonly LowerLeaf[];
}

export interface Sent {
  readonly connection: Connection;
  readonly message: LowerMessage;
}

export type Refusal = Exclude<Identified, { readonly line: LineId }>['kind'];

/** An agent link without a network: a test logs agents in, lets them speak, and looks at what they were sent. */
export class FakeAgentLink implements AgentLink {
  readonly sent: Sent[] = [];
  readonly closed: { readonly connection: Connection; readonly why: string }[] = [];
  announcements: readonly Announcement[] = [];
  /** While true nothing reaches any agent, although `send` says so: packets are lost on the way. */
  losesMessages = false;
  #events: AgentEvents | undefined;
  #lastId = 0;
  readonly #agents = new Map<LineId, FakeAgent>();

  /** Names the gateway that listens; to be called before anybody logs in. */
  reportTo(events: AgentEvents): void {
    this.#events = events;
  }

  /** What the gateway says to a log-in: an agent, or the kind of the refusal. */
  logIn({
    line,
    secret = 'secret',
    clientId = clientIdOf(line),
    source = '192.0.2.1' as Address,
    willSession = null,
    leaves = LOWER_LEAVES,
  }: FakeLogIn): FakeAgent | Refusal {
    const events = this.#listener();
    const identified = events.identify({ user: line, secret, clientId, source });
    if (identified.kind !== 'welcome' && identified.kind !== 'duplicate') return identified.kind;
    const connection = { id: ++this.#lastId, line: identified.line, source };
    const agent = new FakeAgent(
      connection,
      willSession,
      identified.kind === 'duplicate' ? undefined : events,
    );
    agent.announcements = this.announcements;
    agent.subscribe(...leaves);
    if (identified.kind === 'welcome') this.#arrive(agent, events);
    return agent;
  }

  /** Logs in an agent that must be let in. */
  connect(logIn: FakeLogIn): FakeAgent {
    const agent = this.logIn(logIn);
    if (typeof agent === 'string') throw new Error(`the gateway refused the log-in: ${agent}`);
    return agent;
  }

  send(connection: Connection, message: LowerMessage): boolean {
    const agent = this.#agentOn(connection);
    if (!agent?.hears(message.kind)) return false;
    this.sent.push({ connection, message });
    if (!this.losesMessages) agent.heard.push(message);
    return true;
  }

  connectionOf(line: LineId): Connection | undefined {
    const agent = this.#agents.get(line);
    return agent?.isOpen ? agent.connection : undefined;
  }

  close(connection: Connection, why: string): void {
    this.closed.push({ connection, why });
    this.#agentOn(connection)?.breakOff();
  }

  announce(announcements: readonly Announcement[]): void {
    this.announcements = announcements;
    for (const agent of this.#agents.values()) if (agent.isOpen) agent.announcements = announcements;
  }

  /** The messages sent to a line so far, the oldest first. */
  sentTo(line: LineId): LowerMessage[] {
    return this.sent.filter((sent) => sent.connection.line === line).map((sent) => sent.message);
  }

  #arrive(agent: FakeAgent, events: AgentEvents): void {
    this.#agents.get(agent.connection.line)?.breakOff();
    this.#agents.set(agent.connection.line, agent);
    events.arrived(agent.connection);
  }

  #agentOn(connection: Connection): FakeAgent | undefined {
    const agent = this.#agents.get(connection.line);
    return agent?.isOpen && agent.connection.id === connection.id ? agent : undefined;
  }

  #listener(): AgentEvents {
    if (!this.#events) throw new Error('call reportTo() first');
    return this.#events;
  }
}

/** One agent's end of the fake link. */
export class FakeAgent {
  readonly heard: LowerMessage[] = [];
  readonly connection: Connection;
  announcements: readonly Announcement[] = [];
  isOpen = true;
  readonly #willSession: number | null;
  /** Undefined for a duplicate, whom the gateway never hears. */
  readonly #events: AgentEvents | undefined;
  readonly #leaves = new Set<LowerLeaf>();

  constructor(connection: Connection, willSession: number | null, events: AgentEvents | undefined) {
    this.connection = connection;
    this.#willSession = willSession;
    this.#events = events;
  }

  subscribe(...leaves: readonly LowerLeaf[]): void {
    for (const leaf of leaves) this.#leaves.add(leaf);
  }

  hears(leaf: LowerLeaf): boolean {
    return this.#leaves.has(leaf);
  }

  say(message: UpperMessage): void {
    this.sayBytes(message.kind, encodeUpper(message));
  }

  sayBytes(leaf: UpperLeaf, payload: Uint8Array): void {
    if (!this.isOpen) return;
    const message = decodeUpper(leaf, payload);
    if (!this.#events) this.#answerDuplicate(leaf, message);
    else if (message.kind === 'malformed') this.#events.malformed(this.connection, leaf, message);
    else this.#events.received(this.connection, message);
  }

  /** DISCONNECT: the will is forgotten. */
  leave(): void {
    this.#end(true);
  }

  /** The connection breaks: the broker publishes the will. */
  breakOff(): void {
    this.#end(false);
  }

  #end(orderly: boolean): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    if (!orderly && this.#willSession !== null)
      this.#events?.received(this.connection, { kind: 'will', session: this.#willSession });
    this.#events?.gone(this.connection, orderly);
  }

  #answerDuplicate(leaf: UpperLeaf, message: UpperMessage | Malformed): void {
    if (leaf !== 'register') return;
    const { session, seq } = message.kind === 'register' ? message : { session: 0, seq: 0 };
    this.heard.push({
      kind: 'refused',
      session,
      seq,
      reason: 'duplicate-login',
      retryAfterMs: DUPLICATE_RETRY_MS,
    });
    this.isOpen = false;
  }
}
