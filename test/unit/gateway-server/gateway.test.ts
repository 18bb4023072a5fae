import { describe, expect, test } from 'vitest';
import { GATEWAY, GatewayLab, lineOf } from '../../support/gateway-lab.ts';

const HOME = '198.51.100.7';
const NEXT_DOOR = '198.51.100.8';
const DECADE_MS = 315_360_000_000;

/** A gateway with a batch just behind it, so that whatever comes next waits for the next one. */
async function busyLab() {
  const lab = await GatewayLab.start({ lines: ['alice', 'bob'], tunables: { everyMs: 60_000 } });
  const alice = await lab.live('alice', { ipv4: HOME });
  return { lab, alice };
}

const restart = (lab: GatewayLab, afterGrace = false) => GatewayLab.start({ store: lab.kill(), afterGrace });

describe('after kill -9', () => {
  test('a queued update to a line is applied, and its agent finds the name live', async () => {
    const { lab } = await busyLab();
    lab.connect('bob', { ipv4: NEXT_DOOR }).register();
    await lab.settle();
    const next = await restart(lab);
    expect([next.leadsTo('bob'), next.leadsTo('alice'), next.serial]).toEqual([[NEXT_DOOR], [HOME], 3]);
    const bob = next.connect('bob', { ipv4: NEXT_DOOR });
    next.connect('alice', { ipv4: HOME }).register();
    bob.register();
    await next.pass(60_000);
    expect([bob.kinds, next.serial, next.prober.rounds]).toEqual([['tune', 'live'], 3, []]);
  });

  test('a line whose queued update is applied is watched, although its agent never comes back', async () => {
    const { lab } = await busyLab();
    lab.connect('bob', { ipv4: NEXT_DOOR }).register();
    await lab.settle();
    const next = await restart(lab);
    expect(next.presenceOf('bob')).toBe('up');
    await next.pass(45_000);
    expect([next.presenceOf('bob'), next.leadsTo('bob')]).toEqual(['down', [GATEWAY]]);
  });

  test('a queued farewell is applied without any verification', async () => {
    const { lab, alice } = await busyLab();
    alice.farewell();
    await lab.settle();
    expect(lab.leadsTo('alice')).toEqual([HOME]);
    const next = await restart(lab);
    expect([next.leadsTo('alice'), next.presenceOf('alice'), next.serial]).toEqual([[GATEWAY], 'down', 3]);
    await next.pass(60_000);
    expect([next.prober.rounds, next.serial]).toEqual([[], 3]);
  });

  test('a queued verdict of silence is dropped: the evidence is gathered anew', async () => {
    const { lab, alice } = await busyLab();
    alice.fallSilent();
    await lab.clock.advance(13_000);
    expect((await lab.store.load()).pending).toMatchObject([{ reason: 'silent' }]);
    const next = await restart(lab);
    await next.pass(9_000);
    expect([next.leadsTo('alice'), next.serial]).toEqual([[HOME], 2]);
    const again = next.connect('alice', { ipv4: HOME });
    again.register();
    await next.pass(60_000);
    expect([next.leadsTo('alice'), next.serial, again.kinds]).toEqual([[HOME], 2, ['tune', 'live']]);
  });

  test('a contest that was won stays won: both lines change in one batch', async () => {
    const { lab, alice } = await busyLab();
    alice.fallSilent();
    lab.connect('bob', { ipv4: HOME }).register();
    await lab.clock.advance(2_500);
    const next = await restart(lab);
    expect([next.leadsTo('alice'), next.leadsTo('bob'), next.serial]).toEqual([[GATEWAY], [HOME], 3]);
  });

  test('a line that has gone off-line still counts as down, and one never heard as unknown', async () => {
    const { lab, alice } = await busyLab();
    alice.farewell();
    await lab.pass(61_000);
    const next = await restart(lab);
    expect([next.presenceOf('alice'), next.presenceOf('bob')]).toEqual(['down', 'unknown']);
  });
});

