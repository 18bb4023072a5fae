import { describe, expect, onTestFinished, test } from 'vitest';
import type { Standing } from '../../gateway-server/line/standing.ts';
import {
  type HistoryEntry,
  type Store,
  type StoredState,
  StoreUnavailable,
} from '../../gateway-server/store/store.ts';
import { JOURNAL_BATCHES } from '../../gateway-server/zone/transfer/journal-entry.ts';
import type { Update } from '../../gateway-server/zone/update.ts';
import { NO_ADDRESSES } from '../../protocol/address.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { ALICE, ANSWERED, BOB, batchAt, lineNamed, standingAt, updateTo } from './stored-lines.ts';

export interface StoreUnderTest {
  readonly store: Store;
  /** The store as the next start of the gateway finds it; the same one when it outlives nothing. */
  reopen(): Promise<Store>;
  stop(): Promise<void>;
}

/** What every Store does, whatever it keeps things in. */
export function storeContract(open: () => Promise<StoreUnderTest>): void {
  const opened = async () => {
    const underTest = await open();
    onTestFinished(() => underTest.stop());
    return underTest;
  };
  /** A store with alice and bob in it. */
  const furnished = async () => {
    const underTest = await opened();
    await underTest.store.putLines([
      [lineNamed(ALICE), ANSWERED],
      [lineNamed(BOB), ANSWERED],
    ]);
    return underTest;
  };
  aboutLines(opened, furnished);
  aboutUpdates(opened, furnished);
  aboutBatches(furnished);
  aboutWhatPeopleLeave(opened, furnished);
}

type Open = () => Promise<StoreUnderTest>;

function aboutLines(opened: Open, furnished: Open): void {
  describe('lines and standings', () => {
    test('a new store is empty and its zone has serial 1', async () => {
      const { store } = await opened();
      expect(await store.serial()).toBe(1);
      expect(await store.load()).toEqual({
        lines: [],
        standings: new Map(),
        pending: [],
        serial: 1,
        announcements: [],
        batchCount: 0,
        lastBatch: null,
        fingerprint: null,
        journal: [],
      });
    });

    test('lines are found again by id, they and their standings with every field', async () => {
      const { store, reopen } = await opened();
      const plain = lineNamed(BOB, {
        domain: null,
        names: [],
        suspended: true,
        words: '',
        tellsSince: false,
      });
      const away = { ...ANSWERED, absence: { since: 9, until: null, reason: 'unproven', hits: 0 } } as const;
      const nowhere = standingAt('198.51.100.7', {
        published: { kind: 'addresses', addresses: NO_ADDRESSES, serial: 4_294_967_295, since: 3 },
      });
      const carol = lineNamed('carol' as LineId);
      await store.putLines([
        [carol, nowhere],
        [plain, away],
      ]);
      await store.putLine(lineNamed(ALICE), standingAt('198.51.100.7'));
      const { lines, standings } = await (await reopen()).load();
      expect(lines).toEqual([lineNamed(ALICE), plain, carol]);
      expect(standings).toEqual(
        new Map([
          [ALICE, standingAt('198.51.100.7')],
          [BOB, away],
          [carol.id, nowhere],
        ]),
      );
    });

    test('a line that is put again takes its new state and keeps its history', async () => {
      const { store, reopen } = await furnished();
      await store.putHistory([entryOf(ALICE, 1)]);
      const changed = lineNamed(ALICE, { suspended: true, words: 'gone', names: [], createdAt: 77 });
      await store.putLine(changed, standingAt('198.51.100.8'));
      const later = await reopen();
      const { lines, standings } = await later.load();
      expect(lines).toContainEqual(changed);
      expect(standings.get(ALICE)).toEqual(standingAt('198.51.100.8'));
      expect(await later.historyOf(ALICE)).toHaveLength(1);
    });

    test('a removed line takes its standing and its history along, and nobody else’s', async () => {
      const { store, reopen } = await furnished();
      await store.putHistory([entryOf(ALICE, 1)]);
      await store.removeLine(ALICE);
      const later = await reopen();
      const { lines, standings } = await later.load();
      expect(lines.map(({ id }) => id)).toEqual([BOB]);
      expect([...standings.keys()]).toEqual([BOB]);
      expect(await later.historyOf(ALICE)).toEqual([]);
    });

    test('a standing of a line that is gone is forgotten without a word', async () => {
      const { store } = await furnished();
      await store.removeLine(ALICE);
      await store.putStandings(
        new Map([
          [ALICE, ANSWERED],
          [BOB, standingAt('198.51.100.9')],
        ]),
      );
      expect((await store.load()).standings).toEqual(new Map([[BOB, standingAt('198.51.100.9')]]));
    });

    test('what the caller changes after the call, or in what it was given, is not in the store', async () => {
      const { store } = await opened();
      const names = [...lineNamed(ALICE).names];
      await store.putLine(lineNamed(ALICE, { names }), ANSWERED);
      names.length = 0;
      (await store.load()).standings.forEach((_, line, standings) => {
        (standings as Map<LineId, Standing>).delete(line);
      });
      const { lines, standings } = await store.load();
      expect(lines[0]?.names).toHaveLength(1);
      expect(standings.size).toBe(1);
    });
  });
}

