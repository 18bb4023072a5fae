import { describe, expect, test } from 'vitest';
import type { LineId } from '../../../../protocol/line-id.ts';
import { GatewayLab } from '../../../support/gateway-lab.ts';

const HOME = '198.51.100.7';
const ALICE = 'alice' as LineId;
const HOUR_MS = 3_600_000;

/** Alice was live, said good-bye, was away for an hour with two visits and one message, and is back. */
async function backAfterAnHour(jumpMs = 0) {
  const lab = await GatewayLab.start({ lines: ['alice'] });
  const first = await lab.live('alice', { ipv4: HOME });
  const firstLogOn = lab.standingOf('alice').logOn;
  await lab.pass(10_000);
  first.farewell();
  await lab.settle();
  lab.registry.standings.countHit(ALICE);
  lab.registry.standings.countHit(ALICE);
  lab.registry.standings.setMessages(ALICE, 1);
  // back within the interval between two batches: logged on at once, in the zone a second later
  lab.clock.jumpWall(HOUR_MS - 1_000);
  const back = lab.connect('alice', { ipv4: HOME });
  back.register();
  await lab.settle();
  lab.clock.jumpWall(jumpMs);
  await lab.pass(2_000);
  return { lab, back, firstLogOn };
}

const AWAY = { offlineForMs: HOUR_MS, offlineReason: 'farewell', hits: 2, messages: 1 };
const NOT_AWAY = { offlineForMs: null, offlineReason: null, hits: 0, messages: 1 };

describe('the away report', () => {
  test('tells the last log-on, how long the line was off and why, the hits and the messages', async () => {
    const { back, firstLogOn } = await backAfterAnHour();
    expect(back.last('live')).toMatchObject({ ...AWAY, lastLogOn: firstLogOn });
  });

  test('is repeated to the same session that registers again', async () => {
    const { lab, back } = await backAfterAnHour();
    back.register();
    await lab.settle();
    expect(back.all('live')).toHaveLength(2);
    expect(back.last('live')).toMatchObject(AWAY);
    back.renumber('2001:db8::7');
    await lab.pass(1_000);
    expect(back.last('live')).toMatchObject({ ...AWAY, addresses: { ipv6: '2001:db8::7' } });
  });

  test('is over at the next log-on, which tells the one before it', async () => {
    const { lab } = await backAfterAnHour();
    const { logOn } = lab.standingOf('alice');
    await lab.pass(5_000);
    const next = lab.connect('alice', { ipv4: HOME });
    next.register();
    await lab.settle();
    expect(next.last('live')).toMatchObject({ ...NOT_AWAY, lastLogOn: logOn });
  });

  test('is not told to a line that only changes its address', async () => {
    const { lab } = await backAfterAnHour();
    await lab.pass(5_000);
    const next = lab.connect('alice', { ipv4: '198.51.100.8' });
    next.register();
    await lab.pass(2_000);
    expect(next.last('live')).toMatchObject(NOT_AWAY);
  });

  test('counts no visits before the line was ever off', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    lab.registry.standings.countHit(ALICE);
    const alice = await lab.live('alice', { ipv4: HOME });
    lab.registry.standings.countHit(ALICE);
    alice.register();
    await lab.settle();
    expect(alice.last('live')).toMatchObject({ hits: 0, offlineForMs: null, lastLogOn: null });
  });

  test('survives a restart of the gateway in between', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    const first = await lab.live('alice', { ipv4: HOME });
    await lab.pass(1_000);
    first.farewell();
    await lab.settle();
    lab.registry.standings.countHit(ALICE);
    await lab.pass(2_000);
    const next = await GatewayLab.start({ store: lab.kill(), afterGrace: false });
    const back = await next.live('alice', { ipv4: HOME });
    expect(back.last('live')).toMatchObject({
      offlineReason: 'farewell',
      hits: 1,
      lastLogOn: expect.any(Number),
    });
  });

  test('is told once although the wall clock jumps back a year between log-on and batch', async () => {
    const { lab, back } = await backAfterAnHour(-365 * 24 * HOUR_MS);
    expect(back.last('live')).toMatchObject({ ...AWAY, offlineForMs: 0 });
    const next = lab.connect('alice', { ipv4: HOME });
    next.register();
    await lab.settle();
    expect(next.last('live')).toMatchObject(NOT_AWAY);
  });

  test('is not told again although the wall clock has jumped back before the next log-on', async () => {
    const { lab } = await backAfterAnHour();
    lab.clock.jumpWall(-365 * 24 * HOUR_MS);
    const next = lab.connect('alice', { ipv4: HOME });
    next.register();
    await lab.settle();
    expect(next.last('live')).toMatchObject(NOT_AWAY);
  });
});

test('nothing is told to an agent that has left', async () => {
  const lab = await GatewayLab.start({ lines: ['alice'] });
  lab.disk.delayMs = 100;
  const alice = lab.connect('alice', { ipv4: HOME });
  alice.register();
  await lab.clock.advance(150);
  alice.agent.leave();
  await lab.clock.advance(1_000);
  expect([alice.kinds, lab.leadsTo('alice')]).toEqual([['queued'], [HOME]]);
  expect(lab.logged('clients could not be told')).toBe(0);
});