describe('after a start', () => {
  test('nobody is declared off-line for thirty seconds, and then who is still silent', async () => {
    const { lab } = await busyLab();
    const next = await restart(lab);
    await next.clock.advance(29_900);
    expect([next.leadsTo('alice'), next.presenceOf('alice')]).toEqual([[HOME], 'suspect']);
    await next.clock.advance(2_500);
    expect([next.leadsTo('alice'), next.presenceOf('alice')]).toEqual([[GATEWAY], 'down']);
  });

  test('the grace lasts as long as a longer time-out', async () => {
    const { lab } = await busyLab();
    const tunables = { patience: { timeoutMs: 45_000, patienceMs: 1_000 } };
    const next = await GatewayLab.start({ store: lab.kill(), afterGrace: false, tunables });
    await next.clock.advance(44_900);
    expect(next.leadsTo('alice')).toEqual([HOME]);
    await next.clock.advance(2_500);
    expect(next.leadsTo('alice')).toEqual([GATEWAY]);
  });

  test('the grace lasts as long as the time-out and the spread of many lines, which agents are told', async () => {
    const others = Array.from({ length: 3_998 }, (_, index) => lineOf(`x${index}`, { domain: null }));
    const tunables = { patience: { timeoutMs: 25_000, patienceMs: 1_000 } };
    const lab = await GatewayLab.start({ lines: ['alice', 'bob', ...others], afterGrace: false, tunables });
    const alice = await lab.live('alice', { ipv4: HOME });
    expect(alice.last('queued')?.spreadMs).toBe(10_000);
    alice.breakOff();
    await lab.clock.advance(34_900);
    expect(lab.leadsTo('alice')).toEqual([HOME]);
    await lab.clock.advance(2_500);
    expect(lab.leadsTo('alice')).toEqual([GATEWAY]);
  });

  test('a broken connection within the grace leads to no verdict either', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'], afterGrace: false });
    const alice = await lab.live('alice', { ipv4: HOME });
    alice.breakOff();
    await lab.clock.advance(29_000);
    expect(lab.leadsTo('alice')).toEqual([HOME]);
  });
});

test('jumps of the wall clock by years change nothing that the gateway does', async () => {
  const lab = await GatewayLab.start({ lines: ['alice', 'bob'], tunables: { everyMs: 5_000 } });
  const alice = await lab.live('alice', { ipv4: HOME });
  const bob = await lab.live('bob', { ipv4: NEXT_DOOR });
  for (const jump of [DECADE_MS, -3 * DECADE_MS, 2 * DECADE_MS]) {
    lab.clock.jumpWall(jump);
    await lab.pass(20_000);
    expect([lab.presenceOf('alice'), lab.presenceOf('bob'), lab.serial]).toEqual(['up', 'up', 3]);
  }
  bob.fallSilent();
  lab.clock.jumpWall(DECADE_MS);
  await lab.pass(9_900);
  expect(lab.presenceOf('bob')).toBe('up');
  lab.clock.jumpWall(-DECADE_MS);
  await lab.pass(2_300);
  expect(lab.leadsTo('bob')).toEqual([GATEWAY]);
  alice.renumber('2001:db8::7');
  lab.clock.jumpWall(-DECADE_MS);
  await lab.pass(4_700);
  expect(lab.leadsTo('alice')).toEqual([HOME]);
  await lab.pass(300);
  expect(lab.leadsTo('alice')).toEqual([HOME, '2001:db8::7']);
});

describe('the gateway', () => {
  test('tells the announcements to agents that are there and to those that come', async () => {
    const { lab, alice } = await busyLab();
    await lab.announcements.announce('Works on Sunday');
    const bob = lab.connect('bob', { ipv4: NEXT_DOOR });
    expect([alice.agent.announcements, bob.agent.announcements]).toMatchObject([
      [{ text: 'Works on Sunday' }],
      [{ text: 'Works on Sunday' }],
    ]);
    const next = await restart(lab);
    expect(next.link.announcements).toMatchObject([{ text: 'Works on Sunday' }]);
  });

  test('ends in order when it is stopped, and what it has counted is on disk', async () => {
    const { lab, alice } = await busyLab();
    await lab.clock.advance(100);
    lab.connect('alice', { ipv4: HOME }).register();
    await lab.settle();
    await lab.stop();
    expect(lab.logged('gateway stopped')).toBe(1);
    const { standings } = await lab.store.load();
    expect(standings.get(alice.line)).toEqual(lab.standingOf('alice'));
    expect((await lab.store.historyOf(alice.line)).map(({ event }) => event)).toEqual([
      'logged on',
      'logged on',
    ]);
  });

  test('ends at once when it was stopped before it began', async () => {
    const lab = await GatewayLab.start({ isStopped: true, afterGrace: false });
    expect(lab.logged('gateway stopped')).toBe(1);
  });
});