function aboutUpdates(opened: Open, furnished: Open): void {
  describe('updates and batches', () => {
    const removal: Update = { line: BOB, askedAt: 11, kind: 'removal', names: ['b.test' as DomainName] };

    test('the newest update of each line waits, of every kind', async () => {
      const { store, reopen } = await furnished();
      const toGateway: Update = { line: 'carol' as LineId, askedAt: 3, kind: 'to-gateway', reason: 'silent' };
      const arrival: Update = { line: 'dora' as LineId, askedAt: 4, kind: 'to-gateway', reason: null };
      await store.putUpdates([updateTo(ALICE, '198.51.100.1'), removal, toGateway]);
      await store.putUpdates([updateTo(ALICE, '198.51.100.2'), arrival]);
      const { pending } = await (await reopen()).load();
      expect(byLine(pending)).toEqual([updateTo(ALICE, '198.51.100.2'), removal, toGateway, arrival]);
    });

    test('a dropped update is gone, and dropping what is not there is well', async () => {
      const { store } = await furnished();
      await store.putUpdates([updateTo(ALICE, '198.51.100.1'), removal]);
      await store.dropUpdate(ALICE);
      await store.dropUpdate(ALICE);
      expect((await store.load()).pending).toEqual([removal]);
    });

    test('a batch leaves its serial, what its lines become and no pending update', async () => {
      const { store, reopen } = await furnished();
      const updates = [updateTo(ALICE, '198.51.100.1'), removal];
      await store.putUpdates(updates);
      await store.commitBatch(batchAt(2, updates, { from: 1, at: 99 }));
      await store.commitBatch(batchAt(3, [], { from: 2, at: 100 }));
      expect(await store.serial()).toBe(3);
      const state = await (await reopen()).load();
      expect(state).toMatchObject({
        serial: 3,
        pending: [],
        batchCount: 2,
        lastBatch: { serial: 3, at: 100, size: 0 },
        fingerprint: 'this zone',
      });
      expect(publishedOf(state, ALICE)).toEqual({
        kind: 'addresses',
        addresses: { ipv4: '198.51.100.1', ipv6: null },
        serial: 2,
        since: 99,
      });
      expect(state.standings.get(BOB)).toEqual(ANSWERED);
    });

    test('an update that took the place of the batch’s own one goes on waiting', async () => {
      const { store } = await furnished();
      const first = updateTo(ALICE, '198.51.100.1');
      await store.putUpdates([first]);
      const newer = { ...first, askedAt: first.askedAt + 1 };
      await store.putUpdates([newer]);
      await store.commitBatch(batchAt(2, [first]));
      expect((await store.load()).pending).toEqual([newer]);
    });

    test('an update that is read back after a restart is still the one that its batch takes away', async () => {
      const { store, reopen } = await furnished();
      // keys in an order of their own
      const { signal, addresses, kind, askedAt, line } = updateTo(ALICE, '198.51.100.1') as never;
      await store.putUpdates([{ signal, addresses, kind, askedAt, line }]);
      const later = await reopen();
      const { pending } = await later.load();
      await later.commitBatch(batchAt(2, pending));
      expect((await later.load()).pending).toEqual([]);
    });

    test('calls of one turn take effect in their order and resolve in it', async () => {
      const { store } = await furnished();
      const resolved: string[] = [];
      const [one, two] = [updateTo(ALICE, '198.51.100.1'), updateTo(ALICE, '198.51.100.2')];
      await Promise.all([
        store.putUpdates([one]).then(() => resolved.push('one')),
        store.dropUpdate(ALICE).then(() => resolved.push('dropped')),
        store.putUpdates([two]).then(() => resolved.push('two')),
        store.putHistory([entryOf(ALICE, 1)]).then(() => resolved.push('history')),
      ]);
      expect(resolved).toEqual(['one', 'dropped', 'two', 'history']);
      expect((await store.load()).pending).toEqual([two]);
    });

    test('after it was closed every call fails as unavailable, and closing again is well', async () => {
      const { store } = await opened();
      await store.close();
      await store.close();
      await expect(store.load()).rejects.toThrow(StoreUnavailable);
      await expect(store.putUpdates([removal])).rejects.toThrow(StoreUnavailable);
      await expect(store.historyOf(ALICE)).rejects.toThrow(StoreUnavailable);
    });
  });
}

