import process from 'node:process';
import { expect, test } from 'vitest';
import type { LineId } from '../../../../../protocol/line-id.ts';
import { LOWER_LEAVES, topicOf } from '../../../../../protocol/topic.ts';
import { soon } from '../../../../support/agent-link-contract.ts';
import { withBroker } from '../../../../support/mqtt-broker-lab.ts';
import {
  answerTo,
  closing,
  connectPacket,
  DISCONNECT,
  field,
  lengthBytes,
  loggedInSocket,
  openSocket,
  PING,
  packet,
  publishPacket,
  subscribePacket,
} from '../../../../support/mqtt-wire.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';

const ALICE = 'alice' as LineId;
const ALIVE = Buffer.of(0, 0, 0, 1, 0, 0, 0, 1);
const MIB = 1024 * 1024;
const CROWD = { connectionsPerSource: 10_000, attemptsPerSource: { perSecond: 1e6, burst: 1e6 } };

test('accepts nothing of a CONNECT of 200 MB', () =>
  withBroker({}, async ({ plain, broker }) => {
    const before = process.memoryUsage().rss;
    const socket = await openSocket(plain);
    socket.resume().write(Buffer.concat([Buffer.of(0x10), lengthBytes(200 * MIB)]));
    await closing(socket);
    expect(socket.bytesWritten).toBeLessThan(1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(20 * MIB);
    await soon(() => expect(broker.counters()).toMatchObject({ connections: 0, dropped: { oversized: 1 } }));
  }));

test('takes no more than 1 KiB before the log-in is accepted, in packets however small', () =>
  withBroker(
    { limits: { packetsPerConnection: { perSecond: 1e6, burst: 1e6 } } },
    async ({ plain, broker, diary }) => {
      const pings = Buffer.concat(Array.from({ length: 512 }, () => PING));
      await answerTo(plain, Buffer.concat([connectPacket({ line: ALICE }), pings]));
      await soon(() => expect(broker.counters().dropped.oversized).toBe(1));
      expect(diary.logIns).toEqual([]);
    },
  ));

test('accepts nothing of 200 MB that follow a good CONNECT in one go', () =>
  withBroker({}, async ({ plain, broker }) => {
    const socket = await openSocket(plain);
    const before = process.memoryUsage().rss;
    socket.resume().write(connectPacket({ line: ALICE }));
    const chunk = Buffer.alloc(64 * 1024);
    for (let sent = 0; sent < 200 * MIB && !socket.destroyed; sent += chunk.length) {
      if (!socket.write(chunk)) await new Promise((go) => socket.once('drain', go).once('close', go));
    }
    await closing(socket);
    expect(process.memoryUsage().rss - before).toBeLessThan(30 * MIB);
    await soon(() => expect(broker.counters().connections).toBe(0));
  }));

test('closes a silent peer, and one that sends its CONNECT byte by byte, at the connect time-out', () =>
  withBroker({ limits: { connectTimeoutMs: 200 } }, async ({ plain, broker }) => {
    const silent = await openSocket(plain);
    const slow = await openSocket(plain);
    slow.write(connectPacket({ line: ALICE }).subarray(0, 20));
    await Promise.all([closing(silent.resume()), closing(slow.resume())]);
    await soon(() => expect(broker.counters()).toMatchObject({ connections: 0, dropped: { silent: 2 } }));
  }));

const big = packet(0x10, field('MQTT'), Buffer.of(4, 0xc2, 0, 10), field('x'.repeat(1100)));
test.each([
  ['a CONNECT over 1 KiB', big, 'oversized'],
  ['a packet before CONNECT', PING, 'malformed'],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'malformed'],
  ['a length of five bytes', Buffer.of(0x10, 0xff, 0xff, 0xff, 0xff, 0x01), 'malformed'],
  ['CONNECT flags that are reserved', Buffer.of(0x1f, 0), 'malformed'],
  ['an empty CONNECT', packet(0x10), 'malformed'],
  ['a field longer than its packet', packet(0x10, Buffer.of(0xff, 0xff, 0x4d)), 'malformed'],
  ['another protocol', packet(0x10, field('MQTX'), Buffer.of(4, 0xc2, 0, 10), field('a')), 'malformed'],
] as const)('closes a connection that starts with %s', (_what, bytes, reason) =>
  withBroker({}, async ({ plain, broker }) => {
    await answerTo(plain, bytes);
    await soon(() => expect(broker.counters()).toMatchObject({ connections: 0, dropped: { [reason]: 1 } }));
  }),
);

test.each([
  ['a second CONNECT', connectPacket({ line: ALICE })],
  ['a CONNACK', packet(0x20, Buffer.of(0, 0))],
  ['a PUBREL', packet(0x62, Buffer.of(0, 1))],
  ['a packet type that does not exist', packet(0xf0)],
  ['a SUBSCRIBE without a topic', packet(0x82, Buffer.of(0, 1))],
  ['a SUBSCRIBE of QoS 3', packet(0x82, Buffer.of(0, 1), field(topicOf(ALICE, 'live')), Buffer.of(3))],
  ['a PUBLISH with an empty topic', packet(0x30, field(''))],
  ['a PUBLISH with a wildcard', packet(0x30, field('porchlight/1/+/alice/alive'))],
  ['a topic that is no UTF-8', packet(0x30, field(Buffer.of(0xff, 0xfe, 0)))],
] as const)('ends a logged-in connection at %s', (_what, bytes) =>
  withBroker({}, async ({ plain, broker, diary }) => {
    const socket = await loggedInSocket(plain, { line: ALICE });
    socket.resume().write(bytes);
    await closing(socket);
    await soon(() => expect(diary.told).toEqual(['alice#1 arrived', 'alice#1 broke off']));
    const { dropped } = broker.counters();
    expect(dropped.malformed + dropped['foreign-topic']).toBe(1);
  }),
);

