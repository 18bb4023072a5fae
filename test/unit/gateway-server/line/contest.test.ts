import { describe, expect, test } from 'vitest';
import { Contests } from '../../../../gateway-server/line/contest.ts';
import type { Address } from '../../../../protocol/address.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { GATEWAY, GatewayLab } from '../../../support/gateway-lab.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const HOME = '198.51.100.7';
const AWAY = '198.51.100.8';
const HOME6 = '2001:db8::7';

async function heldByAlice(everyMs = 1_000) {
  const lab = await GatewayLab.start({ lines: ['alice', 'bob', 'carol'], tunables: { everyMs } });
  const alice = await lab.live('alice', { ipv4: HOME });
  return { lab, alice };
}

/** How many lines the zone leads to an address. */
const sharers = (lab: GatewayLab, address = HOME) =>
  ['alice', 'bob', 'carol'].filter((line) => lab.leadsTo(line).includes(address)).length;

describe('a claim to an address that another line holds', () => {
  test('is refused when the holder answers from the address, and nothing moves', async () => {
    const { lab, alice } = await heldByAlice();
    const bob = lab.connect('bob', { ipv4: HOME });
    bob.register();
    await lab.settle();
    expect([bob.kinds, alice.all('challenge').length]).toEqual([[], 1]);
    bob.fallSilent();
    alice.answerChallenges();
    await lab.pass(2_000);
    expect(bob.agent.heard).toMatchObject([
      { kind: 'refused', reason: 'address-in-use', retryAfterMs: 60_000 },
    ]);
    expect([lab.leadsTo('alice'), lab.leadsTo('bob'), lab.serial]).toEqual([[HOME], [GATEWAY], 2]);
    expect((await lab.store.historyOf(alice.line)).at(-1)).toMatchObject({
      event: 'address contested',
      detail: `${HOME}, claimed by bob: holder-keeps-it`,
    });
  });

  test('is granted within two seconds when the holder is silent: both change in one batch, although the address answers pings', async () => {
    const { lab, alice } = await heldByAlice();
    lab.prober.otherwise = 'answered';
    alice.fallSilent();
    const bob = lab.connect('bob', { ipv4: HOME });
    bob.register();
    await lab.clock.advance(1_900);
    expect([lab.leadsTo('alice'), bob.kinds]).toEqual([[HOME], []]);
    await lab.clock.advance(200);
    expect([lab.leadsTo('alice'), lab.leadsTo('bob'), lab.serial]).toEqual([[GATEWAY], [HOME], 3]);
    expect(lab.standingOf('alice').published).toMatchObject({ reason: 'address-taken', serial: 3 });
    expect([lab.presenceOf('alice'), bob.last('live')?.serial]).toEqual(['down', 3]);
    expect(lab.registry.batches.last?.size).toBe(2);
  });

  test('is granted to who proves it when the holder answers from elsewhere only', async () => {
    const lab = await GatewayLab.start({ lines: ['alice', 'bob'] });
    const alice = await lab.live('alice', { ipv4: HOME, ipv6: HOME6, source: HOME6 });
    lab.connect('bob', { ipv4: HOME }).register();
    await lab.pass(4_000);
    expect(alice.all('challenge')).toHaveLength(1);
    expect([lab.leadsTo('alice'), lab.leadsTo('bob')]).toEqual([[GATEWAY], [HOME]]);
  });

  test.each(['answers', 'is silent'])(
    'of the family that no connection has proved is left out when the holder %s',
    async (holder) => {
      const { lab } = await heldByAlice();
      const alice = lab.connect('alice', { ipv4: HOME, ipv6: HOME6 });
      alice.register();
      await lab.pass(2_000);
      if (holder === 'is silent') alice.breakOff();
      lab.connect('bob', { ipv4: AWAY, ipv6: HOME6 }).register();
      await lab.pass(3_000);
      expect([lab.leadsTo('alice'), lab.leadsTo('bob')]).toEqual([[HOME, HOME6], [AWAY]]);
    },
  );

  test('of the family that somebody has squatted on does not keep its owner off', async () => {
    const { lab } = await heldByAlice(60_000);
    const bob = lab.connect('bob', { ipv4: AWAY, ipv6: HOME6 });
    bob.register();
    await lab.pass(61_000);
    const alice = lab.connect('alice', { ipv4: HOME, ipv6: HOME6 });
    alice.register();
    await lab.pass(61_000);
    expect([alice.last('refused'), lab.leadsTo('alice')]).toEqual([undefined, [HOME]]);
  });

  test('is granted when the line that only waits for the address is silent', async () => {
    const { lab } = await heldByAlice(60_000);
    const bob = lab.connect('bob', { ipv4: AWAY });
    bob.register();
    await lab.settle();
    bob.fallSilent();
    lab.connect('carol', { ipv4: AWAY }).register();
    await lab.pass(61_000);
    expect([lab.leadsTo('bob'), lab.leadsTo('carol')]).toEqual([[GATEWAY], [AWAY]]);
    expect(bob.all('live')).toEqual([]);
  });

  test('of a line that registers the address that it has itself is no contest', async () => {
    const { lab, alice } = await heldByAlice(60_000);
    alice.renumber(HOME6);
    await lab.settle();
    alice.renumber(HOME6);
    await lab.settle();
    expect([alice.all('challenge'), alice.all('queued').length]).toEqual([[], 3]);
  });

  test('is no contest when the holder has said good-bye, or is on its way to another address', async () => {
    const { lab, alice } = await heldByAlice(60_000);
    lab.connect('alice', { ipv4: AWAY }).register();
    await lab.settle();
    const bob = lab.connect('bob', { ipv4: HOME });
    bob.register();
    await lab.settle();
    expect([bob.kinds, alice.all('challenge')]).toEqual([['queued'], []]);
    await lab.pass(60_000);
    expect([lab.leadsTo('alice'), lab.leadsTo('bob')]).toEqual([[AWAY], [HOME]]);
    expect(lab.registry.book.holderOf(HOME as Address)).toBe('bob');
  });

  test('is no contest any more once the holder has asked for another address before its first batch', async () => {
    const { lab } = await heldByAlice(60_000);
    const carol = lab.connect('carol', { ipv4: AWAY, ipv6: HOME6 });
    carol.register();
    await lab.settle();
    carol.renumber('2001:db8::99');
    await lab.settle();
    const bob = lab.connect('bob', { ipv6: HOME6 });
    bob.register();
    await lab.settle();
    expect([bob.kinds, carol.all('challenge')]).toEqual([['queued'], []]);
  });
});