/** A batch is one record: what it says of lines reaches their own rows later, and must not undo what was written since. */
function aboutBatches(furnished: Open): void {
  describe('batches', () => {
    test('follow each other for one line, the last one wins', async () => {
      const { store, reopen } = await furnished();
      await store.commitBatch(batchAt(2, [updateTo(ALICE, '198.51.100.1')]));
      await store.commitBatch(batchAt(3, [updateTo(ALICE, '198.51.100.2')]));
      expect(publishedOf(await (await reopen()).load(), ALICE)).toMatchObject({
        addresses: { ipv4: '198.51.100.2' },
        serial: 3,
      });
    });

    test('count on when the serial wraps round (RFC 1982)', async () => {
      const { store, reopen } = await furnished();
      await store.putStandings(new Map([[ALICE, published(ANSWERED, 4_294_967_294)]]));
      await store.commitBatch(batchAt(4_294_967_295, [updateTo(ALICE, '198.51.100.1')]));
      await store.commitBatch(batchAt(0, [updateTo(ALICE, '198.51.100.2')]));
      const state = await (await reopen()).load();
      expect(state.serial).toBe(0);
      expect(publishedOf(state, ALICE)).toMatchObject({ addresses: { ipv4: '198.51.100.2' }, serial: 0 });
    });

    test('do not undo what was written of a line after them', async () => {
      const { store, reopen } = await furnished();
      const committed = store.commitBatch(batchAt(8, [updateTo(ALICE, '198.51.100.1')]));
      const newest = standingAt('198.51.100.1', { messages: 9 });
      await Promise.all([committed, store.putStandings(new Map([[ALICE, published(newest, 8)]]))]);
      expect((await (await reopen()).load()).standings.get(ALICE)).toEqual(published(newest, 8));
    });

    test('do not keep what was counted before them from staying', async () => {
      const { store, reopen } = await furnished();
      await store.putStandings(new Map([[ALICE, standingAt('198.51.100.1', { messages: 9 })]]));
      await store.commitBatch(batchAt(8, [updateTo(ALICE, '198.51.100.2')]));
      expect((await (await reopen()).load()).standings.get(ALICE)).toMatchObject({
        messages: 9,
        published: { serial: 8, addresses: { ipv4: '198.51.100.2' } },
      });
    });

    test('say nothing of a line that was removed and made anew behind them', async () => {
      const { store, reopen } = await furnished();
      const anew = published(ANSWERED, 8);
      await Promise.all([
        store.commitBatch(batchAt(8, [updateTo(ALICE, '198.51.100.1')])),
        store.removeLine(ALICE),
        store.putLine(lineNamed(ALICE), anew),
      ]);
      expect((await (await reopen()).load()).standings.get(ALICE)).toEqual(anew);
    });

    test('are remembered step by step, without those that changed nothing in the zone', async () => {
      const { store, reopen } = await furnished();
      const diff = Uint8Array.of(0, 1, 2, 255);
      await store.commitBatch(batchAt(2, [updateTo(ALICE, '198.51.100.1')], { diff }));
      await store.commitBatch(batchAt(2, [], { from: 2 }));
      await store.commitBatch(batchAt(3, []));
      const { journal } = await (await reopen()).load();
      expect(journal.map(({ from, to }) => [from, to])).toEqual([
        [1, 2],
        [2, 3],
      ]);
      expect([...(journal[0]?.diff ?? [])]).toEqual([...diff]);
    });

    test('are forgotten before a step that cannot be told name by name, and before a gap', async () => {
      const { store } = await furnished();
      await store.commitBatch(batchAt(2, []));
      await store.commitBatch(batchAt(3, [], { diff: null, fingerprint: 'another' }));
      await store.commitBatch(batchAt(4, []));
      const state = await store.load();
      expect(state.fingerprint).toBe('this zone');
      expect(state.journal.map(({ to, diff }) => [to, diff === null])).toEqual([
        [3, true],
        [4, false],
      ]);
      await store.commitBatch(batchAt(9, []));
      expect((await store.load()).journal.map(({ to }) => to)).toEqual([9]);
    });

    test('are remembered up to a number', async () => {
      const { store } = await furnished();
      const serials = Array.from({ length: JOURNAL_BATCHES + 20 }, (_, n) => n + 2);
      for (const serial of serials)
        await store.commitBatch(batchAt(serial, [updateTo(ALICE, '198.51.100.1', serial)]));
      const { journal } = await store.load();
      expect(journal).toHaveLength(JOURNAL_BATCHES);
      expect(journal.at(-1)?.to).toBe(serials.at(-1));
    });
  });
}

