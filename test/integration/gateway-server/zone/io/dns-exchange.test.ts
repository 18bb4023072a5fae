import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../../../gateway-server/endpoint.ts';
import { dnsExchangeFrom } from '../../../../../gateway-server/zone/io/dns-exchange.ts';
import type { Address } from '../../../../../protocol/address.ts';
import { systemClock } from '../../../../../runtime/clock.ts';
import { replyTo } from '../../../../support/backup-replies.ts';
import { dnsQuery } from '../../../../support/dns-message.ts';
import { type ExchangeLab, exchangeContract } from '../../../../support/exchange-contract.ts';
import { FakeExchange, type FakeServer } from '../../../../support/fake-exchange.ts';

const LOOPBACK = '127.0.0.1' as Address;
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

async function bound(host: string): Promise<{ readonly socket: Socket; readonly endpoint: Endpoint }> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').bind(0, host);
  await once(socket, 'listening');
  return { socket, endpoint: { address: host as Address, port: socket.address().port } };
}

async function serve(server: FakeServer, host: string = LOOPBACK): Promise<Endpoint> {
  const { socket, endpoint } = await bound(host);
  sockets.push(socket);
  socket.on('message', (message, { port, address }) => {
    for (const reply of [server(message)].flat()) socket.send(reply, port, address);
  });
  return endpoint;
}

async function nowhere(): Promise<Endpoint> {
  const { socket, endpoint } = await bound(LOOPBACK);
  await new Promise<void>((resolve) => socket.close(resolve));
  return endpoint;
}

function fakeLab(): ExchangeLab {
  const exchange = new FakeExchange(systemClock);
  const endpoint = { address: LOOPBACK, port: 53 };
  return {
    exchange,
    nowhere: async () => ({ address: LOOPBACK, port: 54 }),
    serve: async (server) => {
      exchange.serve(endpoint, server);
      return endpoint;
    },
  };
}

exchangeContract('over UDP', () => ({ exchange: dnsExchangeFrom([]), serve, nowhere }));
exchangeContract('fake', fakeLab);

const QUESTION = dnsQuery({ name: 'mwebpages.test', type: 6, flags: 0 });
const NEVER = new AbortController().signal;

describe('the exchange over UDP', () => {
  test('takes a reply from nobody but the server that was asked', async () => {
    const { socket: stranger } = await bound(LOOPBACK);
    sockets.push(stranger);
    const { socket, endpoint } = await bound(LOOPBACK);
    sockets.push(socket);
    socket.once('message', (message, { port }) => stranger.send(replyTo(message), port, LOOPBACK));
    expect(await dnsExchangeFrom([]).ask(endpoint, QUESTION, 100, NEVER)).toBe('silent');
  });

  test('draws another port for every message', async () => {
    const { socket, endpoint } = await bound(LOOPBACK);
    sockets.push(socket);
    const ports = new Set<number>();
    socket.on('message', (message, { port }) => {
      ports.add(port);
      socket.send(replyTo(message), port, LOOPBACK);
    });
    for (let n = 0; n < 8; n++) await dnsExchangeFrom([]).ask(endpoint, QUESTION, 1_000, NEVER);
    expect(ports.size).toBeGreaterThan(4);
  });

  test('leaves from our own address, by which a backup knows its primary, and never from one that leads nowhere', async () => {
    const { socket, endpoint } = await bound(LOOPBACK);
    sockets.push(socket);
    const sources: string[] = [];
    socket.on('message', (message, { address, port }) => {
      sources.push(address);
      socket.send(replyTo(message), port, address);
    });
    const own = ['0.0.0.0', '192.0.2.1', '::1', '127.0.0.71', '127.0.0.72'] as Address[];
    expect(await dnsExchangeFrom(own).ask(endpoint, QUESTION, 1_000, NEVER)).toEqual(replyTo(QUESTION));
    await dnsExchangeFrom(['192.0.2.1' as Address]).ask(endpoint, QUESTION, 1_000, NEVER);
    expect(sources).toEqual(['127.0.0.71', '127.0.0.1']);
  });

  test('speaks IPv6', async () => {
    const endpoint = await serve((message) => replyTo(message), '::1');
    expect(await dnsExchangeFrom([]).ask(endpoint, QUESTION, 1_000, NEVER)).toEqual(replyTo(QUESTION));
  });

  test('calls a server silent to which no way leads', async () => {
    // no interface has this address or a route to it: the system refuses to send to a broadcast address
    const endpoint = { address: '255.255.255.255' as Address, port: 53 };
    expect(await dnsExchangeFrom([]).ask(endpoint, QUESTION, 1_000, NEVER)).toBe('silent');
  });
});
