import { describe, expect, test } from 'vitest';
import type { Address } from '../../../protocol/address.ts';
import type { LineId } from '../../../protocol/line-id.ts';
import { GATEWAY, GatewayLab } from '../../support/gateway-lab.ts';

const HOME = '198.51.100.7';
const MOVED = '198.51.100.8';
const REFERENCE = '198.51.100.1' as Address;

async function oneLine(wish: Parameters<typeof GatewayLab.start>[0] = {}) {
  const lab = await GatewayLab.start({ lines: ['alice'], ...wish });
  const alice = await lab.live('alice', { ipv4: HOME });
  const offlineWithin = async (ms: number) => {
    await lab.clock.advance(ms);
    return lab.standingOf('alice').published.kind === 'answering';
  };
  return { lab, alice, offlineWithin };
}

describe('a line whose link is cut', () => {
  test('is suspect at the time-out, off-line after the verification, and then answered for', async () => {
    const { lab, alice } = await oneLine();
    alice.fallSilent();
    await lab.clock.advance(9_900);
    expect([lab.presenceOf('alice'), lab.prober.rounds]).toEqual(['up', []]);
    await lab.clock.advance(200);
    expect([lab.presenceOf('alice'), lab.prober.rounds, alice.all('challenge').length]).toEqual([
      'suspect',
      [[HOME]],
      1,
    ]);
    await lab.clock.advance(1_800);
    expect(lab.leadsTo('alice')).toEqual([HOME]);
    await lab.clock.advance(200);
    expect([lab.presenceOf('alice'), lab.leadsTo('alice')]).toEqual(['down', [GATEWAY]]);
    expect(lab.standingOf('alice').published).toMatchObject({
      kind: 'answering',
      reason: 'silent',
      serial: 3,
    });
    const { absence } = lab.standingOf('alice');
    expect(absence).toMatchObject({ until: null, reason: 'silent', hits: 0 });
  });

  test('is believed when it answers the challenge, and nothing is queued', async () => {
    const { lab, alice } = await oneLine();
    alice.fallSilent();
    await lab.clock.advance(10_500);
    expect(lab.presenceOf('alice')).toBe('suspect');
    alice.answerChallenges();
    expect(lab.presenceOf('alice')).toBe('up');
    await lab.clock.advance(5_000);
    expect([lab.leadsTo('alice'), lab.serial, lab.pendingOf('alice')]).toEqual([[HOME], 2, undefined]);
  });

  test('is believed at any signal during the verification', async () => {
    const { lab, alice } = await oneLine();
    alice.fallSilent();
    await lab.clock.advance(11_900);
    alice.alive();
    await lab.clock.advance(5_000);
    expect([lab.presenceOf('alice'), lab.leadsTo('alice'), lab.serial]).toEqual(['up', [HOME], 2]);
  });

  test('is not saved by an answer to a challenge that was never put to it', async () => {
    const { lab, alice } = await oneLine();
    alice.fallSilent();
    await lab.clock.advance(10_500);
    alice.agent.say({ kind: 'answer', nonce: 'made up', session: alice.session + 77, seq: 1 });
    await lab.clock.advance(2_000);
    expect(lab.leadsTo('alice')).toEqual([GATEWAY]);
  });

  test('and that comes back before the batch is up again, and its off-line update is cancelled', async () => {
    const { lab, alice } = await oneLine({ tunables: { everyMs: 20_000 } });
    alice.fallSilent();
    await lab.clock.advance(12_300);
    expect(lab.pendingOf('alice')).toMatchObject({ kind: 'to-gateway', reason: 'silent' });
    alice.alive();
    await lab.settle();
    expect([lab.pendingOf('alice'), lab.presenceOf('alice')]).toEqual([undefined, 'up']);
    expect(alice.last('tune')?.registerAgain).toBe(true);
    expect((await lab.store.load()).pending).toEqual([]);
    alice.isAlive = true;
    await lab.pass(30_000);
    expect([lab.leadsTo('alice'), lab.serial]).toEqual([[HOME], 2]);
  });

  test('and that dies after such a come-back without another registration is off-line all the same', async () => {
    const { lab, alice } = await oneLine({ tunables: { everyMs: 20_000 } });
    alice.fallSilent();
    await lab.clock.advance(12_300);
    alice.alive();
    await lab.clock.advance(40_000);
    expect([lab.presenceOf('alice'), lab.leadsTo('alice')]).toEqual(['down', [GATEWAY]]);
  });

  test('is off-line when it was still queued, too', async () => {
    const lab = await GatewayLab.start({ lines: ['alice', 'bob'], tunables: { everyMs: 60_000 } });
    await lab.live('bob', { ipv4: MOVED });
    const alice = lab.connect('alice', { ipv4: HOME });
    lab.connect('bob', { ipv4: MOVED, ipv6: '2001:db8::1' }).register();
    await lab.settle();
    alice.register();
    await lab.settle();
    alice.fallSilent();
    await lab.pass(14_000);
    expect(lab.prober.rounds).toEqual([[HOME]]);
    expect([lab.presenceOf('alice'), lab.pendingOf('alice')]).toMatchObject(['down', { kind: 'to-gateway' }]);
    await lab.pass(60_000);
    expect(alice.all('live')).toEqual([]);
  });

  test('is off-line after another time-out when the settings say so', async () => {
    const { lab, alice, offlineWithin } = await oneLine();
    lab.tunables.patience = { timeoutMs: 30_000, patienceMs: 30_000 };
    alice.fallSilent();
    expect(await offlineWithin(31_900)).toBe(false);
    expect(await offlineWithin(300)).toBe(true);
  });

  test('stays suspect while the store cannot take the verdict, and is off-line once it can', async () => {
    const { lab, alice, offlineWithin } = await oneLine();
    alice.fallSilent();
    await lab.clock.advance(10_000);
    lab.store.failWith(new Error('disk full'));
    expect(await offlineWithin(10_000)).toBe(false);
    expect(lab.presenceOf('alice')).toBe('suspect');
    lab.store.failWith(null);
    expect(await offlineWithin(5_000)).toBe(true);
  });

  test('is looked at again when a verification breaks off', async () => {
    const { lab, alice, offlineWithin } = await oneLine();
    lab.prober.breaksWith = new Error('no fork');
    alice.fallSilent();
    expect(await offlineWithin(20_000)).toBe(false);
    lab.prober.breaksWith = null;
    expect(await offlineWithin(5_000)).toBe(true);
  });

  test('is up when its signal comes while the verdict is being written', async () => {
    const { lab, alice } = await oneLine();
    alice.fallSilent();
    await lab.clock.advance(11_000);
    lab.disk.delayMs = 500;
    await lab.clock.advance(1_300);
    alice.alive();
    await lab.clock.advance(5_000);
    expect([lab.presenceOf('alice'), lab.leadsTo('alice'), lab.serial]).toEqual(['up', [HOME], 2]);
    expect((await lab.store.load()).pending).toEqual([]);
  });

  test('is not off-line before its time-out when it was heard once more while the verdict was being written', async () => {
    const { lab, alice } = await oneLine();
    alice.fallSilent();
    await lab.clock.advance(11_000);
    lab.disk.delayMs = 500;
    await lab.clock.advance(1_300);
    alice.alive();
    alice.breakOff();
    await lab.clock.advance(9_000);
    expect([lab.presenceOf('alice'), lab.leadsTo('alice'), lab.serial]).toEqual(['suspect', [HOME], 2]);
    await lab.clock.advance(3_000);
    expect(lab.presenceOf('alice')).toBe('down');
  });
});

