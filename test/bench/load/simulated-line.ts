import { connect, type Socket } from 'node:net';
import { decodeLower, encodeUpper, type LowerMessage, type UpperMessage } from '../../../protocol/message.ts';
import {
  ANNOUNCEMENT_TOPIC,
  LOWER_LEAVES,
  type LowerLeaf,
  topicOf,
  type UpperLeaf,
} from '../../../protocol/topic.ts';
import {
  connectPacket,
  field,
  PING,
  packet,
  publishPacket,
  subscribePacket,
} from '../../support/mqtt-wire.ts';
import type { FleetMember } from './fleet-member.ts';
import { type Packet, PacketStream, publishedIn } from './packet-stream.ts';

/** What has happened to all simulated lines together. */
export interface FleetTally {
  /** Lines whose last registration is live now. */
  live: number;
  alives: number;
  pings: number;
  challenges: number;
  refused: number;
  registeredAgain: number;
  /** Connections that ended without our doing. */
  broken: number;
  /** Connections that were given up as nothing had come for 15 s. */
  silent: number;
}

const PING_MS = 10_000;
const SILENCE_MS = 15_000;
const FIRST_ALIVE_MS = 3_333;
const JITTER = 0.1;

const CONNACK = 2;
const PUBLISH = 3;
const SUBACK = 9;

/** A router's agent without the router: one real MQTT connection that keeps to docs/protocol.md. */
export class SimulatedLine {
  readonly #member: FleetMember;
  readonly #gateway: { readonly host: string; readonly port: number };
  readonly #tally: FleetTally;
  readonly #leafByTopic: ReadonlyMap<string, LowerLeaf>;
  #socket: Socket | null = null;
  #session = 0;
  #seq = 0;
  #packetId = 1;
  #aliveMs = FIRST_ALIVE_MS;
  #aliveTimer: NodeJS.Timeout | null = null;
  #pingTimer: NodeJS.Timeout | null = null;
  #heardAt = 0;
  #isLive = false;
  #whenAccepted: () => void = () => undefined;

  constructor(
    member: FleetMember,
    gateway: { readonly host: string; readonly port: number },
    tally: FleetTally,
  ) {
    this.#member = member;
    this.#gateway = gateway;
    this.#tally = tally;
    this.#leafByTopic = new Map(LOWER_LEAVES.map((leaf) => [topicOf(member.id, leaf), leaf]));
  }

  /** Connects; resolves when the line's registration is accepted for the first time. */
  open(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenAccepted = resolve;
      this.#connect();
    });
  }

  #connect(): void {
    const { id, secret, address } = this.#member;
    this.#session = 1 + Math.floor(Math.random() * 0xffff_ffff);
    this.#seq = 0;
    const socket = connect({ ...this.#gateway, localAddress: address, noDelay: true });
    this.#socket = socket;
    const stream = new PacketStream();
    socket.on('connect', () => {
      this.#heardAt = performance.now();
      const will = {
        topic: topicOf(id, 'will'),
        payload: encodeUpper({ kind: 'will', session: this.#session }),
      };
      socket.write(connectPacket({ line: id, secret, keepalive: 10, will: { ...will, qos: 1 } }));
    });
    socket.on('data', (chunk: Buffer) => {
      this.#heardAt = performance.now();
      for (const found of stream.take(chunk)) this.#received(found);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#closed());
  }

  #received(found: Packet): void {
    const kind = found.firstByte >> 4;
    if (kind === CONNACK && found.body[1] === 0)
      this.#socket?.write(subscribePacket([...this.#leafByTopic.keys(), ANNOUNCEMENT_TOPIC]));
    if (kind === SUBACK) {
      this.#register();
      this.#pingLater(Math.random() * PING_MS);
    }
    if (kind === PUBLISH) this.#published(found);
  }

  #published(found: Packet): void {
    const { topic, packetId, payload } = publishedIn(found);
    if (packetId !== null) this.#socket?.write(packet(0x40, Buffer.of(packetId >> 8, packetId & 0xff)));
    const leaf = this.#leafByTopic.get(topic);
    const message = leaf && decodeLower(leaf, payload);
    if (message && message.kind !== 'malformed') this.#told(message);
  }

  #told(message: LowerMessage): void {
    switch (message.kind) {
      case 'queued':
        this.#aliveMs = message.aliveMs;
        this.#beginAlive();
        return;
      case 'live':
        this.#beginAlive();
        this.#nowLive();
        return;
      case 'challenge':
        this.#tally.challenges += 1;
        this.#send({ kind: 'answer', nonce: message.nonce, ...this.#signal() });
        return;
      case 'tune':
        this.#aliveMs = message.aliveMs;
        if (message.registerAgain) {
          this.#tally.registeredAgain += 1;
          this.#register();
        }
        return;
      case 'refused':
        this.#tally.refused += 1;
    }
  }

  #nowLive(): void {
    if (!this.#isLive) this.#tally.live += 1;
    this.#isLive = true;
  }

  #register(): void {
    const { domain, address } = this.#member;
    this.#send({
      kind: 'register',
      domain,
      ipv4: address,
      ipv6: null,
      ...this.#signal(),
      lease: { source: 'simulated', interface: 'lo', expiresInMs: null },
      agent: 'bench/1',
    });
  }

  #beginAlive(): void {
    this.#whenAccepted();
    if (!this.#aliveTimer) this.#aliveLater();
  }

  #aliveLater(): void {
    const waitMs = this.#aliveMs * (1 - JITTER + 2 * JITTER * Math.random());
    this.#aliveTimer = setTimeout(() => {
      this.#tally.alives += 1;
      this.#socket?.write(
        publishPacket(this.#member.id, 'alive', encodeUpper({ kind: 'alive', ...this.#signal() })),
      );
      this.#aliveLater();
    }, waitMs);
  }

  #pingLater(waitMs: number): void {
    this.#pingTimer = setTimeout(() => {
      if (performance.now() - this.#heardAt > SILENCE_MS) {
        this.#tally.silent += 1;
        this.#socket?.destroy();
        return;
      }
      this.#tally.pings += 1;
      this.#socket?.write(PING);
      this.#pingLater(PING_MS);
    }, waitMs);
  }

  #signal(): { readonly session: number; readonly seq: number } {
    this.#seq += 1;
    return { session: this.#session, seq: this.#seq };
  }

  #send(message: Exclude<UpperMessage, { kind: 'alive' | 'will' }>): void {
    const leaf: UpperLeaf = message.kind;
    this.#packetId = (this.#packetId % 0xffff) + 1;
    const id = Buffer.of(this.#packetId >> 8, this.#packetId & 0xff);
    this.#socket?.write(packet(0x32, field(topicOf(this.#member.id, leaf)), id, encodeUpper(message)));
  }

  #closed(): void {
    this.#rest();
    if (this.#isLive) this.#tally.live -= 1;
    this.#isLive = false;
    this.#tally.broken += 1;
    setTimeout(() => this.#connect(), Math.random() * 1_000);
  }

  #rest(): void {
    if (this.#aliveTimer) clearTimeout(this.#aliveTimer);
    if (this.#pingTimer) clearTimeout(this.#pingTimer);
    this.#aliveTimer = null;
    this.#pingTimer = null;
  }
}
