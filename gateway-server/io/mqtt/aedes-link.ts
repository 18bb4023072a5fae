import type { Socket } from 'node:net';
import { Aedes, type Client, type ConnectPacket, type PublishPacket } from 'aedes';
import type { Address } from '../../../protocol/address.ts';
import type { LineId } from '../../../protocol/line-id.ts';
import {
  type Announcement,
  decodeUpper,
  encodeAnnouncements,
  encodeLower,
  type LowerMessage,
  MAX_PAYLOAD_BYTES,
} from '../../../protocol/message.ts';
import { ANNOUNCEMENT_TOPIC, topicOf, type UpperLeaf } from '../../../protocol/topic.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';
import type { AgentEvents, AgentLink, Connection } from '../../agent-link.ts';
import { publishableLeaf, type SubscribableLeaf, subscribableLeaf } from '../../topic-rules.ts';
import { AgentSession, STRANGER } from './agent-session.ts';
import { Breach, breachBehind } from './breach.ts';
import { ByteGuard } from './byte-guard.ts';
import { forgetfulEmitter, forgetfulPersistence } from './forgetful.ts';
import { type Admission, connackBytes, identify, LogInRefused } from './log-in.ts';
import type { WireTally } from './mqtt-counters.ts';
import type { MqttLimits } from './mqtt-limits.ts';

const DUPLICATE_RETRY_MS = 60_000;

export interface AedesLinkParts {
  readonly events: AgentEvents;
  readonly limits: MqttLimits;
  readonly tally: WireTally;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Speaks MQTT with the agents. aedes does the protocol; who may do what is decided here. Each connection gets a client id
 * of its own inside aedes, so that takeovers happen here, in one order: old will, old connection gone, new one arrived.
 */
export class AedesLink implements AgentLink {
  readonly #parts: AedesLinkParts;
  readonly #aedes: Aedes;
  readonly #sessions = new WeakMap<Client, AgentSession>();
  readonly #guards = new Set<ByteGuard>();
  readonly #sessionsByLine = new Map<LineId, AgentSession>();
  readonly #stop = new AbortController();
  #announcements = payloadOf(encodeAnnouncements([]));
  #lastId = 0;

  constructor(parts: AedesLinkParts) {
    this.#parts = parts;
    this.#aedes = new Aedes({
      mq: forgetfulEmitter,
      persistence: forgetfulPersistence,
      connectTimeout: parts.limits.connectTimeoutMs,
      drainTimeout: parts.limits.drainTimeoutMs,
      preConnect: (client, packet, done) => {
        const fault = this.#logIn(client, packet);
        done(fault, fault === null);
      },
      authorizePublish: (client, packet, done) => done(this.#judgePublish(client, packet)),
      authorizeSubscribe: (client, filter, done) => {
        const leaf = this.#leafFor(client, filter.topic);
        if (leaf) done(null, filter);
        else done(new Breach('foreign-topic'));
      },
    });
    this.#listen();
  }

  open(): Promise<void> {
    return this.#aedes.listen();
  }

