import type { Socket } from 'node:net';
import { MqttClient } from 'mqtt';
import { parseAddress, unmapped } from '../../protocol/address.ts';
import { clientIdOf } from '../../protocol/line-id.ts';
import { MAX_PAYLOAD_BYTES } from '../../protocol/message.ts';
import type { Broker, Connecting, Link, LinkEvents, LogIn } from '../broker.ts';
import { openSocket, type SocketOptions } from './broker-socket.ts';

const KEEPALIVE_S = 10;
/** CONNACK codes of MQTT 3.1.1 §3.2.2.3. */
const WRONG_CREDENTIALS = new Set<unknown>([2, 4, 5]);
/** Messages that wait for their PUBACK: an agent needs two, a broker that acknowledges nothing gets no more than this. */
const MOST_UNACKNOWLEDGED = 32;

/** The gateway's MQTT broker: one fresh client for each connection, so that nothing old is ever sent on a new one. */
export function mqttBroker(options: SocketOptions): Broker {
  return {
    async connect(logIn, events, signal) {
      const timely = AbortSignal.any([signal, AbortSignal.timeout(options.connectMs)]);
      try {
        const socket = await openSocket(options, logIn.from, timely);
        return await introduce(socket, logIn, events, timely);
      } catch (error) {
        return { kind: 'failed', why: wordsFor(error) };
      }
    },
  };
}

function introduce(
  socket: Socket,
  logIn: LogIn,
  events: LinkEvents,
  signal: AbortSignal,
): Promise<Connecting> {
  const source = parseAddress(socket.localAddress ?? '');
  const client = clientOn(socket, logIn);
  return new Promise((resolve) => {
    let lastError = 'the gateway closed the connection';
    let link: MqttLink | null = null;
    const end = (result: Connecting) => {
      signal.removeEventListener('abort', aborted);
      if (result.kind !== 'connected') destroy(client, socket);
      resolve(result);
    };
    const aborted = () => end({ kind: 'failed', why: 'the gateway did not answer the log-in in time' });
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
    // of a broken socket the client tells only the end
    socket.on('error', (error) => {
      lastError = wordsFor(error);
    });
    client.on('packetreceive', () => events.heard());
    client.on('message', (topic, payload) => {
      if (payload.length <= MAX_PAYLOAD_BYTES * 4) events.received(topic, payload);
    });
    client.once('connect', () => {
      link = new MqttLink(client, socket, source ? unmapped(source) : null);
      end({ kind: 'connected', link });
    });
    client.on('error', (error) => {
      lastError = wordsFor(error);
      if (isRejection(error)) end({ kind: 'wrong-credentials' });
    });
    client.once('close', () => {
      if (link) link.ended(lastError, events);
      else end({ kind: 'failed', why: lastError });
    });
  });
}

function clientOn(socket: Socket, { line, secret, will }: LogIn): MqttClient {
  return new MqttClient(() => socket, {
    protocol: 'mqtt',
    protocolVersion: 4,
    clean: true,
    clientId: clientIdOf(line),
    username: line,
    password: secret,
    keepalive: KEEPALIVE_S,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    writeCache: false,
    timerVariant: 'native',
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: false },
  });
}

class MqttLink implements Link {
  readonly source: Link['source'];
  readonly #client: MqttClient;
  readonly #socket: Socket;
  readonly #pending = new Set<(error: Error) => void>();
  #isOver = false;

  constructor(client: MqttClient, socket: Socket, source: Link['source']) {
    this.#client = client;
    this.#socket = socket;
    this.source = source;
  }

  subscribe(topics: readonly string[]): Promise<void> {
    return this.#asked((done) => {
      this.#client.subscribe([...topics], { qos: 1 }, (error, granted) => {
        const isRefused = granted?.some(({ qos }) => qos === 128) === true;
        done(error ?? (isRefused ? new Error('the broker refused a subscription') : null));
      });
    });
  }

  publish(topic: string, payload: Uint8Array, quality: 0 | 1): Promise<void> {
    return this.#asked((done) => {
      this.#client.publish(topic, Buffer.from(payload), { qos: quality }, (error) => done(error ?? null));
    });
  }

  leave(): Promise<void> {
    const left = this.#asked((done) => this.#client.end(false, () => done(null)));
    this.#isOver = true;
    // that the connection ends is what was wanted, whichever side is first
    return left.catch(() => undefined);
  }

  cut(): void {
    this.#isOver = true;
    destroy(this.#client, this.#socket);
    for (const fail of [...this.#pending]) fail(new Error('the connection is over'));
  }

  /** The connection broke, or was closed by the other side. */
  ended(why: string, events: LinkEvents): void {
    const isNews = !this.#isOver;
    this.cut();
    if (isNews) events.closed(why);
  }

  /** Asks the broker for something and is answered by the broker, or by the end of the connection. */
  #asked(ask: (done: (error: Error | null) => void) => void): Promise<void> {
    if (this.#isOver) return Promise.reject(new Error('the connection is over'));
    if (this.#pending.size >= MOST_UNACKNOWLEDGED)
      return Promise.reject(new Error('the broker acknowledges nothing'));
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      ask((error) => {
        this.#pending.delete(reject);
        if (error) reject(error);
        else resolve();
      });
    });
  }
}

function destroy(client: MqttClient, socket: Socket): void {
  client.end(true);
  socket.destroy();
}

function isRejection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && WRONG_CREDENTIALS.has(error.code);
}

function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no connection in time';
  return code === null || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}
