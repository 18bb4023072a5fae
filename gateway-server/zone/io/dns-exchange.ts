import { createSocket, type Socket } from 'node:dgram';
import { type Address, isIpv4 } from '../../../protocol/address.ts';
import { scopeOf } from '../../../protocol/address-scope.ts';
import { systemClock } from '../../../runtime/clock.ts';
import type { Endpoint } from '../../endpoint.ts';
import type { Exchange } from '../backup/exchange.ts';
import { isReplyTo } from '../backup/messages.ts';

/**
 * Over UDP, each message from a socket of its own: its port is drawn anew, and the system lets nobody else's reply in. It
 * leaves from the first of our `own` addresses that can reach the other side: backups know their primary by its address.
 */
export function dnsExchangeFrom(own: readonly Address[]): Exchange {
  return {
    async ask(endpoint, message, waitMs, signal) {
      signal.throwIfAborted();
      const socket = openSocket(endpoint, sourceFor(endpoint.address, own));
      const done = new AbortController();
      const until = AbortSignal.any([signal, done.signal]);
      try {
        const tooLate = systemClock.sleep(waitMs, until).then(() => 'silent' as const);
        return await Promise.race([replyOver(socket, endpoint, message, until), tooLate]);
      } finally {
        done.abort();
        socket.close();
      }
    },
  };
}

/** Undefined where the system has to choose; nothing gets from a loopback address to another machine. */
function sourceFor(to: Address, own: readonly Address[]): Address | undefined {
  const isNear = scopeOf(to) === 'loopback';
  return own.find(
    (address) =>
      isIpv4(address) === isIpv4(to) &&
      scopeOf(address) !== 'unspecified' &&
      (scopeOf(address) === 'loopback') === isNear,
  );
}

function openSocket({ address }: Endpoint, source: Address | undefined): Socket {
  const family = isIpv4(address) ? 4 : 6;
  const socket = createSocket({
    type: `udp${family}`,
    // the address is a literal: never resolve, and never wait for the thread pool
    lookup: (host, _options, found) => found(null, host, family),
  });
  if (source !== undefined) socket.bind({ address: source, exclusive: true });
  return socket;
}

/** ICMP's "unreachable" and a missing route are errors of the socket: nobody is there. What is no reply is passed over. */
function replyOver(
  socket: Socket,
  { address, port }: Endpoint,
  message: Buffer,
  signal: AbortSignal,
): Promise<Buffer | 'silent'> {
  return new Promise((resolve) => {
    const failed = () => resolve('silent');
    socket.on('error', failed);
    socket.on('message', (reply) => {
      if (isReplyTo(message, reply)) resolve(reply);
    });
    socket.connect(port, address, (error?: Error) => {
      if (error) failed();
      else if (!signal.aborted) socket.send(message, (unsent) => unsent && failed());
    });
  });
}