describe('two newcomers for one address', () => {
  test('cannot both get it when nobody holds it', async () => {
    const { lab } = await heldByAlice();
    lab.disk.delayMs = 50;
    for (const line of ['bob', 'carol']) lab.connect(line, { ipv4: AWAY }).register();
    for (let turn = 0; turn < 60; turn++) {
      await lab.clock.advance(100);
      expect(sharers(lab, AWAY)).toBeLessThan(2);
    }
    expect(sharers(lab, AWAY)).toBe(1);
  });

  test('cannot both win it from a silent holder', async () => {
    const { lab, alice } = await heldByAlice();
    alice.fallSilent();
    const [bob, carol] = ['bob', 'carol'].map((line) => lab.connect(line, { ipv4: HOME }));
    bob?.register();
    carol?.register();
    for (let turn = 0; turn < 60; turn++) {
      await lab.clock.advance(100);
      bob?.answerChallenges();
      expect(sharers(lab)).toBeLessThan(2);
    }
    expect([lab.leadsTo('alice'), lab.leadsTo('bob'), lab.leadsTo('carol')]).toEqual([
      [GATEWAY],
      [HOME],
      [GATEWAY],
    ]);
    expect(carol?.last('refused')?.reason).toBe('address-in-use');
  });
});

describe('an off-line verdict that still waits', () => {
  test('is no departure yet: the address is contested, and a late signal of the loser takes nothing back', async () => {
    const { lab, alice } = await heldByAlice(60_000);
    alice.fallSilent();
    await lab.clock.advance(13_000);
    expect(lab.pendingOf('alice')).toMatchObject({ reason: 'silent' });
    lab.connect('bob', { ipv4: HOME }).register();
    await lab.clock.advance(3_000);
    expect(lab.pendingOf('alice')).toMatchObject({ reason: 'address-taken' });
    alice.alive();
    await lab.pass(60_000);
    expect([lab.leadsTo('alice'), lab.leadsTo('bob')]).toEqual([[GATEWAY], [HOME]]);
  });

  test('is taken back by the holder who answers, and the newcomer is refused', async () => {
    const { lab, alice } = await heldByAlice(60_000);
    alice.fallSilent();
    await lab.clock.advance(13_000);
    const bob = lab.connect('bob', { ipv4: HOME });
    bob.register();
    await lab.clock.advance(1_000);
    alice.answerChallenges();
    alice.isAlive = true;
    await lab.pass(60_000);
    expect([lab.leadsTo('alice'), bob.last('refused')?.reason]).toEqual([[HOME], 'address-in-use']);
  });
});

