import { describe, expect, test } from 'vitest';
import type { Store } from '../../../gateway-server/store/store.ts';
import type { DomainName } from '../../../protocol/domain-name.ts';
import type { LineId } from '../../../protocol/line-id.ts';
import { GatewayLab } from '../../support/gateway-lab.ts';

const addressOf = (turn: number) => `198.51.100.${turn + 10}`;

/** Serial and size of every batch that the store has taken. */
function watchBatches(lab: GatewayLab) {
  const batches: { at: number; size: number }[] = [];
  const commit: Store['commitBatch'] = lab.store.commitBatch.bind(lab.store);
  lab.store.commitBatch = async (batch) => {
    batches.push({ at: lab.clock.elapsed(), size: batch.updates.length });
    return commit(batch);
  };
  return batches;
}

describe('batches', () => {
  test('start at once after a quiet time and are never closer than the interval; what comes meanwhile shares one', async () => {
    const names = Array.from({ length: 10 }, (_, turn) => `line-${turn}`);
    const lab = await GatewayLab.start({ lines: names, tunables: { everyMs: 60_000 } });
    const batches = watchBatches(lab);
    const startedAt = lab.clock.elapsed();
    for (const [turn, name] of names.entries()) {
      lab.connect(name, { ipv4: addressOf(turn) }).register();
      await lab.pass(10_000);
    }
    await lab.pass(300_000);
    lab.connect('line-0', { ipv4: addressOf(99) }).register();
    await lab.pass(1_000);
    expect(batches.map(({ at, size }) => [at - startedAt, size])).toEqual([
      [0, 1],
      [60_000, 5],
      [120_000, 4],
      [400_000, 1],
    ]);
    expect(lab.notified).toEqual([2, 3, 4, 5]);
  });

  test('take two lines that register in the same second under one serial', async () => {
    const lab = await GatewayLab.start({ lines: ['alice', 'bob', 'carol'] });
    await lab.live('carol', { ipv4: addressOf(3) });
    const alice = lab.connect('alice', { ipv4: addressOf(1) });
    alice.register();
    await lab.clock.advance(400);
    const bob = lab.connect('bob', { ipv4: addressOf(2) });
    bob.register();
    await lab.pass(2_000);
    expect([alice.last('live')?.serial, bob.last('live')?.serial]).toEqual([3, 3]);
    expect([lab.serial, lab.registry.batches.last?.size]).toEqual([3, 2]);
  });

  test('hold only the newest update of each domain, and only that one is told live', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'], tunables: { everyMs: 60_000 } });
    const alice = await lab.live('alice', { ipv4: addressOf(1) });
    const batches = watchBatches(lab);
    for (const ipv6 of ['2001:db8::1', '2001:db8::2', '2001:db8::3']) {
      alice.renumber(ipv6);
      await lab.pass(2_000);
    }
    await lab.pass(60_000);
    expect(batches).toMatchObject([{ size: 1 }]);
    expect(lab.leadsTo('alice')).toEqual([addressOf(1), '2001:db8::3']);
    expect(alice.all('live').map(({ addresses }) => addresses.ipv6)).toEqual([null, '2001:db8::3']);
  });

  test('leave an update that comes while they are written to the next one', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    const alice = lab.connect('alice', { ipv4: addressOf(1) });
    lab.disk.delayMs = 300;
    alice.register();
    await lab.clock.advance(200);
    alice.renumber('2001:db8::2');
    await lab.clock.advance(450);
    expect([lab.leadsTo('alice'), lab.pendingOf('alice')?.kind]).toEqual([[addressOf(1)], 'to-line']);
    expect(alice.kinds).toEqual(['queued', 'queued']);
    await lab.clock.advance(3_000);
    expect(lab.leadsTo('alice')).toEqual([addressOf(1), '2001:db8::2']);
    expect(alice.all('live').map(({ seq }) => seq)).toEqual([2]);
    expect((await lab.store.load()).pending).toEqual([]);
  });

  test('that fail lose nothing: their updates wait again and newer ones outrank them', async () => {
    const lab = await GatewayLab.start({ lines: ['alice', 'bob'] });
    const commit = lab.store.commitBatch.bind(lab.store);
    let failures = 0;
    lab.store.commitBatch = async () => {
      failures += 1;
      throw new Error('disk full');
    };
    const alice = lab.connect('alice', { ipv4: addressOf(1) });
    const bob = lab.connect('bob', { ipv4: addressOf(2) });
    alice.register();
    bob.register();
    await lab.pass(3_000);
    alice.renumber('2001:db8::1');
    await lab.pass(1_000);
    expect([lab.serial, alice.last('live'), bob.last('live')]).toEqual([1, undefined, undefined]);
    expect(failures).toBeGreaterThan(2);
    expect(failures).toBeLessThan(6);
    expect((await lab.store.load()).pending).toHaveLength(2);
    lab.store.commitBatch = commit;
    await lab.pass(3_000);
    expect([lab.leadsTo('alice'), lab.leadsTo('bob')]).toEqual([
      [addressOf(1), '2001:db8::1'],
      [addressOf(2)],
    ]);
    expect([alice.last('live')?.serial, bob.last('live')?.serial]).toEqual([2, 2]);
    expect(lab.logged('batch failed, its updates wait again')).toBe(failures);
  });

  test('that fail are tried again after a second, however long the interval is', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'], tunables: { everyMs: 60_000 } });
    const commit: Store['commitBatch'] = lab.store.commitBatch.bind(lab.store);
    let tries = 0;
    lab.store.commitBatch = async (batch) => {
      tries += 1;
      if (tries === 1) throw new Error('the disk is full');
      return commit(batch);
    };
    const alice = lab.connect('alice', { ipv4: addressOf(1) });
    alice.register();
    await lab.pass(2_000);
    expect([tries, alice.last('live')?.serial]).toEqual([2, 2]);
  });

  test('come as soon as a shorter interval allows, even when the longer one has begun', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'], tunables: { everyMs: 60_000 } });
    const alice = await lab.live('alice', { ipv4: addressOf(1) });
    alice.renumber('2001:db8::1');
    await lab.pass(5_000);
    lab.tunables.everyMs = 1_000;
    await lab.pass(2_000);
    expect(alice.last('live')?.serial).toBe(3);
  });

  test('go before records of the provider’s own, for which they may make room', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    await lab.live('alice', { ipv4: addressOf(1) });
    const { queue, zone } = lab.registry;
    const names = ['alice.mwebpages.test' as DomainName];
    lab.registry.book.remove('alice' as LineId);
    await queue.put({ line: 'alice' as LineId, askedAt: 1, kind: 'removal', names });
    queue.putOwnRecords({ ...zone.identity, ttlSeconds: 31 });
    await lab.pass(2_000);
    expect(lab.steps.slice(-2).map(({ diff }) => diff === null)).toEqual([false, true]);
    expect([lab.leadsTo('alice'), zone.identity.ttlSeconds]).toEqual([[], 31]);
  });

  test('take no records of the provider’s own that were taken back before they came', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'], tunables: { everyMs: 60_000 } });
    await lab.live('alice', { ipv4: addressOf(1) });
    const { queue, zone } = lab.registry;
    queue.putOwnRecords({ ...zone.identity, ttlSeconds: 31 });
    await lab.pass(1_000);
    queue.putOwnRecords(null);
    await lab.pass(120_000);
    expect(zone.identity.ttlSeconds).toBe(30);
  });

  test('that change nothing keep the serial', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'], tunables: { everyMs: 5_000 } });
    const alice = await lab.live('alice', { ipv4: addressOf(1) });
    alice.renumber('2001:db8::1');
    await lab.pass(1_000);
    alice.addresses = { ...alice.addresses, ipv6: null };
    alice.register();
    const { seq } = alice;
    await lab.pass(5_000);
    expect(alice.last('live')).toMatchObject({ seq, serial: 2 });
    expect(lab.serial).toBe(2);
  });
});

