import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { isIpv4 } from '../../../protocol/address.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';
import { every } from '../../../runtime/loop.ts';
import type { Endpoint } from '../../endpoint.ts';
import type { DnsTally } from '../dns-counters.ts';
import type { Outcome, Responder } from '../responder.ts';
import type { Client } from '../transfers.ts';
import { TcpConnection } from './tcp-connection.ts';

interface Parts {
  readonly responder: Pick<Responder, 'respond'>;
  readonly tally: DnsTally;
  readonly clock: Clock;
  readonly log: Logger;
}

const MOST_CONNECTIONS = 512;
const MOST_PER_CLIENT = 32;
/** RFC 7766 §6.2.3. */
const IDLE_MS = 10_000;
const SWEEP_MS = 1000;

/** Answers DNS messages on one listening TCP socket. */
export class TcpListener {
  readonly endpoint: Endpoint;
  readonly #server: Server;
  readonly #parts: Parts;
  readonly #connections = new Map<TcpConnection, string>();
  readonly #stop = new AbortController();

  private constructor(server: Server, endpoint: Endpoint, parts: Parts) {
    this.#server = server;
    this.endpoint = endpoint;
    this.#parts = parts;
    server.on('connection', (socket) => this.#accept(socket));
    server.on('error', (error) => parts.log.warn('DNS socket failed', { reason: error.message }));
    void every({ periodMs: SWEEP_MS, clock: parts.clock, log: parts.log }, this.#stop.signal, async () =>
      this.#closeIdle(),
    );
  }

  /** Rejects with the system's error when the endpoint cannot be had. */
  static async open(endpoint: Endpoint, parts: Parts): Promise<TcpListener> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen({
      host: endpoint.address,
      port: endpoint.port,
      ipv6Only: !isIpv4(endpoint.address),
      exclusive: true,
    });
    await once(server, 'listening');
    return new TcpListener(server, endpoint, parts);
  }

  get connections(): number {
    return this.#connections.size;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const connection of this.#connections.keys()) connection.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress;
    if (address === undefined || this.#countOf(address) >= MOST_PER_CLIENT) this.#refuse(socket);
    else this.#serve(socket, address);
  }

  #serve(socket: Socket, address: string): void {
    if (this.#connections.size >= MOST_CONNECTIONS) this.#closeLongestIdle();
    const client = { address, port: socket.remotePort ?? 0 };
    const connection = new TcpConnection(socket, {
      clock: this.#parts.clock,
      repliesTo: (message) => this.#repliesTo(message, client),
    });
    this.#connections.set(connection, address);
    socket.on('close', () => this.#connections.delete(connection));
  }

  #refuse(socket: Socket): void {
    this.#parts.tally.event('tcpRefused');
    socket.on('error', () => undefined);
    socket.destroy();
  }

  #repliesTo(message: Buffer, client: Client): Iterable<Buffer> | undefined {
    const outcome = this.#parts.responder.respond(message, client, 'tcp');
    this.#parts.tally.outcome(outcome, 'tcp');
    return repliesOf(outcome);
  }

  #countOf(address: string): number {
    return [...this.#connections.values()].filter((other) => other === address).length;
  }

  #closeIdle(): void {
    const idleSince = this.#parts.clock.elapsed() - IDLE_MS;
    for (const connection of this.#connections.keys()) {
      if (connection.activeAt > idleSince) continue;
      this.#parts.tally.event('tcpTimedOut');
      connection.destroy();
    }
  }

  /** One client alone cannot shut the others out: whoever waits longest makes room. */
  #closeLongestIdle(): void {
    const [longest, ...others] = this.#connections.keys();
    if (!longest) return;
    const idlest = others.reduce((a, b) => (b.activeAt < a.activeAt ? b : a), longest);
    this.#connections.delete(idlest);
    this.#parts.tally.event('tcpRefused');
    idlest.destroy();
  }
}

function repliesOf(outcome: Outcome): Iterable<Buffer> | undefined {
  if (outcome.kind === 'dropped') return undefined;
  return outcome.kind === 'transfer' ? outcome.messages : [outcome.reply];
}