  /** Takes over a socket that the door let in. */
  welcome(socket: Socket, source: Address): void {
    const guard = new ByteGuard(socket, this.#parts.limits, this.#parts.clock);
    const client = this.#aedes.handle(guard.stream);
    this.#sessions.set(client, new AgentSession(client, guard, source));
    this.#guards.add(guard);
    guard.stream.once('close', () => this.#guards.delete(guard));
  }

  send(connection: Connection, message: LowerMessage): boolean {
    const session = this.#sessionOn(connection);
    if (!session?.leaves.has(message.kind)) return false;
    return this.#hand(session, topicOf(connection.line, message.kind), payloadOf(encodeLower(message)));
  }

  connectionOf(line: LineId): Connection | undefined {
    const session = this.#sessionsByLine.get(line);
    return session?.stage.kind === 'arrived' && session.isOpen ? session.stage.connection : undefined;
  }

  close(connection: Connection, why: string): void {
    const session = this.#sessionOn(connection);
    if (!session) return;
    this.#parts.log.debug('closing a connection', { line: connection.line, why });
    session.client.close();
  }

  announce(announcements: readonly Announcement[]): void {
    this.#announcements = payloadOf(encodeAnnouncements(announcements));
    for (const session of this.#sessionsByLine.values()) {
      if (session.leaves.has('announcement')) this.#hand(session, ANNOUNCEMENT_TOPIC, this.#announcements);
    }
  }

  /** Ends every connection; nothing is told to the gateway any more. */
  async shutDown(): Promise<void> {
    this.#stop.abort();
    for (const guard of this.#guards) guard.stream.destroy();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
  }

  #listen(): void {
    const { log } = this.#parts;
    this.#aedes.on('connackSent', (connack, client) => {
      if (connack.returnCode === 0) this.#arrive(client);
    });
    this.#aedes.on('clientDisconnect', (client) => this.#end(client));
    this.#aedes.on('subscribe', (filters, client) => this.#listenTo(client, filters));
    this.#aedes.on('unsubscribe', (topics, client) => this.#stopListening(client, topics));
    this.#aedes.on('connectionError', (client, error) => this.#noteError(client, error));
    this.#aedes.on('clientError', (client, error) => this.#noteError(client, error));
    this.#aedes.addListener('error', (error) =>
      log.error('the MQTT broker failed', { reason: String(error) }),
    );
  }

  /** Gives the error that ends the connection of whoever is not let in. */
  #logIn(client: Client, packet: ConnectPacket): Error | null {
    const session = this.#sessions.get(client);
    if (!session) return new Error('the connection is over');
    const identified = identify(packet, session.source, this.#parts);
    if (identified instanceof LogInRefused) {
      this.#parts.tally.refused(identified.refusal);
      session.guard.stream.write(connackBytes(identified.refusal));
      return identified;
    }
    this.#admit(session, identified, packet);
    return null;
  }

  #admit(session: AgentSession, { kind, line }: Admission, packet: ConnectPacket): void {
    const connection = { id: ++this.#lastId, line, source: session.source };
    session.stage = { kind: kind === 'welcome' ? 'admitted' : 'duplicate', connection };
    session.will = packet.will;
    session.guard.accept();
    packet.clientId = `${packet.clientId}/${connection.id}`;
    packet.keepalive = this.#boundedKeepalive(packet.keepalive ?? 0);
    if (kind === 'duplicate') this.#showOutLater(session);
  }

  #boundedKeepalive(askedSeconds: number): number {
    const { keepaliveSeconds } = this.#parts.limits;
    return askedSeconds === 0 ? keepaliveSeconds : Math.min(askedSeconds, keepaliveSeconds);
  }

  #arrive(client: Client): void {
    const session = this.#sessions.get(client);
    if (session?.stage.kind !== 'admitted' || !session.isOpen) return;
    const { connection } = session.stage;
    this.#sessionsByLine.get(connection.line)?.client.close();
    session.stage = { kind: 'arrived', connection };
    this.#sessionsByLine.set(connection.line, session);
    this.#parts.tally.logIns++;
    this.#tell((events) => events.arrived(connection));
  }

  #end(client: Client): void {
    const session = this.#sessions.get(client);
    if (session?.stage.kind !== 'arrived') return;
    const { connection } = session.stage;
    session.stage = STRANGER;
    if (this.#sessionsByLine.get(connection.line) === session) this.#sessionsByLine.delete(connection.line);
    this.#tell((events) => events.gone(connection, session.wasOrderly));
  }

  /** Takes the message for the gateway; no other client ever gets it. Gives the error that closes the connection. */
  #judgePublish(client: Client | null, packet: PublishPacket): Error | null {
    const session = client && this.#sessions.get(client);
    if (!session || session.stage.kind === 'stranger') return new Error('nobody is logged in');
    if (packet === session.will) return this.#takeWill(session, packet);
    const leaf = publishableLeaf(session.stage.connection.line, packet.topic);
    if (!leaf) return new Breach('foreign-topic');
    if (packet.payload.length > MAX_PAYLOAD_BYTES) return new Breach('oversized');
    if (packet.retain) this.#parts.tally.dropped('retained');
    else this.#receive(session, leaf, bytesIn(packet));
    return null;
  }

  #takeWill(session: AgentSession, will: PublishPacket): Error {
    session.hasLeftWill = true;
    this.#receive(session, 'will', bytesIn(will));
    return new Error('a will goes to the gateway and no further');
  }

  #receive(session: AgentSession, leaf: UpperLeaf, payload: Buffer): void {
    if (session.stage.kind === 'duplicate' && leaf === 'register') this.#turnAway(session, payload);
    if (session.stage.kind !== 'arrived') return;
    const { connection } = session.stage;
    const message = decodeUpper(leaf, payload);
    this.#parts.tally.received++;
    if (message.kind === 'malformed') {
      this.#parts.tally.dropped('payload');
      this.#tell((events) => events.malformed(connection, leaf, message));
    } else this.#tell((events) => events.received(connection, message));
  }

  /** Two boxes share one secret and the other one answers: the newcomer is told so, and goes. */
  #turnAway(session: AgentSession, payload: Buffer): void {
    if (session.stage.kind !== 'duplicate') return;
    const { connection } = session.stage;
    session.stage = STRANGER;
    this.#parts.tally.refused('duplicate');
    const register = decodeUpper('register', payload);
    const refused = encodeLower({
      kind: 'refused',
      session: register.kind === 'register' ? register.session : 0,
      seq: register.kind === 'register' ? register.seq : 0,
      reason: 'duplicate-login',
      retryAfterMs: DUPLICATE_RETRY_MS,
    });
    const packet = messagePacket(topicOf(connection.line, 'refused'), payloadOf(refused));
    if (session.leaves.has('refused')) session.client.publish(packet, () => session.client.close());
    else session.client.close();
  }

  /** A duplicate that never registers does not stay. */
  #showOutLater(session: AgentSession): void {
    const over = new AbortController();
    session.guard.stream.once('close', () => over.abort());
    const signal = AbortSignal.any([this.#stop.signal, over.signal]);
    this.#parts.clock.sleep(this.#parts.limits.duplicateStayMs, signal).then(
      () => session.client.close(),
      () => undefined,
    );
  }

  #leafFor(client: Client, filter: string): SubscribableLeaf | undefined {
    const stage = this.#sessions.get(client)?.stage ?? STRANGER;
    return stage.kind === 'stranger' ? undefined : subscribableLeaf(stage.connection.line, filter);
  }

  #listenTo(client: Client, filters: readonly { readonly topic: string }[]): void {
    const session = this.#sessions.get(client);
    for (const { topic } of filters) {
      const leaf = this.#leafFor(client, topic);
      if (!session || !leaf) continue;
      session.leaves.add(leaf);
      if (leaf === 'announcement') this.#hand(session, topic, this.#announcements, true);
    }
  }

  #stopListening(client: Client, topics: readonly string[]): void {
    for (const topic of topics) {
      const leaf = this.#leafFor(client, topic);
      if (leaf) this.#sessions.get(client)?.leaves.delete(leaf);
    }
  }

  /** False when the agent has not taken the messages before this one: then its connection ends. */
  #hand(session: AgentSession, topic: string, payload: Buffer, isRetained = false): boolean {
    if (session.unwritten >= this.#parts.limits.unwrittenMessages) {
      session.guard.stream.destroy(new Breach('slow-reader'));
      return false;
    }
    session.unwritten++;
    session.client.publish({ ...messagePacket(topic, payload), retain: isRetained }, () => {
      session.unwritten--;
    });
    return true;
  }

  #sessionOn(connection: Connection): AgentSession | undefined {
    const session = this.#sessionsByLine.get(connection.line);
    const isSame = session?.stage.kind === 'arrived' && session.stage.connection.id === connection.id;
    return isSame && session.isOpen ? session : undefined;
  }

  #noteError(client: Client, error: Error): void {
    const session = this.#sessions.get(client);
    if (!session || session.hasFailed) return;
    session.hasFailed = true;
    const reason = breachBehind(error);
    if (reason) this.#parts.tally.dropped(reason);
    this.#parts.log.debug('an agent connection failed', { source: session.source, reason: error.message });
  }

  /** A fault of the gateway's own must not cost an agent its connection, nor the broker its life. */
  #tell(what: (events: AgentEvents) => void): void {
    if (this.#stop.signal.aborted) return;
    try {
      what(this.#parts.events);
    } catch (error) {
      this.#parts.log.error('the gateway failed at an event of the wire', { reason: String(error) });
    }
  }
}

function payloadOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bytesIn({ payload }: PublishPacket): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

function messagePacket(topic: string, payload: Buffer): PublishPacket {
  return { cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false };
}
