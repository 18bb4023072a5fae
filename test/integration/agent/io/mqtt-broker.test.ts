import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LinkEvents, LogIn } from '../../../../agent/broker.ts';
import { mqttBroker } from '../../../../agent/io/mqtt-broker.ts';
import { NO_ADDRESSES, parseIpv4 } from '../../../../protocol/address.ts';
import { parseLineId } from '../../../../protocol/line-id.ts';
import { systemClock } from '../../../../runtime/clock.ts';
import { brokerContract, RIGHT_SECRET } from '../../../support/agent-broker-contract.ts';
import { ThrowawayCa } from '../../../support/throwaway-certificate.ts';

const NOBODY: LinkEvents = { received: () => undefined, heard: () => undefined, closed: () => undefined };

async function openAedes() {
  const aedes = await Aedes.createBroker();
  const published: string[] = [];
  aedes.authenticate = (_client, _user, password, done) => {
    const isRight = password?.toString() === RIGHT_SECRET;
    done(isRight ? null : Object.assign(new Error('no'), { returnCode: 5 }), isRight);
  };
  aedes.on('publish', ({ topic }) => {
    if (topic.startsWith('porchlight/')) published.push(topic);
  });
  return { aedes, published };
}

async function listening(server: Server): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, sockets };
}

function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

function optionsFor(port: number, isEncrypted = false, ca: string | null = null, host = '127.0.0.1') {
  return { gateway: { host, port, isEncrypted }, ca, client: null, clock: systemClock, connectMs: 1_500 };
}

function logIn(fields: Partial<LogIn> = {}): LogIn {
  const line = parseLineId('alice');
  if (!line) throw new Error('no line');
  const will = { topic: 'porchlight/1/00/alice/will', payload: new Uint8Array(4) };
  return { line, secret: RIGHT_SECRET, will, from: NO_ADDRESSES, ...fields };
}

describe('the link over MQTT', () => {
  brokerContract(async () => {
    const { aedes, published } = await openAedes();
    const server = createServer((socket) => void aedes.handle(socket));
    const { port, sockets } = await listening(server);
    return {
      broker: mqttBroker(optionsFor(port)),
      published: () => published,
      send: (topic, payload) =>
        aedes.publish(
          { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain: false, dup: false },
          () => undefined,
        ),
      dropAll: () => {
        for (const socket of sockets) socket.destroy();
      },
      stop: async () => {
        await closed(server, sockets);
        aedes.close();
      },
    };
  });

  test('says in words why there is no connection', async () => {
    const server = createServer();
    const { port, sockets } = await listening(server);
    await closed(server, sockets);
    const result = await mqttBroker(optionsFor(port)).connect(logIn(), NOBODY, new AbortController().signal);
    expect(result).toEqual({ kind: 'failed', why: expect.stringContaining('ECONNREFUSED') });
  });

  test('gives up a peer that accepts and says nothing', async () => {
    const server = createServer((socket) => void socket.resume());
    const { port, sockets } = await listening(server);
    onTestFinished(() => closed(server, sockets));
    const result = await mqttBroker(optionsFor(port)).connect(logIn(), NOBODY, new AbortController().signal);
    expect(result.kind).toBe('failed');
    await expect.poll(() => sockets.size).toBe(0);
  });

  test('lets an unacknowledged message fail when the connection is cut', async () => {
    const { aedes } = await openAedes();
    aedes.authorizePublish = () => undefined;
    const server = createServer((socket) => void aedes.handle(socket));
    const { port, sockets } = await listening(server);
    onTestFinished(() => closed(server, sockets).then(() => aedes.close()));
    const result = await mqttBroker(optionsFor(port)).connect(logIn(), NOBODY, new AbortController().signal);
    if (result.kind !== 'connected') throw new Error(result.kind);
    const sent = result.link.publish('porchlight/1/00/alice/register', new Uint8Array(1), 1);
    result.link.cut();
    await expect(sent).rejects.toThrow();
  });

  test('connects from another address when the machine does not have the claimed one', async () => {
    const { aedes } = await openAedes();
    const server = createServer((socket) => void aedes.handle(socket));
    const { port, sockets } = await listening(server);
    onTestFinished(() => closed(server, sockets).then(() => aedes.close()));
    const from = { ...NO_ADDRESSES, ipv4: parseIpv4('203.0.113.77') ?? null };
    const result = await mqttBroker(optionsFor(port)).connect(
      logIn({ from }),
      NOBODY,
      new AbortController().signal,
    );
    if (result.kind !== 'connected') throw new Error(result.kind);
    expect(result.link.source).toBe('127.0.0.1');
    result.link.cut();
  });
});

describe('the link over TLS', () => {
  async function tlsGateway() {
    const ca = new ThrowawayCa();
    const { aedes } = await openAedes();
    const key = readFileSync(ca.keyFile);
    const server = createTlsServer(
      { key, cert: readFileSync(ca.certFile) },
      (socket) => void aedes.handle(socket),
    );
    const { port, sockets } = await listening(server);
    onTestFinished(async () => {
      await closed(server, sockets);
      aedes.close();
      ca.remove();
    });
    return { port, pem: ca.ca.toString() };
  }

  test.each(['127.0.0.1', 'localhost'])(
    'trusts the pinned authority, and the gateway by its name %s',
    async (host) => {
      const { port, pem } = await tlsGateway();
      const options = optionsFor(port, true, pem, host);
      const result = await mqttBroker(options).connect(logIn(), NOBODY, new AbortController().signal);
      expect(result.kind).toBe('connected');
      if (result.kind === 'connected') result.link.cut();
    },
  );

  test('refuses a gateway that the pinned authority does not know', async () => {
    const { port } = await tlsGateway();
    const stranger = new ThrowawayCa();
    onTestFinished(() => stranger.remove());
    const options = optionsFor(port, true, stranger.ca.toString());
    const result = await mqttBroker(options).connect(logIn(), NOBODY, new AbortController().signal);
    expect(result).toEqual({ kind: 'failed', why: expect.stringMatching(/certificate|signature/) });
  });
});
