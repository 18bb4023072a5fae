import { expect, test } from 'vitest';
import type { LineId } from '../../../../../protocol/line-id.ts';
import { ANNOUNCEMENT_TOPIC, topicOf } from '../../../../../protocol/topic.ts';
import { soon } from '../../../../support/agent-link-contract.ts';
import { withBroker } from '../../../../support/mqtt-broker-lab.ts';
import { closing, loggedInSocket, publishPacket, subscribePacket } from '../../../../support/mqtt-wire.ts';

const ALICE = 'alice' as LineId;
const BOB = 'bob' as LineId;
const ALIVE = Buffer.of(0, 0, 0, 1, 0, 0, 0, 1);

test.each([
  topicOf(BOB, 'alive'),
  topicOf(ALICE, 'will'),
  topicOf(ALICE, 'live'),
  topicOf(ALICE, 'alive').replace(/\/..\/alice/, '/zz/alice'),
  `${topicOf(ALICE, 'alive')}/more`,
  ANNOUNCEMENT_TOPIC,
  '$SYS/anything',
  'porchlight/1/all/announcement/x',
  Array.from({ length: 30 }, () => 'a').join('/'),
])('closes the connection of an agent that publishes to %s', (topic) =>
  withBroker({}, async ({ agent, diary, broker }) => {
    const other = await agent({ line: BOB });
    const alice = await agent({ line: ALICE });
    alice.client.publish(topic, ALIVE);
    await soon(() => expect(alice.isOpen()).toBe(false));
    await soon(() => expect(diary.told).toEqual(['bob#1 arrived', 'alice#2 arrived', 'alice#2 broke off']));
    expect(broker.counters().dropped['foreign-topic']).toBe(1);
    expect([other.isOpen(), other.heard]).toEqual([true, []]);
  }),
);

test.each([
  topicOf(BOB, 'live'),
  topicOf(ALICE, 'alive'),
  topicOf(ALICE, 'will'),
  topicOf(ALICE, 'live').replace('live', '+'),
  'porchlight/#',
  '#',
  '$SYS/#',
  '$share/group/porchlight/1/all/announcement',
])('closes the connection of an agent that subscribes to %s', (filter) =>
  withBroker({}, async ({ plain, diary, broker }) => {
    const socket = await loggedInSocket(plain, { line: ALICE });
    socket.resume().write(subscribePacket([topicOf(ALICE, 'live'), filter]));
    await closing(socket);
    await soon(() => expect(diary.told).toEqual(['alice#1 arrived', 'alice#1 broke off']));
    expect(broker.counters().dropped['foreign-topic']).toBe(1);
  }),
);

test('drops and counts retained messages, and keeps none', () =>
  withBroker({}, async ({ agent, diary, broker }) => {
    const alice = await agent({ line: ALICE });
    await alice.client.publishAsync(topicOf(ALICE, 'alive'), ALIVE, { retain: true, qos: 1 });
    await alice.say({ kind: 'alive', session: 1, seq: 2 });
    await soon(() => expect(diary.told).toEqual(['alice#1 arrived', 'alice#1 alive']));
    expect(broker.counters().dropped.retained).toBe(1);
    expect(alice.isOpen()).toBe(true);
  }));

test('closes a connection at a QoS 2 message', () =>
  withBroker({}, async ({ plain, diary, broker }) => {
    const socket = await loggedInSocket(plain, { line: ALICE });
    const publish = publishPacket(ALICE, 'alive', ALIVE);
    publish[0] = 0x34;
    socket.write(publish);
    await closing(socket);
    await soon(() => expect(broker.counters().dropped['qos-2']).toBe(1));
    expect(diary.told).toEqual(['alice#1 arrived', 'alice#1 broke off']);
  }));

test('takes a payload of 4 KiB and closes the connection at one of a byte more', () =>
  withBroker({}, async ({ plain, diary, broker }) => {
    const socket = await loggedInSocket(plain, { line: ALICE });
    socket.write(publishPacket(ALICE, 'offline', Buffer.alloc(4096, ' ')));
    await soon(() => expect(diary.told).toEqual(['alice#1 arrived', 'alice#1 malformed offline']));
    socket.write(publishPacket(ALICE, 'offline', Buffer.alloc(4097, ' ')));
    await closing(socket);
    await soon(() => expect(broker.counters().dropped.oversized).toBe(1));
    expect(broker.counters().dropped.payload).toBe(1);
  }));

test('says that an agent does not listen any more after it unsubscribed', () =>
  withBroker({}, async ({ agent, broker: { link } }) => {
    const alice = await agent({ line: ALICE });
    const connection = link.connectionOf(ALICE);
    await alice.client.unsubscribeAsync(topicOf(ALICE, 'challenge'));
    expect(connection && link.send(connection, { kind: 'challenge', nonce: 'n' })).toBe(false);
  }));

test('marks announcements as retained for an agent that subscribes later, and not for the others', () =>
  withBroker({}, async ({ agent, broker: { link } }) => {
    const alice = await agent({ line: ALICE, leaves: [] });
    await soon(() => expect(alice.retained).toEqual([true]));
    link.announce([{ id: 'a', at: 1, text: 'news' }]);
    await soon(() => expect(alice.retained).toEqual([true, false]));
  }));