describe('three lost contests within an hour', () => {
  const contest = (newcomer: string) => ({
    newcomer: newcomer as LineId,
    holder: 'alice' as LineId,
    address: HOME as Address,
    source: HOME as Address,
  });

  function judged(answers = true) {
    const clock = new ManualClock();
    const asked: (Address | null)[] = [];
    const holderAnswers = async (_holder: LineId, from: Address | null) => {
      asked.push(from);
      return answers;
    };
    return { clock, asked, contests: new Contests({ clock, holderAnswers }) };
  }

  test('block more of them for an hour without bothering the holder', async () => {
    const { clock, asked, contests } = judged();
    for (let turn = 0; turn < 3; turn++) {
      await contests.decide(contest('bob'));
      await clock.advance(60_000);
    }
    expect(await contests.decide(contest('bob'))).toEqual({
      kind: 'holder-keeps-it',
      retryAfterMs: 3_600_000 - 60_000,
    });
    expect(asked).toEqual([HOME, HOME, HOME]);
    await clock.advance(3_600_000 - 60_000 - 1);
    await contests.decide(contest('bob'));
    expect(asked).toHaveLength(3);
    await clock.advance(1);
    await contests.decide(contest('bob'));
    expect(asked).toHaveLength(4);
  });

  test('tell the agent at the third one how long it is blocked', async () => {
    const { contests } = judged();
    const results = [];
    for (let turn = 0; turn < 3; turn++) results.push(await contests.decide(contest('bob')));
    expect(results).toMatchObject([
      { retryAfterMs: 60_000 },
      { retryAfterMs: 60_000 },
      { retryAfterMs: 3_600_000 },
    ]);
  });

  test('block nobody else, and two an hour block nobody', async () => {
    const { clock, asked, contests } = judged();
    for (let turn = 0; turn < 3; turn++) await contests.decide(contest('bob'));
    await contests.decide(contest('carol'));
    expect(asked).toHaveLength(4);
    for (let turn = 0; turn < 6; turn++) {
      await contests.decide(contest('dora'));
      await clock.advance(1_800_001);
    }
    expect(asked).toHaveLength(10);
  });

  test('are not made of contests that were won', async () => {
    const { asked, contests } = judged(false);
    for (let turn = 0; turn < 5; turn++) {
      expect(await contests.decide(contest('bob'))).toEqual({ kind: 'newcomer-has-it' });
    }
    expect(asked).toHaveLength(5);
  });

  test('do not depend on the wall clock', async () => {
    const { clock, asked, contests } = judged();
    for (let turn = 0; turn < 3; turn++) await contests.decide(contest('bob'));
    clock.jumpWall(315_360_000_000);
    await contests.decide(contest('bob'));
    expect(asked).toHaveLength(3);
  });
});
