import { describe, expect, test } from 'vitest';
import type { DomainName } from '../../../protocol/domain-name.ts';
import { GATEWAY, GatewayLab, lineOf } from '../../support/gateway-lab.ts';

const HOME = '198.51.100.7';
const MOVED = '198.51.100.8';

describe('a registration', () => {
  test('is queued with its expected time, then live with its serial, and the name leads to the line', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    const alice = lab.connect('alice', { ipv4: HOME, ipv6: '2001:db8::7' });
    alice.register();
    await lab.settle();
    const { session, seq } = alice;
    expect(alice.agent.heard).toEqual([
      { kind: 'queued', session, seq, liveInMs: 0, aliveMs: 3_333, spreadMs: 0 },
      {
        kind: 'live',
        session,
        seq,
        domain: 'alice.mwebpages.test',
        addresses: { ipv4: HOME, ipv6: '2001:db8::7' },
        serial: 2,
        proof: { ok: true, missing: [] },
        lastLogOn: null,
        offlineForMs: null,
        offlineReason: null,
        hits: 0,
        messages: 0,
        portal: 'https://portal.mwebpages.test/enter/alice',
      },
    ]);
    expect(lab.leadsTo('alice')).toEqual([HOME, '2001:db8::7']);
    expect([lab.serial, lab.presenceOf('alice')]).toEqual([2, 'up']);
  });

  test('is told the time until its batch when the last batch was just now', async () => {
    const lab = await GatewayLab.start({ lines: ['alice', 'bob'], tunables: { everyMs: 60_000 } });
    lab.connect('alice', { ipv4: HOME }).register();
    await lab.pass(15_000);
    const bob = lab.connect('bob', { ipv4: MOVED });
    bob.register();
    await lab.settle();
    expect(bob.last('queued')?.liveInMs).toBe(45_000);
    await lab.pass(44_000);
    expect(bob.kinds).toEqual(['queued']);
    await lab.pass(1_000);
    expect(bob.kinds).toEqual(['queued', 'live']);
  });

  test('is told queued only when the update is on disk', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    lab.disk.delayMs = 700;
    const alice = lab.connect('alice', { ipv4: HOME });
    alice.register();
    await lab.clock.advance(699);
    expect([alice.kinds, (await lab.store.load()).pending]).toEqual([[], []]);
    await lab.clock.advance(1);
    expect(alice.kinds).toEqual(['queued']);
    expect((await lab.store.load()).pending).toMatchObject([{ line: 'alice', kind: 'to-line' }]);
  });

  test('of the set that is published already is live at once and changes nothing', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'], tunables: { everyMs: 60_000 } });
    const alice = await lab.live('alice', { ipv4: HOME });
    const before = [lab.serial, lab.registry.batches.count];
    alice.register();
    await lab.settle();
    expect(alice.kinds).toEqual(['queued', 'live', 'tune', 'live']);
    expect(alice.last('tune')).toMatchObject({ aliveMs: 3_333, registerAgain: false });
    expect(alice.last('live')).toMatchObject({ seq: alice.seq, serial: 2 });
    expect(lab.pendingOf('alice')).toBeUndefined();
    await lab.pass(120_000);
    expect([lab.serial, lab.registry.batches.count]).toEqual(before);
  });

  test('that is repeated with the same seq is dropped', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    const alice = await lab.live('alice', { ipv4: HOME });
    alice.register({ seq: 1 });
    await lab.pass(2_000);
    expect(alice.kinds).toEqual(['queued', 'live']);
  });

  test('storm is worked off five at once and then one a second, the newest address always winning', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    const alice = lab.connect('alice', { ipv4: HOME });
    const answered: number[] = [];
    for (let turn = 0; turn < 80; turn++) {
      alice.renumber(`2001:db8::${100 + turn}`);
      await lab.clock.advance(100);
      if (turn % 10 === 9) answered.push(alice.all('queued').length);
    }
    expect(answered).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    await lab.clock.advance(3_000);
    expect(lab.leadsTo('alice')).toEqual([HOME, '2001:db8::179']);
    expect(alice.last('live')?.addresses.ipv6).toBe('2001:db8::179');
  });

  test('that is slow to decide holds up nobody else’s', async () => {
    const lab = await GatewayLab.start({ lines: ['alice', 'bob', 'carol'] });
    const alice = await lab.live('alice', { ipv4: HOME });
    alice.fallSilent();
    const bob = lab.connect('bob', { ipv4: HOME });
    bob.register();
    const carol = lab.connect('carol', { ipv4: MOVED });
    carol.register();
    await lab.clock.advance(1_000);
    expect([bob.kinds, carol.kinds]).toEqual([[], ['queued', 'live']]);
  });
});

