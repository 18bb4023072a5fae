import { array, assert, asyncProperty, boolean, constantFrom, oneof, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Update } from '../../../../gateway-server/zone/update.ts';
import { UpdateQueue } from '../../../../gateway-server/zone/update-queue.ts';
import type { Ipv4 } from '../../../../protocol/address.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryStore } from '../../../support/memory-store.ts';
import { type Disk, slowStore } from '../../../support/slow-store.ts';

const [ALICE, BOB] = ['alice' as LineId, 'bob' as LineId];
const [HOME, AWAY, THIRD] = ['198.51.100.7', '198.51.100.8', '198.51.100.9'] as [Ipv4, Ipv4, Ipv4];

function queueOn(store = new MemoryStore(), everyMs = 1_000) {
  const clock = new ManualClock(0.25);
  const disk: Disk = { delayMs: 0, isGone: false };
  const queue = new UpdateQueue({ clock, store: slowStore(store, disk, clock), everyMs: () => everyMs });
  const pendingOnDisk = async () => (await store.load()).pending;
  const takeAndClear = () => {
    const taken = queue.takeAll();
    queue.clearTemporary();
    return taken;
  };
  return { clock, disk, store, queue, pendingOnDisk, takeAndClear };
}

const updateTo = (line: LineId, ipv4: Ipv4, askedAt = 1): Update => ({
  line,
  askedAt,
  kind: 'to-line',
  addresses: { ipv4, ipv6: null },
  signal: { session: 7, seq: 1 },
});
const offline = (line: LineId): Update => ({ line, askedAt: 1, kind: 'to-gateway', reason: 'silent' });

