import { expect, test } from 'vitest';
import type { LineId } from '../../../../../protocol/line-id.ts';
import { topicOf } from '../../../../../protocol/topic.ts';
import { soon } from '../../../../support/agent-link-contract.ts';
import { withBroker } from '../../../../support/mqtt-broker-lab.ts';
import {
  closing,
  connectPacket,
  DISCONNECT,
  loggedInSocket,
  openSocket,
  publishPacket,
} from '../../../../support/mqtt-wire.ts';

const ALICE = 'alice' as LineId;
const will = { topic: topicOf(ALICE, 'will'), payload: Buffer.of(0, 0, 0, 1), qos: 1 };

test('fifty connections with one id leave one, and each of the others ends once, with its will', () =>
  withBroker({}, async ({ plain, diary, broker }) => {
    const sockets = await Promise.all(Array.from({ length: 50 }, () => openSocket(plain)));
    for (const socket of sockets) socket.resume().write(connectPacket({ line: ALICE, will }));
    await soon(() => expect(broker.counters()).toMatchObject({ connections: 1, logIns: 50 }));
    const count = (what: string) => diary.told.filter((told) => told.endsWith(what)).length;
    expect([count('arrived'), count('will'), count('broke off')]).toEqual([50, 49, 49]);
    await soon(() => expect(sockets.filter((socket) => !socket.closed).length).toBe(1));
    const holder = broker.link.connectionOf(ALICE);
    expect(holder?.id).toBe(diary.connections.at(-1)?.id);
    for (const socket of sockets) socket.destroy();
    await soon(() => expect(count('broke off')).toBe(50));
  }));

test('takes a farewell and a goodbye that come in one segment with the end of the connection', () =>
  withBroker({}, async ({ plain, diary }) => {
    for (let round = 0; round < 20; round++) {
      diary.told.length = 0;
      const socket = await loggedInSocket(plain, { line: ALICE, will });
      const farewell = Buffer.from('{"session":1,"seq":2,"reason":"stop"}');
      socket.resume().end(Buffer.concat([publishPacket(ALICE, 'offline', farewell), DISCONNECT]));
      await closing(socket);
      const number = diary.connections.length;
      const told = ['arrived', 'offline', 'left'].map((what) => `alice#${number} ${what}`);
      await soon(() => expect(diary.told).toEqual(told));
    }
  }));

test('hears what an agent sends right behind its CONNECT, after it has arrived', () =>
  withBroker({}, async ({ plain, diary }) => {
    const socket = await openSocket(plain);
    const alive = publishPacket(ALICE, 'alive', Buffer.of(0, 0, 0, 1, 0, 0, 0, 1));
    socket.resume().write(Buffer.concat([connectPacket({ line: ALICE }), alive]));
    await soon(() => expect(diary.told).toEqual(['alice#1 arrived', 'alice#1 alive']));
    socket.destroy();
  }));

test('goes on when the gateway fails at an event', () =>
  withBroker({}, async ({ agent, diary, log }) => {
    diary.failsAt = 'alive';
    const alice = await agent({ line: ALICE });
    await alice.say({ kind: 'alive', session: 7, seq: 1 });
    await alice.say({ kind: 'offline', session: 7, seq: 2, reason: 'stop' });
    await soon(() => expect(diary.told).toEqual(['alice#1 arrived', 'alice#1 alive', 'alice#1 offline']));
    expect(log.events.join()).toContain('error the gateway failed at an event of the wire');
  }));

test('closes every connection at its end and tells nothing more', async () => {
  let told: readonly string[] = [];
  const closed: Promise<void>[] = [];
  await withBroker({}, async ({ plain, diary }) => {
    const agent = await loggedInSocket(plain, { line: ALICE, will });
    const stranger = await openSocket(plain);
    closed.push(closing(agent.resume()), closing(stranger.resume()));
    told = diary.told;
  });
  await Promise.all(closed);
  expect(told).toEqual(['alice#1 arrived']);
});