describe('a will or a closed connection', () => {
  test.each(['will', 'closed connection'])('%s starts the verification early', async (what) => {
    const { lab, alice } = await oneLine();
    if (what === 'will') alice.breakOff();
    else alice.agent.leave();
    alice.fallSilent();
    await lab.clock.advance(100);
    expect([lab.presenceOf('alice'), lab.prober.rounds]).toEqual(['suspect', [[HOME]]]);
  });

  test('leads off-line the moment the time-out is over, and not before', async () => {
    const { lab, alice, offlineWithin } = await oneLine();
    await lab.clock.advance(3_000);
    alice.breakOff();
    expect(await offlineWithin(6_900)).toBe(false);
    expect(await offlineWithin(300)).toBe(true);
    expect(lab.prober.rounds).toHaveLength(1);
    expect(lab.standingOf('alice').published).toMatchObject({ reason: 'silent' });
  });

  test('of an agent that is killed and back in three seconds never moves the name', async () => {
    const { lab, alice } = await oneLine();
    alice.breakOff();
    await lab.pass(3_000);
    const again = lab.connect('alice', { ipv4: HOME });
    again.register();
    await lab.pass(60_000);
    expect([lab.leadsTo('alice'), lab.serial, again.kinds]).toEqual([[HOME], 2, ['tune', 'live']]);
  });
});

