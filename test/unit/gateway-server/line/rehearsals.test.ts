import { describe, expect, test } from 'vitest';
import { REHEARSAL_MS } from '../../../../gateway-server/line/rehearsals.ts';
import { GatewayLab } from '../../../support/gateway-lab.ts';

const HOME = '198.51.100.7';

async function rehearsing() {
  const lab = await GatewayLab.start({ lines: ['alice', 'bob'] });
  const alice = await lab.live('alice', { ipv4: HOME });
  const begun = await lab.registry.stage.begin(alice.line);
  await lab.pass(2_000);
  return { lab, alice, begun, stage: lab.registry.stage };
}

describe('a rehearsal', () => {
  test('leads the name of a line that is up to the gateway, and says until when', async () => {
    const { lab, alice, begun, stage } = await rehearsing();
    expect(begun).toEqual({ kind: 'rehearsing', until: lab.clock.now() - 2_000 + REHEARSAL_MS });
    expect(lab.leadsTo('alice')).not.toContain(HOME);
    expect(lab.standingOf('alice').published).toMatchObject({ kind: 'answering', reason: 'rehearsal' });
    expect([lab.presenceOf('alice'), stage.until(alice.line)]).toEqual([
      'up',
      lab.clock.now() - 2_000 + REHEARSAL_MS,
    ]);
  });

  test('does not ask the agent to register while it lasts, and does when it is over', async () => {
    const { lab, alice, stage } = await rehearsing();
    await lab.pass(REHEARSAL_MS - 5_000);
    expect(alice.last('tune')).toBeUndefined();
    await lab.pass(4_000);
    expect([alice.last('tune')?.registerAgain, stage.until(alice.line)]).toEqual([true, null]);
    alice.register();
    await lab.pass(2_000);
    expect(lab.leadsTo('alice')).toEqual([HOME]);
    expect(alice.last('live')).toMatchObject({ offlineReason: 'rehearsal' });
  });

  test('can be ended at once', async () => {
    const { alice, stage } = await rehearsing();
    await stage.end(alice.line);
    expect([alice.last('tune')?.registerAgain, stage.until(alice.line)]).toEqual([true, null]);
  });

  test('that is begun again goes on as it was', async () => {
    const { lab, alice, begun, stage } = await rehearsing();
    await lab.pass(10_000);
    expect(await stage.begin(alice.line)).toEqual(begun);
  });

  test('is over when the agent registers by itself', async () => {
    const { lab, alice, stage } = await rehearsing();
    alice.register();
    await lab.pass(2_000);
    expect([lab.leadsTo('alice'), stage.until(alice.line)]).toEqual([[HOME], null]);
  });

  test('of a line that really falls silent becomes its absence, for that reason', async () => {
    const { lab, alice } = await rehearsing();
    alice.isAlive = false;
    // while the name leads to the gateway no address is left to ping: the verdict has to wait for patience
    await lab.pass(60_000);
    expect(lab.standingOf('alice').published).toMatchObject({ kind: 'answering', reason: 'unproven' });
    expect(lab.standingOf('alice').absence).toMatchObject({ reason: 'unproven', until: null });
  });

  test('is refused while the name does not lead to the line', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    const alice = lab.connect('alice', { ipv4: HOME });
    expect(await lab.registry.stage.begin(alice.line)).toEqual({ kind: 'not-live' });
    expect(lab.registry.stage.until(alice.line)).toBeNull();
  });
});

describe('what witnesses are told', () => {
  test('is that a name leads to its line or no longer does, not that its address changed', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    const alice = await lab.live('alice', { ipv4: HOME });
    const since = lab.standingOf('alice').published.since;
    alice.renumber('2001:db8::7');
    await lab.pass(3_000);
    await lab.departures().certain(alice.line, 'farewell');
    await lab.pass(3_000);
    expect(lab.news).toEqual([
      { kind: 'live', line: 'alice', at: since },
      { kind: 'off-line', line: 'alice', reason: 'farewell', at: lab.standingOf('alice').published.since },
    ]);
  });

  test('comes after the zone says so', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'], tunables: { everyMs: 60_000 } });
    const alice = await lab.live('alice', { ipv4: HOME });
    await lab.departures().certain(alice.line, 'farewell');
    await lab.pass(10_000);
    expect(lab.news.map(({ kind }) => kind)).toEqual(['live']);
    await lab.pass(60_000);
    expect(lab.news.map(({ kind }) => kind)).toEqual(['live', 'off-line']);
  });
});

describe('the portal’s link', () => {
  test('comes with every live message (Figure 4, block 424)', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    const alice = await lab.live('alice', { ipv4: HOME });
    expect(alice.last('live')?.portal).toBe('https://portal.mwebpages.test/enter/alice');
  });
});
