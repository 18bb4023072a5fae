import { describe, expect, test } from 'vitest';
import { newStanding } from '../../../gateway-server/line/line-book.ts';
import { type Registry, registryOf, takeUpChanges } from '../../../gateway-server/registry.ts';
import type { ZoneIdentity } from '../../../gateway-server/zone/zone-identity.ts';
import type { LineId } from '../../../protocol/line-id.ts';
import { identity } from '../../support/dns-zone.ts';
import { lineOf } from '../../support/gateway-lab.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryLog } from '../../support/memory-log.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { updateTo } from '../../support/stored-lines.ts';

const ALICE = 'alice' as LineId;
const SERIAL = 5;

/** What the next gateway makes of the store before it answers anybody. */
async function started(store: MemoryStore, its: ZoneIdentity = identity(), everyMs = () => 1_000) {
  const [clock, log] = [new ManualClock(), new MemoryLog()];
  const stored = await store.load();
  const registry = registryOf({ identity: its, store, stored, everyMs, timeoutMs: () => 10_000, clock, log });
  await takeUpChanges(registry, { store, stored, clock });
  return registry;
}

/** A store whose last batch led alice to her line. */
async function published(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.putLine(lineOf('alice'), newStanding(1, 0));
  const before = await started(store);
  const update = updateTo(ALICE, '203.0.113.7');
  await store.putUpdates([update]);
  const draft = before.zone.draft();
  if (update.kind === 'to-line')
    draft.add({ name: lineOf('alice').domain ?? before.zone.name, addresses: ['203.0.113.7' as never] });
  const diff = draft.diff();
  const fingerprint = before.zone.fingerprintAfter(diff);
  await store.commitBatch({ from: 4, serial: SERIAL, at: 1, updates: [update], diff, fingerprint });
  return store;
}

/** Whether a secondary that has the serial can be told what has changed since. */
const canTell = ({ history }: Registry, serial: number) => history.since(serial) !== undefined;

describe('the zone after a restart', () => {
  test('keeps its serial and its history when it says what it said', async () => {
    const registry = await started(await published());
    expect(registry.zone.serial).toBe(SERIAL);
    expect(canTell(registry, 4)).toBe(true);
  });

  test('is told whole under a new serial when a line was removed meanwhile', async () => {
    const store = await published();
    const names = [lineOf('alice').domain].filter((name) => name !== null);
    await store.putUpdates([{ line: ALICE, askedAt: 2, kind: 'removal', names }]);
    await store.removeLine(ALICE);
    const registry = await started(store);
    expect(registry.zone.serial).toBe(SERIAL + 1);
    expect(canTell(registry, SERIAL)).toBe(false);
    expect((await started(store)).zone.serial).toBe(SERIAL + 1);
  });

  test('is told whole when a new line has registered before its first batch', async () => {
    const store = await published();
    await store.putLine(lineOf('bob'), newStanding(SERIAL, 2));
    await store.putUpdates([updateTo('bob' as LineId, '203.0.113.8')]);
    const registry = await started(store);
    expect([registry.zone.serial, canTell(registry, SERIAL)]).toEqual([SERIAL + 1, false]);
  });

  test('waits with the names of a new line that has not registered, and needs no new serial for them', async () => {
    const store = await published();
    await store.putLine(lineOf('bob'), newStanding(SERIAL, 2));
    await store.putUpdates([{ line: 'bob' as LineId, askedAt: 2, kind: 'to-gateway', reason: null }]);
    expect((await started(store)).zone.serial).toBe(SERIAL);
  });

  test("is told whole when the provider's own records were changed", async () => {
    const registry = await started(await published(), identity({ ttlSeconds: 31 }));
    expect([registry.zone.serial, canTell(registry, SERIAL)]).toEqual([SERIAL + 1, false]);
  });
});

test('names that wait are told with the whole TTL again once the interval is short', async () => {
  let everyMs = 60_000;
  const registry = await started(await published(), identity(), () => everyMs);
  const marks: [string, boolean][] = [];
  registry.zone.onQueued((name, isQueued) => marks.push([name, isQueued]));
  await registry.queue.put(updateTo(ALICE, '203.0.113.9'));
  everyMs = 1_000;
  registry.queue.takeAll();
  registry.queue.clearTemporary();
  expect(marks).toEqual([
    ['alice.mwebpages.test', true],
    ['alice.mwebpages.test', false],
  ]);
});
