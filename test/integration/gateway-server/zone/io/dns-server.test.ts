import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  DnsListenError,
  type DnsServer,
  type DnsServerOptions,
  openDnsServer,
} from '../../../../../gateway-server/zone/io/dns-server.ts';
import { DnsTcpClient, exchangeUdp, framed } from '../../../../support/dns-client.ts';
import { costlyMessages, hostileMessage, randomNumbers } from '../../../../support/dns-hostile.ts';
import { decodeDns, dnsQuery } from '../../../../support/dns-message.ts';
import { address, change, sampleZone } from '../../../../support/dns-zone.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { MemoryLog } from '../../../../support/memory-log.ts';

const toClose: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

const LOCALHOST = { address: address('127.0.0.1'), port: 0 };

async function serving(changed: Partial<DnsServerOptions> = {}) {
  const clock = new ManualClock();
  const zone = sampleZone();
  const server = await openDnsServer({
    listen: [LOCALHOST],
    zone,
    rateLimit: { perSecond: 0, exempt: [] },
    clock,
    log: new MemoryLog(),
    ...changed,
  });
  toClose.push(() => server.close());
  return { server, zone, clock, endpoint: firstEndpoint(server) };
}

function firstEndpoint(server: DnsServer) {
  const [endpoint] = server.endpoints;
  if (!endpoint) throw new Error('no endpoint');
  return endpoint;
}

async function connected(server: DnsServer, from = '127.0.0.1'): Promise<DnsTcpClient> {
  const client = await DnsTcpClient.open(firstEndpoint(server), from);
  toClose.push(() => client.close());
  return client;
}