describe('the queue', () => {
  test('gives a batch the newest update of each line', async () => {
    const { queue } = queueOn();
    await queue.put(updateTo(ALICE, HOME));
    await queue.put(updateTo(BOB, THIRD));
    await queue.put(updateTo(ALICE, AWAY));
    expect(queue.takeAll()).toEqual([updateTo(ALICE, AWAY), updateTo(BOB, THIRD)]);
    expect(queue.takeAll()).toEqual([]);
  });

  test('speaks an address for the line that asked last, from the call on and until the batch is in the zone', async () => {
    const { queue, disk, clock } = queueOn();
    disk.delayMs = 100;
    const put = queue.put(updateTo(ALICE, HOME));
    expect(queue.claimantOf(HOME)).toBe(ALICE);
    await clock.advance(100);
    await put;
    queue.takeAll();
    expect(queue.claimantOf(HOME)).toBe(ALICE);
    queue.clearTemporary();
    expect(queue.claimantOf(HOME)).toBeUndefined();
  });

  test('speaks an address for nobody once a newer update of the line has replaced the one that asked for it', async () => {
    const { queue, takeAndClear } = queueOn();
    await queue.put(updateTo(ALICE, HOME));
    await queue.put(updateTo(ALICE, AWAY));
    expect([queue.claimantOf(HOME), queue.claimantOf(AWAY)]).toEqual([undefined, ALICE]);
    takeAndClear();
    await queue.put(updateTo(BOB, HOME));
    await queue.put(offline(BOB));
    expect(queue.claimantOf(HOME)).toBeUndefined();
  });

  test('keeps what waits, and its claim, when a newer update could not be stored', async () => {
    const { queue, store } = queueOn();
    await queue.put(updateTo(ALICE, HOME));
    store.failWith(new Error('disk full'));
    await expect(queue.put(updateTo(ALICE, HOME), offline(BOB))).rejects.toThrow('disk full');
    expect([queue.claimantOf(HOME), queue.pendingOf(BOB), queue.size]).toEqual([ALICE, undefined, 1]);
  });

  test('takes a failed batch back, but for lines that have asked anew', async () => {
    const { queue } = queueOn();
    await queue.put(updateTo(ALICE, HOME));
    await queue.put(updateTo(BOB, THIRD));
    queue.takeAll();
    await queue.put(updateTo(ALICE, AWAY));
    expect([queue.isInBatch(ALICE), queue.isInBatch(BOB)]).toEqual([true, true]);
    queue.returnTemporary();
    expect(queue.isInBatch(BOB)).toBe(false);
    expect([queue.claimantOf(HOME), queue.claimantOf(AWAY)]).toEqual([undefined, ALICE]);
    expect(queue.takeAll()).toEqual([updateTo(ALICE, AWAY), updateTo(BOB, THIRD)]);
  });

  test('cancels what waits and not what is on its way into the zone', async () => {
    const { queue, pendingOnDisk } = queueOn();
    await queue.put(offline(ALICE));
    await queue.cancel(ALICE);
    await queue.cancel(BOB);
    expect([queue.pendingOf(ALICE), await pendingOnDisk()]).toEqual([undefined, []]);
    await queue.put(offline(ALICE));
    queue.takeAll();
    await queue.cancel(ALICE);
    expect([queue.pendingOf(ALICE), await pendingOnDisk()]).toEqual([offline(ALICE), [offline(ALICE)]]);
  });

  test('does not lose a newer update on disk when the one before it is cancelled meanwhile', async () => {
    const { queue, disk, clock, pendingOnDisk } = queueOn();
    await queue.put(offline(ALICE));
    disk.delayMs = 100;
    const put = queue.put(updateTo(ALICE, HOME));
    const cancelled = queue.cancel(ALICE);
    await clock.advance(500);
    await Promise.all([put, cancelled]);
    expect([queue.pendingOf(ALICE), await pendingOnDisk()]).toEqual([
      updateTo(ALICE, HOME),
      [updateTo(ALICE, HOME)],
    ]);
  });

  test('is due at once after a quiet time, and then only an interval later', async () => {
    const { queue, clock, takeAndClear } = queueOn(new MemoryStore(), 60_000);
    const { signal } = new AbortController();
    const dueAt: number[] = [];
    const wait = () => queue.nextBatchDue(signal).then(() => dueAt.push(clock.elapsed()));
    void wait();
    await clock.advance(5_000);
    expect([dueAt, queue.untilNextBatchMs()]).toEqual([[], 0]);
    await queue.put(updateTo(ALICE, HOME));
    await clock.advance(0);
    takeAndClear();
    await clock.advance(20_000);
    await queue.put(updateTo(ALICE, AWAY));
    void wait();
    expect(queue.untilNextBatchMs()).toBe(40_000);
    await clock.advance(100_000);
    expect(dueAt).toEqual([5_000.25, 65_000.25]);
  });

  test('stops waiting when it is aborted', async () => {
    const { queue } = queueOn();
    const stop = new AbortController();
    const due = queue.nextBatchDue(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(due).rejects.toThrow('stopped');
    await expect(queue.nextBatchDue(stop.signal)).rejects.toThrow('stopped');
  });

  test('takes up what waited when the gateway stopped', async () => {
    const { queue } = queueOn();
    queue.restore([updateTo(ALICE, HOME), offline(BOB)]);
    expect([queue.size, queue.claimantOf(HOME), queue.pendingOf(BOB)]).toEqual([2, ALICE, offline(BOB)]);
  });
});

const lines = ['alice', 'bob', 'carol'] as LineId[];
const addresses = ['198.51.100.1', '198.51.100.2'] as Ipv4[];
const line = constantFrom(...lines);
const step = oneof(
  record({ kind: constantFrom('to-line'), line, to: constantFrom(...addresses), fails: boolean() }),
  record({ kind: constantFrom('to-gateway'), line, fails: boolean() }),
  record({ kind: constantFrom('cancel'), line }),
  record({ kind: constantFrom('take') }),
  record({ kind: constantFrom('end of batch'), fails: boolean() }),
);
interface Step {
  readonly kind: string;
  readonly line?: LineId;
  readonly to?: Ipv4;
  readonly fails?: boolean;
}

/** What the queue should hold, kept in the plainest way beside the queue itself. */
class QueueAndModel {
  readonly #lab = queueOn();
  readonly #waiting = new Map<LineId, Update>();
  #batch = new Map<LineId, Update>();
  #at = 0;

  async take({ kind, line = ALICE, to = HOME, fails = false }: Step): Promise<void> {
    this.#at += 1;
    if (kind === 'to-line') await this.#put(updateTo(line, to, this.#at), fails);
    if (kind === 'to-gateway') await this.#put({ ...offline(line), askedAt: this.#at }, fails);
    if (kind === 'cancel') await this.#cancel(line);
    if (kind === 'take' && this.#batch.size === 0) this.#takeAll();
    if (kind === 'end of batch') await (fails ? this.#batchFails() : this.#batchIsInTheZone());
  }

  async agree(): Promise<void> {
    const { queue, pendingOnDisk } = this.#lab;
    const outstanding = [...this.#batch.values(), ...this.#waiting.values()].sort(
      (a, b) => a.askedAt - b.askedAt,
    );
    const newest = new Map(outstanding.map((update) => [update.line, update]));
    for (const id of lines) expect(queue.pendingOf(id)).toEqual(newest.get(id));
    expect(new Set(await pendingOnDisk())).toEqual(new Set(newest.values()));
    for (const address of addresses) {
      const claim = outstanding.findLast(
        (update) => update.kind === 'to-line' && update.addresses.ipv4 === address,
      );
      expect(queue.claimantOf(address)).toBe(claim?.line);
    }
  }

  async #put(update: Update, fails: boolean): Promise<void> {
    const { queue, store } = this.#lab;
    store.failWith(fails ? new Error('disk full') : null);
    const put = await Promise.allSettled([queue.put(update)]);
    store.failWith(null);
    expect(put).toMatchObject([{ status: fails ? 'rejected' : 'fulfilled' }]);
    if (!fails) this.#waiting.set(update.line, update);
  }

  async #cancel(id: LineId): Promise<void> {
    this.#waiting.delete(id);
    await this.#lab.queue.cancel(id);
  }

  #takeAll(): void {
    this.#batch = new Map(this.#waiting);
    this.#waiting.clear();
    expect(new Set(this.#lab.queue.takeAll())).toEqual(new Set(this.#batch.values()));
  }

  async #batchIsInTheZone(): Promise<void> {
    const updates = [...this.#batch.values()];
    await this.#lab.store.commitBatch({ from: 1, serial: 2, at: 0, updates, diff: null, fingerprint: '' });
    this.#lab.queue.clearTemporary();
    this.#batch = new Map();
  }

  #batchFails(): void {
    this.#lab.queue.returnTemporary();
    for (const [id, update] of this.#batch) if (!this.#waiting.has(id)) this.#waiting.set(id, update);
    this.#batch = new Map();
  }
}

test('whatever is asked in whatever order, the newest update of each line waits in memory and on disk alike, and addresses are spoken for by these alone', async () => {
  await assert(
    asyncProperty(array(step, { maxLength: 40 }), async (steps) => {
      const queue = new QueueAndModel();
      for (const next of steps) {
        await queue.take(next);
        await queue.agree();
      }
    }),
    { numRuns: 60 },
  );
});