describe('a farewell', () => {
  test('leads off-line at once and without any verification', async () => {
    const { lab, alice } = await oneLine();
    await lab.pass(1_000);
    alice.farewell();
    await lab.settle();
    expect([lab.presenceOf('alice'), lab.leadsTo('alice')]).toEqual(['down', [GATEWAY]]);
    expect(lab.standingOf('alice').published).toMatchObject({ reason: 'farewell', serial: 3 });
    await lab.pass(60_000);
    expect([lab.prober.rounds, lab.serial]).toEqual([[], 3]);
  });

  test('is not taken back by a signal of before it', async () => {
    const { lab, alice } = await oneLine({ tunables: { everyMs: 20_000 } });
    alice.agent.say({ kind: 'offline', session: alice.session, seq: 90, reason: 'shutdown' });
    alice.alive(50);
    await lab.pass(25_000);
    expect(lab.leadsTo('alice')).toEqual([GATEWAY]);
  });
});

describe('an address that answers pings although its agent is silent', () => {
  test('is kept for the patience, verified again, and then off-line as unproven', async () => {
    const { lab, alice, offlineWithin } = await oneLine();
    lab.prober.otherwise = 'answered';
    alice.fallSilent();
    expect(await offlineWithin(41_900)).toBe(false);
    expect(await offlineWithin(2_500)).toBe(true);
    expect(lab.standingOf('alice').published).toMatchObject({ reason: 'unproven' });
    expect(lab.prober.rounds).toEqual([[HOME], [HOME]]);
    expect(alice.all('challenge')).toHaveLength(2);
  });

  test('and that is silent at the second look is off-line as silent', async () => {
    const { lab, alice, offlineWithin } = await oneLine();
    lab.prober.otherwise = 'answered';
    alice.fallSilent();
    await lab.clock.advance(15_000);
    lab.prober.otherwise = 'silent';
    expect(await offlineWithin(40_000)).toBe(true);
    expect(lab.standingOf('alice').published).toMatchObject({ reason: 'silent' });
  });

  test('answers for both families with one of them', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    const alice = await lab.live('alice', { ipv4: HOME, ipv6: '2001:db8::7' });
    lab.prober.outcomes.set('2001:db8::7', 'answered');
    alice.fallSilent();
    await lab.clock.advance(20_000);
    expect(lab.leadsTo('alice')).toHaveLength(2);
    expect(lab.prober.rounds).toEqual([[HOME, '2001:db8::7']]);
  });
});

describe('when no ping is possible', () => {
  test('only the patience of silence leads off-line', async () => {
    const { lab, alice, offlineWithin } = await oneLine();
    lab.prober.otherwise = 'not-possible';
    alice.fallSilent();
    expect(await offlineWithin(29_900)).toBe(false);
    expect(await offlineWithin(2_500)).toBe(true);
    expect(lab.standingOf('alice').published).toMatchObject({ reason: 'unproven' });
  });

  test('a patience below the time-out shortens nothing', async () => {
    const { lab, alice, offlineWithin } = await oneLine({
      tunables: { patience: { timeoutMs: 10_000, patienceMs: 1_000 } },
    });
    lab.prober.otherwise = 'not-possible';
    alice.breakOff();
    expect(await offlineWithin(9_900)).toBe(false);
    expect(await offlineWithin(3_000)).toBe(true);
  });
});

describe('a reference address that is silent', () => {
  test('means that there are no verdicts, until it answers again', async () => {
    const { lab, alice, offlineWithin } = await oneLine({ tunables: { reference: REFERENCE } });
    alice.fallSilent();
    expect(await offlineWithin(120_000)).toBe(false);
    expect(lab.presenceOf('alice')).toBe('suspect');
    expect(lab.prober.rounds[0]).toEqual([HOME, REFERENCE]);
    // told once, however often it is looked at
    expect(lab.logged('lines cannot be verified as they should')).toBe(1);
    lab.prober.outcomes.set(REFERENCE, 'answered');
    expect(await offlineWithin(5_000)).toBe(true);
  });

  test('that cannot be pinged keeps nobody on-line', async () => {
    const { lab, alice, offlineWithin } = await oneLine({ tunables: { reference: REFERENCE } });
    lab.prober.outcomes.set(REFERENCE, 'not-possible');
    alice.fallSilent();
    expect(await offlineWithin(13_000)).toBe(true);
  });
});