async function until(isTrue: () => boolean): Promise<void> {
  const limit = performance.now() + 5000;
  while (!isTrue()) {
    if (performance.now() > limit) throw new Error('waited 5 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function answersOverUdp(server: DnsServer): Promise<boolean> {
  const reply = await exchangeUdp(firstEndpoint(server), dnsQuery());
  return reply !== 'silence' && decodeDns(reply).answers.length === 1;
}

test('answers over UDP and TCP on the same chosen port, IPv4 and IPv6', async () => {
  const { server } = await serving({ listen: [LOCALHOST, { address: address('::1'), port: 0 }] });
  expect(server.endpoints.map(({ port }) => port > 0)).toEqual([true, true]);
  for (const endpoint of server.endpoints) {
    const overUdp = await exchangeUdp(endpoint, dnsQuery({ id: 1 }));
    const client = await DnsTcpClient.open(endpoint);
    toClose.push(() => client.close());
    client.socket.write(framed(dnsQuery({ id: 1 })));
    await until(() => client.messages().length === 1);
    expect(client.messages()[0]).toEqual(overUdp);
  }
  expect(server.counters()).toMatchObject({ udpQueries: 2, tcpQueries: 2, answered: 4, tcpConnections: 2 });
});

test('answers pipelined questions in one connection, however their bytes are cut', async () => {
  const { server } = await serving();
  const client = await connected(server);
  const bytes = framed(...Array.from({ length: 20 }, (_, id) => dnsQuery({ id })));
  for (const at of [0, 1, 2, 30, 31, 100]) {
    client.socket.write(
      bytes.subarray(at, [1, 2, 30, 31, 100, bytes.length][[0, 1, 2, 30, 31, 100].indexOf(at)]),
    );
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => client.messages().length === 20);
  expect(client.messages().map((message) => decodeDns(message).id)).toEqual(
    Array.from({ length: 20 }, (_, id) => id),
  );
});

test('sends the length and the message together', async () => {
  const { server } = await serving();
  const client = await connected(server);
  client.socket.write(framed(dnsQuery()));
  await until(() => client.messages().length === 1);
  expect(client.chunks).toHaveLength(1);
});

test('answers a client that has closed its own half, and then closes', async () => {
  const { server } = await serving();
  const client = await connected(server);
  client.socket.end(framed(...Array.from({ length: 200 }, (_, id) => dnsQuery({ id }))));
  await until(() => client.isClosed);
  expect(client.messages()).toHaveLength(200);
  expect(server.counters().tcpConnections).toBe(0);
});

test('closes a connection that gets nothing done for 10 s, dribbled bytes or not', async () => {
  const { server, clock } = await serving();
  const [idle, dribbling, busy] = [await connected(server), await connected(server), await connected(server)];
  await until(() => server.counters().tcpConnections === 3);
  for (let second = 0; second < 11; second++) {
    const queries = server.counters().tcpQueries;
    dribbling.socket.write(Buffer.from([0xff]));
    busy.socket.write(framed(dnsQuery()));
    await until(() => server.counters().tcpQueries > queries);
    await clock.advance(1000);
  }
  await until(() => idle.isClosed && dribbling.isClosed);
  expect(busy.isClosed).toBe(false);
  expect(server.counters()).toMatchObject({ tcpConnections: 1, tcpTimedOut: 2 });
});

test('stops reading from a client that does not read, and goes on when it does', async () => {
  const { server, zone } = await serving();
  const addresses = Array.from({ length: 250 }, (_, i) => `192.0.2.${i}`);
  zone.apply([change('many.mwebpages.test', ...addresses)], 3);
  const client = await connected(server);
  client.socket.pause();
  const questions = 8000;
  client.socket.write(
    framed(...Array.from({ length: questions }, (_, id) => dnsQuery({ id, name: 'many.mwebpages.test' }))),
  );
  let before = 0;
  let polls = 0;
  await until(() => {
    const now = server.counters().tcpQueries;
    polls = now > 0 && now === before ? polls + 1 : 0;
    before = now;
    return polls === 10;
  });
  expect(server.counters().tcpQueries).toBeLessThan(questions);
  expect(await answersOverUdp(server)).toBe(true);
  client.socket.resume();
  await until(() => server.counters().tcpQueries === questions);
  await until(() => client.bytesReceived === questions * (2 + 37 + 250 * 16));
});

test('serves one client on a bounded number of connections', async () => {
  const { server } = await serving();
  const clients = await Promise.all(Array.from({ length: 40 }, () => connected(server)));
  await until(() => clients.filter(({ isClosed }) => isClosed).length === 8);
  expect(server.counters()).toMatchObject({ tcpConnections: 32, tcpRefused: 8 });
});

test('lets a newcomer in when all connections are taken, in place of whoever waits longest', async () => {
  const { server, clock } = await serving();
  const longest = await connected(server);
  await until(() => server.counters().tcpConnections === 1);
  await clock.advance(1000);
  for (let net = 2; net < 18; net++)
    await Promise.all(
      Array.from({ length: net === 17 ? 31 : 32 }, () => connected(server, `127.0.0.${net}`)),
    );
  await until(() => server.counters().tcpConnections === 512);
  const newcomer = await connected(server, '127.0.0.99');
  newcomer.socket.write(framed(dnsQuery()));
  await until(() => newcomer.messages().length === 1 && longest.isClosed);
  expect(server.counters()).toMatchObject({ tcpConnections: 512, tcpRefused: 1 });
});

test('refuses transfers over TCP and UDP and goes on with the connection', async () => {
  const { server, endpoint } = await serving();
  const client = await connected(server);
  client.socket.write(framed(dnsQuery({ name: 'mwebpages.test', type: 252 }), dnsQuery()));
  await until(() => client.messages().length === 2);
  expect(client.messages().map((message) => decodeDns(message).rcode)).toEqual([5, 0]);
  const overUdp = await exchangeUdp(endpoint, dnsQuery({ name: 'mwebpages.test', type: 251 }));
  expect(overUdp !== 'silence' && decodeDns(overUdp).rcode).toBe(5);
  expect(server.counters().transfers).toBe(2);
});

test('limits answers by rate, and takes over new limits', async () => {
  const { server, endpoint } = await serving({ rateLimit: { perSecond: 1, exempt: [] } });
  expect(await answersOverUdp(server)).toBe(true);
  expect(await exchangeUdp(endpoint, dnsQuery(), 200)).toBe('silence');
  const truncated = await exchangeUdp(endpoint, dnsQuery());
  expect(truncated !== 'silence' && decodeDns(truncated).flags).toBe('qr tc rd');
  server.setRateLimits({ perSecond: 0, exempt: [] });
  expect(await answersOverUdp(server)).toBe(true);
  expect(server.counters()).toMatchObject({ truncatedByRate: 1, dropped: { 'rate-limited': 1 } });
});

test('survives 4,000 hostile packets and costly messages over real sockets, and still answers', async () => {
  const { server, endpoint } = await serving();
  const random = randomNumbers(1);
  const socket = createSocket('udp4');
  toClose.push(() => socket.close());
  for (let sent = 0; sent < 4000; sent++) {
    socket.send(hostileMessage(random), endpoint.port, endpoint.address);
    if (sent % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  for (const [, message] of costlyMessages()) {
    const client = await connected(server);
    client.socket.write(framed(message));
    await until(() => client.messages().length === 1 || client.isClosed);
  }
  const noise = await connected(server);
  noise.socket.write(Buffer.from(Array.from({ length: 70_000 }, () => random(256))));
  await until(() => noise.isClosed || server.counters().tcpQueries > costlyMessages().length);
  await until(() => server.counters().udpQueries > 3000);
  expect(await answersOverUdp(server)).toBe(true);
  expect(server.counters()).toMatchObject({ failed: 0 });
});

test('drops a broken connection without a word', async () => {
  const { server } = await serving();
  const client = await connected(server);
  client.socket.write(framed(dnsQuery()));
  client.socket.resetAndDestroy();
  await until(() => server.counters().tcpConnections === 0);
  expect(await answersOverUdp(server)).toBe(true);
});

test('closes its sockets, so that the port can be had again', async () => {
  const { server, endpoint } = await serving();
  const client = await connected(server);
  await server.close();
  toClose.splice(0, 1);
  await until(() => client.isClosed);
  const again = await serving({ listen: [endpoint] });
  expect(again.server.endpoints).toEqual([endpoint]);
});

test('names the endpoint that it cannot have, and keeps none of the others', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  toClose.push(() => blocker.close());
  const bound = blocker.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  const free = (await serving()).server;
  await free.close();
  toClose.pop();
  const listen = [firstEndpoint(free), { address: address('127.0.0.1'), port }];
  const opening = serving({ listen });
  await expect(opening).rejects.toThrow(DnsListenError);
  await expect(opening).rejects.toThrow(
    `cannot serve DNS on 127.0.0.1:${port}: another program uses this port`,
  );
  expect((await serving({ listen: [firstEndpoint(free)] })).server.endpoints).toHaveLength(1);
});

test('says that this machine does not have an address', async () => {
  const opening = serving({ listen: [{ address: address('192.0.2.1'), port: 0 }] });
  await expect(opening).rejects.toThrow('192.0.2.1:0: this machine does not have this address');
});