test(
  'survives 3,000 conversations with flipped bits and still serves',
  () =>
    withBroker({ limits: { ...CROWD, connectTimeoutMs: 300 } }, async ({ plain, diary, agent, broker }) => {
      const random = seededRandom(7);
      const will = { topic: topicOf(ALICE, 'will'), payload: Buffer.of(0, 0, 0, 1), qos: 1 };
      const conversation = Buffer.concat([
        connectPacket({ line: ALICE, will }),
        subscribePacket([topicOf(ALICE, 'live'), topicOf(ALICE, 'queued')]),
        publishPacket(ALICE, 'alive', ALIVE),
        publishPacket(ALICE, 'offline', Buffer.from('{"session":1,"seq":2,"reason":"stop"}')),
        PING,
      ]);
      const converse = async () => {
        const bytes = Buffer.from(conversation);
        for (let flips = 1 + random(4); flips > 0; flips--) {
          const at = random(bytes.length);
          bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        }
        const socket = await openSocket(plain);
        socket.resume().end(Buffer.concat([bytes, DISCONNECT]));
        await closing(socket);
      };
      for (let round = 0; round < 60; round++) await Promise.all(Array.from({ length: 50 }, converse));
      await soon(() => expect(broker.counters().connections).toBe(0));
      const endings = diary.told.filter((told) => /left|broke off/.test(told));
      expect(endings.length).toBe(diary.connections.length);
      expect(new Set(endings).size).toBe(endings.length);
      const alice = await agent({ line: ALICE });
      await alice.say({ kind: 'alive', session: 1, seq: 1 });
      await soon(() => expect(diary.told.at(-1)).toMatch(/alive$/));
    }),
  60_000,
);

test('closes a connection that sends more packets than any agent would', () =>
  withBroker(
    { limits: { packetsPerConnection: { perSecond: 1, burst: 20 } } },
    async ({ plain, broker, diary }) => {
      const socket = await loggedInSocket(plain, { line: ALICE });
      for (let sent = 0; sent < 30; sent++) socket.write(publishPacket(ALICE, 'alive', ALIVE));
      await closing(socket.resume());
      await soon(() => expect(diary.told.at(-1)).toBe('alice#1 broke off'));
      expect(broker.counters().dropped.rate).toBe(1);
      expect(broker.counters().received).toBeLessThanOrEqual(19);
    },
  ));

test('closes a connection that sends more bytes than any agent would', () =>
  withBroker(
    { limits: { bytesPerConnection: { perSecond: 1, burst: 8_192 } } },
    async ({ plain, broker }) => {
      const socket = await loggedInSocket(plain, { line: ALICE });
      for (let sent = 0; sent < 4; sent++) socket.write(publishPacket(ALICE, 'offline', Buffer.alloc(4_000)));
      await closing(socket.resume());
      await soon(() => expect(broker.counters().dropped.rate).toBe(1));
    },
  ));

test.each([
  ['has not taken the messages before', { drainTimeoutMs: 60_000 }],
  ['takes nothing for a while', { drainTimeoutMs: 300, unwrittenMessages: 1_000_000 }],
])('ends the connection of an agent that %s, and keeps nothing for it', (_what, limits) =>
  withBroker({ limits }, async ({ plain, broker, diary }) => {
    const socket = await loggedInSocket(plain, { line: ALICE });
    socket.write(subscribePacket(LOWER_LEAVES.map((leaf) => topicOf(ALICE, leaf))));
    const { link } = broker;
    const challenge = { kind: 'challenge', nonce: 'n'.repeat(4_000) } as const;
    const send = () => {
      const connection = link.connectionOf(ALICE);
      return connection !== undefined && link.send(connection, challenge);
    };
    await soon(() => expect(send()).toBe(true));
    socket.pause();
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 500; round++) {
      for (let burst = 0; burst < 10; burst++) send();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await soon(() =>
      expect(broker.counters()).toMatchObject({ connections: 0, dropped: { 'slow-reader': 1 } }),
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * MIB);
    expect(diary.told).toEqual(['alice#1 arrived', 'alice#1 broke off']);
    socket.destroy();
  }),
);

test('lets in no more connections of one source than the limit, and counts the rest', () =>
  withBroker({ limits: { connectionsPerSource: 3 } }, async ({ plain, broker }) => {
    const sockets = await Promise.all(Array.from({ length: 5 }, () => openSocket(plain)));
    await soon(() => expect(broker.counters()).toMatchObject({ connections: 3, dropped: { crowded: 2 } }));
    for (const socket of sockets) socket.destroy();
    await soon(() => expect(broker.counters().connections).toBe(0));
    const again = await loggedInSocket(plain, { line: ALICE });
    again.destroy();
  }));