describe('the notice', () => {
  test('waits for proof, while batches go on', async () => {
    const lab = await GatewayLab.start({ lines: ['alice', 'bob'] });
    lab.proof = async () => {
      await lab.clock.sleep(5_000, new AbortController().signal);
      return { ok: false, missing: ['198.51.100.53:53'] };
    };
    const alice = lab.connect('alice', { ipv4: addressOf(1) });
    alice.register();
    await lab.pass(2_000);
    lab.connect('bob', { ipv4: addressOf(2) }).register();
    await lab.pass(2_000);
    expect([lab.leadsTo('bob'), alice.kinds]).toEqual([[addressOf(2)], ['queued']]);
    await lab.pass(1_000);
    expect(alice.last('live')?.proof).toEqual({ ok: false, missing: ['198.51.100.53:53'] });
    await lab.pass(5_000);
  });

  test('is not given to a line that has gone off-line while the proof was awaited', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    lab.proof = async () => {
      await lab.clock.sleep(5_000, new AbortController().signal);
      return { ok: true, missing: [] };
    };
    const alice = lab.connect('alice', { ipv4: addressOf(1) });
    alice.register();
    await lab.pass(1_000);
    alice.farewell();
    await lab.pass(6_000);
    expect(alice.kinds).toEqual(['queued']);
  });

  test('that cannot be given ends nothing', async () => {
    const lab = await GatewayLab.start({ lines: ['alice'] });
    lab.proof = async () => {
      throw new Error('no secondary');
    };
    lab.connect('alice', { ipv4: addressOf(1) }).register();
    await lab.pass(1_000);
    expect([lab.leadsTo('alice'), lab.logged('no secondary')]).toEqual([[addressOf(1)], 1]);
  });
});

test('what is counted while a batch is written stays, and the disk agrees with the zone afterwards', async () => {
  const lab = await GatewayLab.start({ lines: ['alice'] });
  await lab.clock.advance(200);
  lab.disk.delayMs = 600;
  const alice = lab.connect('alice', { ipv4: addressOf(1) });
  alice.register();
  // logged on and taken by the batch at 800 ms; the standings' turn comes at 1,000 ms, while the batch is being written
  await lab.clock.advance(700);
  lab.registry.standings.setMessages(alice.line, 1);
  await lab.clock.advance(5_000);
  expect(lab.standingOf('alice')).toMatchObject({ messages: 1, published: { kind: 'addresses' } });
  expect((await lab.store.load()).standings.get(alice.line)).toEqual(lab.standingOf('alice'));
});

test('the name of a removed line stays when another line has got it before the batch', async () => {
  const lab = await GatewayLab.start({ lines: ['alice'] });
  await lab.live('alice', { ipv4: '198.51.100.7' });
  const domain = lab.registry.book.get('alice' as LineId)?.line.domain;
  await lab.registry.queue.put({
    line: 'zoe' as LineId,
    askedAt: 0,
    kind: 'removal',
    names: domain ? [domain] : [],
  });
  await lab.pass(2_000);
  expect(lab.leadsTo('alice')).toEqual(['198.51.100.7']);
});
