import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIpv4 } from '../../../protocol/address.ts';
import { scopeOf } from '../../../protocol/address-scope.ts';
import type { Logger } from '../../../runtime/log.ts';
import type { Endpoint } from '../../endpoint.ts';
import type { DnsTally } from '../dns-counters.ts';
import type { Outcome, Responder } from '../responder.ts';

interface Parts {
  readonly responder: Pick<Responder, 'respond'>;
  readonly tally: DnsTally;
  /** Other processes answer at the same endpoint; the system deals the messages out. */
  readonly isShared: boolean;
  readonly log: Logger;
}

/** Room for a burst while the process does something else; the system may grant less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Answers DNS messages on one UDP socket. */
export class UdpListener {
  readonly endpoint: Endpoint;
  readonly #socket: Socket;
  readonly #parts: Parts;

  private constructor(socket: Socket, endpoint: Endpoint, parts: Parts) {
    this.#socket = socket;
    this.endpoint = endpoint;
    this.#parts = parts;
    socket.on('message', (message, from) => this.#received(message, from));
    socket.on('error', (error) => parts.log.warn('DNS socket failed', { reason: error.message }));
  }

  /** Rejects with the system's error when the endpoint cannot be had. */
  static async open({ address, port }: Endpoint, parts: Parts): Promise<UdpListener> {
    const socket = createSocket({
      type: isIpv4(address) ? 'udp4' : 'udp6',
      ipv6Only: !isIpv4(address),
      reusePort: parts.isShared,
      // only literal addresses are ever sent to: never resolve, and never wait for the thread pool
      lookup: (host, _options, found) => found(null, host, isIpv4(address) ? 4 : 6),
    });
    try {
      // listening begins inside bind(): the look-up does not wait
      const listening = once(socket, 'listening');
      socket.bind({ address, port, exclusive: true });
      await listening;
    } catch (error) {
      socket.close();
      throw error;
    }
    enlargeReceiveBuffer(socket, parts.log);
    if (scopeOf(address) === 'unspecified')
      parts.log.warn('DNS answers may leave from another address than was asked: name each address', {
        address,
      });
    return new UdpListener(socket, { address, port: socket.address().port }, parts);
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #received(message: Buffer, from: RemoteInfo): void {
    if (from.port === this.endpoint.port && from.address === this.endpoint.address)
      this.#parts.tally.droppedOwnMessage();
    else this.#answer(message, from);
  }

  #answer(message: Buffer, from: RemoteInfo): void {
    const outcome = this.#parts.responder.respond(message, from, 'udp');
    this.#parts.tally.outcome(outcome, 'udp');
    const reply = replyOf(outcome);
    if (reply) this.#send(reply, from);
  }

  /** `send` throws for what it can see at once (a port of 0); a call back for the rest would cost a turn for every answer. */
  #send(reply: Buffer, { port, address }: RemoteInfo): void {
    try {
      this.#socket.send(reply, port, address);
    } catch {
      this.#parts.tally.event('sendErrors');
    }
  }
}

function replyOf(outcome: Outcome): Buffer | undefined {
  if (outcome.kind === 'dropped') return undefined;
  if (outcome.kind !== 'transfer') return outcome.reply;
  const [first] = outcome.messages;
  return first;
}

function enlargeReceiveBuffer(socket: Socket, log: Logger): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch (error) {
    log.debug('receive buffer stays as it is', { reason: String(error) });
  }
}
