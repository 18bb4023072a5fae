import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { MAX_PAYLOAD_BYTES } from '../../../protocol/message.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { TokenBucket } from '../../token-bucket.ts';
import { Breach, type BreachReason } from './breach.ts';
import type { MqttLimits } from './mqtt-limits.ts';
import { PacketFrames } from './packet-frames.ts';

/** Before the log-in is accepted. */
const MOST_BYTES_BEFORE_LOG_IN = 1024;
/** A topic of ours, two lengths and a packet id take less than this. */
const HEADER_ALLOWANCE_BYTES = 128;
const MOST_PACKET_BYTES = MAX_PAYLOAD_BYTES + HEADER_ALLOWANCE_BYTES;
const FLUSH_MS = 1_000;

const CONNECT = 1;
const PUBLISH = 3;
const DISCONNECT = 14;
/** Publish, puback, subscribe, unsubscribe, pingreq and disconnect: the rest belongs to QoS 2 or to brokers. */
const KNOWN_PACKETS: ReadonlySet<number> = new Set([CONNECT, PUBLISH, 4, 8, 10, 12, DISCONNECT]);

/**
 * Stands between a socket and the broker: a packet's length is judged as soon as its header is here, so that the broker
 * never gathers bytes that a peer has no right to send.
 */
export class ByteGuard {
  /** The broker's end. */
  readonly stream: Duplex;
  readonly #socket: Socket;
  readonly #frames = new PacketFrames<BreachReason>(
    (first, length) => this.#judge(first, length),
    'malformed',
  );
  readonly #bytes: TokenBucket;
  readonly #packets: TokenBucket;
  #isAccepted = false;
  #bytesBeforeLogIn = 0;
  #hasConnect = false;
  #hasDisconnect = false;

  constructor(socket: Socket, limits: MqttLimits, clock: Clock) {
    this.#socket = socket;
    this.#bytes = new TokenBucket(limits.bytesPerConnection, clock);
    this.#packets = new TokenBucket(limits.packetsPerConnection, clock);
    this.stream = new Duplex({
      read: () => void socket.resume(),
      writev: (chunks, done) => this.#write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done),
      destroy: (error, done) => {
        this.#leave();
        done(error);
      },
    });
    this.#listen();
  }

  /** The log-in is accepted: the peer may send what an agent sends. */
  accept(): void {
    this.#isAccepted = true;
  }

  /** Whether the peer has said goodbye. */
  get hasDisconnect(): boolean {
    return this.#hasDisconnect;
  }

  #listen(): void {
    const { stream } = this;
    this.#socket.on('data', (chunk: Buffer) => this.#pass(chunk));
    this.#socket.on('error', (error) => stream.destroy(error));
    this.#socket.on('end', () => stream.push(null));
    this.#socket.on('close', () => stream.destroy());
  }

  #pass(chunk: Buffer): void {
    if (this.stream.destroyed) return;
    const reason = this.#breachIn(chunk);
    if (reason) this.stream.destroy(new Breach(reason));
    else if (!this.stream.push(chunk)) this.#socket.pause();
  }

  #breachIn(chunk: Buffer): BreachReason | undefined {
    if (!this.#isAccepted) this.#bytesBeforeLogIn += chunk.length;
    if (this.#bytesBeforeLogIn > MOST_BYTES_BEFORE_LOG_IN) return 'oversized';
    return this.#bytes.take(chunk.length) ? this.#frames.feed(chunk) : 'rate';
  }

  #judge(firstByte: number, remainingBytes: number): BreachReason | undefined {
    const kind = firstByte >> 4;
    if (!KNOWN_PACKETS.has(kind) || (kind === CONNECT) === this.#hasConnect) return 'malformed';
    this.#hasConnect = true;
    if (remainingBytes > (this.#isAccepted ? MOST_PACKET_BYTES : MOST_BYTES_BEFORE_LOG_IN))
      return 'oversized';
    if (kind === PUBLISH && (firstByte & 0b100) !== 0) return 'qos-2';
    if (kind === DISCONNECT) this.#hasDisconnect = true;
    return this.#packets.take(1) ? undefined : 'rate';
  }

  #write(bytes: Buffer, done: () => void): void {
    if (this.#socket.write(bytes)) done();
    else this.#socket.once('drain', done);
  }

  /** Sends what is written already, a refusal above all, but not for ever. */
  #leave(): void {
    this.#socket.removeAllListeners('data');
    this.#socket.pause();
    this.#socket.setTimeout(FLUSH_MS, () => this.#socket.destroy());
    this.#socket.destroySoon();
  }
}