describe('the history tells of a verification', () => {
  const noted = async (lab: GatewayLab) => {
    await lab.registry.standings.flush();
    const history = await lab.store.historyOf('alice' as LineId);
    return history.filter(({ event }) => event === 'verified').map(({ detail }) => detail);
  };

  test('that the agent has answered', async () => {
    const { lab, alice } = await oneLine();
    alice.fallSilent();
    await lab.clock.advance(10_500);
    alice.answerChallenges();
    await lab.clock.advance(3_000);
    expect(await noted(lab)).toEqual(['challenge answered, ping silent: up']);
  });

  test('that agent and address were silent, once and before the line is off-line', async () => {
    const { lab, alice } = await oneLine();
    await lab.clock.advance(3_000);
    alice.breakOff();
    await lab.clock.advance(15_000);
    expect(await noted(lab)).toEqual(['challenge not-possible, ping silent: off-line']);
    const history = await lab.store.historyOf('alice' as LineId);
    expect(history.map(({ event }) => event)).toEqual(['logged on', 'verified', 'went off-line']);
  });

  test('that nothing was decided, and then what was', async () => {
    const { lab, alice } = await oneLine();
    lab.prober.otherwise = 'answered';
    alice.fallSilent();
    await lab.clock.advance(50_000);
    expect(await noted(lab)).toEqual([
      'challenge silent, ping answered: undecided',
      'challenge silent, ping answered: off-line',
    ]);
  });

  test('but not of those that do not count: an outage of our own would fill it', async () => {
    const { lab, alice } = await oneLine({ tunables: { reference: REFERENCE } });
    alice.fallSilent();
    await lab.clock.advance(120_000);
    expect(await noted(lab)).toEqual([]);
  });
});

test('verifications run side by side: lines cut one after the other do not wait for each other', async () => {
  const names = Array.from({ length: 12 }, (_, turn) => `line-${turn}`);
  const lab = await GatewayLab.start({ lines: names, tunables: { everyMs: 100 } });
  const agents = [];
  for (const [turn, name] of names.entries())
    agents.push(await lab.live(name, { ipv4: `198.51.100.${turn + 10}` }));
  await lab.pass(1_000);
  for (const agent of agents) {
    agent.alive();
    agent.fallSilent();
    await lab.clock.advance(250);
  }
  await lab.clock.advance(12_150 - 12 * 250);
  const offline = names.filter((name) => lab.presenceOf(name) === 'down');
  expect(offline).toEqual(['line-0']);
  await lab.clock.advance(3_000);
  expect(names.every((name) => lab.presenceOf(name) === 'down')).toBe(true);
});

test('a farewell that could not be stored leaves the line watched, until it is off-line after all', async () => {
  const { lab, alice, offlineWithin } = await oneLine();
  lab.store.failWith(new Error('disk full'));
  alice.farewell();
  expect(await offlineWithin(5_000)).toBe(false);
  expect(lab.presenceOf('alice')).toBe('up');
  lab.store.failWith(null);
  expect(await offlineWithin(20_000)).toBe(true);
});

test('a line found silent early is off-line at its time-out, and nothing is said to hinder its verification', async () => {
  const { lab, alice, offlineWithin } = await oneLine({ tunables: { reference: REFERENCE } });
  lab.prober.outcomes.set(REFERENCE, 'answered');
  alice.breakOff();
  expect(await offlineWithin(9_800)).toBe(false);
  expect(await offlineWithin(400)).toBe(true);
  expect(lab.prober.rounds).toHaveLength(1);
  expect(lab.logged('lines cannot be verified as they should')).toBe(0);
});

test('a ping program that never ends proves nothing and holds nobody for ever', async () => {
  const { lab, alice, offlineWithin } = await oneLine();
  lab.prober.probe = () => new Promise(() => undefined);
  alice.fallSilent();
  expect(await offlineWithin(29_000)).toBe(false);
  expect(lab.logged('lines cannot be verified as they should')).toBe(1);
  expect(await offlineWithin(10_000)).toBe(true);
  expect(lab.standingOf('alice').published).toMatchObject({ reason: 'unproven' });
});
