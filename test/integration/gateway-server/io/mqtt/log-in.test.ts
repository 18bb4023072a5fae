import { networkInterfaces } from 'node:os';
import type { IClientOptions } from 'mqtt';
import { expect, test } from 'vitest';
import type { Ipv4, Ipv6 } from '../../../../../protocol/address.ts';
import type { LineId } from '../../../../../protocol/line-id.ts';
import { topicOf } from '../../../../../protocol/topic.ts';
import { soon } from '../../../../support/agent-link-contract.ts';
import { connectMqtt, optionsOf } from '../../../../support/mqtt-agent.ts';
import { withBroker } from '../../../../support/mqtt-broker-lab.ts';
import { answerTo, closing, field, loggedInSocket, packet } from '../../../../support/mqtt-wire.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ family }) => family === 'IPv6'),
);
const ALICE = 'alice' as LineId;
const WILL = {
  topic: topicOf(ALICE, 'will'),
  payload: Buffer.of(0, 0, 0, 1),
  qos: 1,
  retain: false,
} as const;

const refusals: readonly (readonly [string, IClientOptions, string, string])[] = [
  ['MQTT 5', { protocolVersion: 5 }, 'version', 'version'],
  ['MQTT 3.1', { protocolVersion: 3, protocolId: 'MQIsdp' }, 'version', 'version'],
  ['a session that outlives its connection', { clean: false }, 'wrong-client-id', 'persistent-session'],
  ["another line's client id", { clientId: 'porchlight-bob' }, 'wrong-client-id', 'wrong-client-id'],
  ['no client id', { clientId: '' }, 'wrong-client-id', 'wrong-client-id'],
  ['a user name that is no line', { username: 'admin' }, 'wrong-credentials', 'wrong-credentials'],
  [
    'a will on a foreign topic',
    { will: { ...WILL, topic: topicOf('bob' as LineId, 'will') } },
    'not-authorized',
    'will',
  ],
  [
    'a will on a leaf that is no will',
    { will: { ...WILL, topic: topicOf(ALICE, 'register') } },
    'not-authorized',
    'will',
  ],
  ['a retained will', { will: { ...WILL, retain: true } }, 'not-authorized', 'will'],
  ['a QoS 2 will', { will: { ...WILL, qos: 2 } }, 'not-authorized', 'will'],
  ['a will of another size', { will: { ...WILL, payload: Buffer.of(1) } }, 'not-authorized', 'will'],
];

test.each(refusals)(
  'refuses %s without asking for credentials, and counts it',
  (_what, options, answer, counted) =>
    withBroker({}, async ({ plain, diary, broker }) => {
      expect(await connectMqtt(plain, { ...optionsOf({ line: ALICE }), ...options })).toBe(answer);
      expect(diary.logIns).toEqual([]);
      expect(broker.counters().refusedLogIns).toMatchObject({ [counted]: 1 });
    }),
);

test('refuses a log-in without a password as wrong credentials', () =>
  withBroker({}, async ({ plain, diary }) => {
    const connect = packet(
      0x10,
      field('MQTT'),
      Buffer.of(4, 0x82, 0, 10),
      field('porchlight-alice'),
      field('alice'),
    );
    expect(await answerTo(plain, connect)).toEqual(Buffer.of(0x20, 2, 0, 4));
    expect(diary.logIns).toEqual([]);
  }));

test('takes the blame when the gateway cannot judge a log-in, and never logs the secret', () =>
  withBroker({}, async ({ diary, logIn, log, broker }) => {
    diary.verdict = () => {
      throw new Error('disk full');
    };
    expect(await logIn({ line: ALICE, secret: 'hunter2' })).toBe('unavailable');
    expect(log.events.join()).toContain('disk full');
    diary.verdict = () => ({ kind: 'wrong-credentials' });
    expect(await logIn({ line: ALICE, secret: 'hunter2' })).toBe('wrong-credentials');
    expect(log.events.join()).not.toContain('hunter2');
    expect(broker.counters().refusedLogIns).toMatchObject({ unavailable: 1, 'wrong-credentials': 1 });
  }));

test.each([0, 600])('holds a keepalive of %i s to the limit: a silent agent is gone in time', (keepalive) =>
  withBroker({ limits: { keepaliveSeconds: 1 } }, async ({ plain, diary, broker }) => {
    const socket = await loggedInSocket(plain, { line: ALICE, keepalive });
    await closing(socket);
    await soon(() => expect(diary.told).toEqual(['alice#1 arrived', 'alice#1 broke off']));
    expect(broker.counters().dropped.silent).toBe(1);
  }),
);

test('lets an agent in that has a keepalive within the limit', () =>
  withBroker({}, async ({ plain }) => {
    const socket = await loggedInSocket(plain, { line: ALICE, keepalive: 60 });
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  }));

test.skipIf(!hasIpv6)('gives the source of an IPv4 connection to a dual-stack port as an IPv4 address', () =>
  withBroker({ listen: { address: '::' as Ipv6, port: 0 } }, async ({ plain, diary }) => {
    const socket = await loggedInSocket({ ...plain, address: '127.0.0.1' as Ipv4 }, { line: ALICE });
    expect(diary.logIns[0]?.source).toBe('127.0.0.1');
    socket.destroy();
  }),
);

test('shows a duplicate out that never registers', () =>
  withBroker({ limits: { duplicateStayMs: 50 } }, async ({ plain, diary }) => {
    diary.verdict = () => ({ kind: 'duplicate', line: ALICE });
    await closing(await loggedInSocket(plain, { line: ALICE }));
    expect(diary.told).toEqual([]);
  }));