function publishedOf({ standings }: StoredState, line: LineId) {
  return standings.get(line)?.published;
}

function published(standing: Standing, serial: number): Standing {
  return { ...standing, published: { ...standing.published, serial } };
}

function aboutWhatPeopleLeave(opened: Open, furnished: Open): void {
  describe('announcements and histories', () => {
    test('the announcements are the ones put last, in their order', async () => {
      const { store, reopen } = await opened();
      const [a, b, c] = ['c', 'a', 'b'].map((id) => ({ id, at: 5, text: `news ${id} – ü` }));
      await store.putAnnouncements([a, b, c].flatMap((one) => one ?? []));
      expect((await (await reopen()).load()).announcements).toEqual([a, b, c]);
    });

    test('the last announcement can be withdrawn', async () => {
      const { store } = await opened();
      await store.putAnnouncements([{ id: 'a', at: 5, text: 'x' }]);
      await store.putAnnouncements([]);
      expect((await store.load()).announcements).toEqual([]);
    });

    test('a history is given oldest first and forgets what lies more than 200 entries back', async () => {
      const { store, reopen } = await furnished();
      await store.putHistory([entryOf(BOB, 1)]);
      await store.putHistory(Array.from({ length: 150 }, (_, at) => entryOf(ALICE, at)));
      await store.putHistory(Array.from({ length: 150 }, (_, at) => entryOf(ALICE, 150 + at)));
      const later = await reopen();
      const history = await later.historyOf(ALICE);
      expect(history).toHaveLength(200);
      expect(history.at(0)).toEqual(entryOf(ALICE, 100));
      expect(history.at(-1)).toEqual(entryOf(ALICE, 299));
      expect(await later.historyOf(BOB)).toEqual([entryOf(BOB, 1)]);
    });
  });
}

function entryOf(line: LineId, at: number): HistoryEntry {
  return { line, at, event: 'logged on', detail: `number ${at}` };
}

function byLine(updates: readonly Update[]): Update[] {
  return updates.toSorted((a, b) => (a.line < b.line ? -1 : 1));
}