describe('a refusal', () => {
  const refusals = [
    ['a line that is suspended', 'suspended', lineOf('alice', { suspended: true }), {}],
    ['a line without domain service', 'no-domain-service', lineOf('alice', { domain: null }), {}],
    ['a neighbour’s domain', 'not-your-domain', lineOf('alice'), { domain: 'bob.mwebpages.test' }],
    ['a name below its own', 'not-your-domain', lineOf('alice'), { domain: 'www.alice.mwebpages.test' }],
    ['a private address', 'behind-nat', lineOf('alice'), { ipv4: '192.168.1.7' }],
    ['an address of another source', 'not-your-address', lineOf('alice'), { ipv4: MOVED }],
    ['a loopback address', 'address-not-allowed', lineOf('alice'), { ipv4: '127.0.0.1' }],
    ['the gateway’s own address', 'address-not-allowed', lineOf('alice'), { ipv4: GATEWAY }],
  ] as const;

  test.each(refusals)('of %s says %s, and nothing is changed', async (_what, reason, line, change) => {
    const lab = await GatewayLab.start({ lines: [line, 'bob'] });
    const bob = await lab.live('bob', { ipv4: '198.51.100.20' });
    const before = lab.registry.zone.records();
    const alice = lab.connect('alice', { ipv4: HOME });
    alice.register(change as { domain?: DomainName });
    await lab.pass(3_000);
    const { session } = alice;
    expect(alice.all('refused')).toEqual([
      { kind: 'refused', session, seq: 1, reason, retryAfterMs: 60_000 },
    ]);
    expect(lab.registry.zone.records()).toEqual(before);
    expect([lab.pendingOf('alice'), (await lab.store.load()).pending]).toEqual([undefined, []]);
    expect([lab.presenceOf('alice'), lab.standingOf('alice').logOn]).toEqual(['unknown', null]);
    expect(bob.kinds).toEqual(['queued', 'live']);
    expect(lab.log.events.some((event) => event.includes(`registration refused 510 alice`))).toBe(true);
  });

  test('stands in the line’s history', async () => {
    const lab = await GatewayLab.start({ lines: [lineOf('alice', { suspended: true })] });
    lab.connect('alice', { ipv4: HOME }).register();
    await lab.pass(2_000);
    expect(await lab.store.historyOf(lineOf('alice').id)).toMatchObject([
      { event: 'registration refused', detail: 'suspended' },
    ]);
  });

  test('of a new claim on a live session voids its signals: the old address is verified as any silent line’s', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    const alice = await lab.live('alice', { ipv4: HOME });
    alice.register({ ipv4: '192.168.1.7' as typeof alice.addresses.ipv4 });
    await lab.pass(13_000);
    expect(alice.last('refused')?.reason).toBe('behind-nat');
    expect(lab.leadsTo('alice')).toEqual([GATEWAY]);
  });
});

describe('a store that cannot be used', () => {
  test('leads to try-later, and nothing is half done', async () => {
    const lab = await GatewayLab.start({ lines: ['alice', 'bob'] });
    const alice = await lab.live('alice', { ipv4: HOME });
    lab.store.failWith(new Error('disk full'));
    alice.renumber('2001:db8::7');
    const bob = lab.connect('bob', { ipv4: '198.51.100.20' });
    bob.register();
    await lab.settle();
    expect(bob.agent.heard).toEqual([
      { kind: 'refused', session: bob.session, seq: 1, reason: 'try-later', retryAfterMs: 5_000 },
    ]);
    expect([lab.pendingOf('bob'), lab.leadsTo('bob'), lab.presenceOf('bob')]).toEqual([
      undefined,
      [GATEWAY],
      'unknown',
    ]);
    expect(lab.registry.queue.claimantOf('198.51.100.20' as never)).toBeUndefined();
    expect([alice.last('refused')?.reason, lab.leadsTo('alice')]).toEqual(['try-later', [HOME]]);
    expect(lab.presenceOf('alice')).toBe('up');
    lab.store.failWith(null);
    bob.register();
    await lab.pass(1_000);
    expect(bob.kinds).toEqual(['refused', 'queued', 'live']);
    expect(lab.standingOf('bob').logOn).not.toBeNull();
  });

  test('does not keep a line that is published already from being live', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    await lab.live('alice', { ipv4: HOME });
    lab.store.failWith(new Error('disk full'));
    const again = lab.connect('alice', { ipv4: HOME });
    again.register();
    await lab.pass(5_000);
    lab.store.failWith(null);
    expect(again.kinds).toEqual(['tune', 'live']);
    expect(lab.presenceOf('alice')).toBe('up');
  });

  test('takes nobody’s address from a holder who loses a contest meanwhile', async () => {
    const lab = await GatewayLab.start({ lines: ['alice', 'bob'] });
    const alice = await lab.live('alice', { ipv4: HOME });
    alice.fallSilent();
    lab.store.failWith(new Error('disk full'));
    const bob = lab.connect('bob', { ipv4: HOME });
    bob.register();
    await lab.clock.advance(2_000);
    expect(bob.last('refused')?.reason).toBe('try-later');
    expect([lab.presenceOf('alice'), lab.leadsTo('alice')]).toEqual(['up', [HOME]]);
    expect(lab.pendingOf('alice')).toBeUndefined();
    lab.store.failWith(null);
  });
});

describe('while a claim is being decided', () => {
  test('a line that the operator suspends meanwhile does not go live', async () => {
    const lab = await GatewayLab.start({ lines: ['alice', 'bob'] });
    (await lab.live('alice', { ipv4: HOME })).fallSilent();
    const bob = lab.connect('bob', { ipv4: HOME });
    bob.register();
    await lab.clock.advance(1_000);
    const line = lineOf('bob', { suspended: true });
    lab.registry.book.set({ line, standing: lab.standingOf('bob') });
    await lab.departures().certain(line.id, 'suspended');
    await lab.clock.advance(3_000);
    expect([lab.leadsTo('bob'), lab.leadsTo('alice')]).toEqual([[GATEWAY], [HOME]]);
    expect(bob.last('refused')?.reason).toBe('suspended');
  });

  test('a holder who moves away meanwhile keeps its new address', async () => {
    const lab = await GatewayLab.start({ lines: ['alice', 'bob'] });
    (await lab.live('alice', { ipv4: HOME })).breakOff();
    const bob = lab.connect('bob', { ipv4: HOME });
    bob.register();
    await lab.clock.advance(1_000);
    lab.tunables.everyMs = 5_000;
    lab.connect('alice', { ipv4: MOVED }).register();
    await lab.clock.advance(10_000);
    expect([lab.leadsTo('alice'), lab.leadsTo('bob')]).toEqual([[MOVED], [HOME]]);
    expect(lab.standingOf('alice').absence).toBeNull();
  });
});
