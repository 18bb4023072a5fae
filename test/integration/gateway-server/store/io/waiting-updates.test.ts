import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../../../../gateway-server/store/io/sqlite-store.ts';
import type { Update } from '../../../../../gateway-server/zone/update.ts';
import type { LineId } from '../../../../../protocol/line-id.ts';
import { ALICE, ANSWERED, batchAt, lineNamed, updateTo } from '../../../../support/stored-lines.ts';

const FIRST = updateTo(ALICE, '198.51.100.1');
const SECOND = updateTo(ALICE, '198.51.100.2');
const THIRD = updateTo(ALICE, '198.51.100.3');

test('an update whose batch failed does not wait again once a newer one has taken its place', async () => {
  const { store, path } = await furnished();
  await store.putUpdates([FIRST]);
  const mended = failing(path, 'batch');
  const outcomes = await Promise.allSettled([
    store.commitBatch(batchAt(2, [FIRST])),
    store.putUpdates([SECOND]),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  mended();
  await store.commitBatch(batchAt(2, [SECOND]));
  expect(await waitingAfter(store, path)).toEqual([]);
});

test('an update outlives the one that could not be written in its place, but not the one after that', async () => {
  const { store, path } = await furnished();
  await store.putUpdates([FIRST]);
  const mended = failing(path, 'waiting', `new.content LIKE '%198.51.100.2%'`);
  const outcomes = await Promise.allSettled([store.putUpdates([SECOND]), store.putUpdates([THIRD])]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  mended();
  await store.commitBatch(batchAt(2, [THIRD]));
  expect(await waitingAfter(store, path)).toEqual([]);
});

test('dropping what waits takes the update that is on disk, also when one after it could not be written', async () => {
  const { store, path } = await furnished();
  await store.putUpdates([FIRST]);
  failing(path, 'waiting');
  await Promise.allSettled([store.putUpdates([SECOND]), store.dropUpdate(ALICE)]);
  expect(await waitingAfter(store, path)).toEqual([]);
});

test('of several updates that could not be written none waits, and the one before them does', async () => {
  const { store, path } = await furnished();
  await store.putUpdates([FIRST]);
  const mended = failing(path, 'waiting');
  await Promise.allSettled([store.putUpdates([SECOND]), store.putUpdates([THIRD])]);
  mended();
  await store.commitBatch(batchAt(2, [FIRST]));
  expect(await waitingAfter(store, path)).toEqual([]);
});

test('a store that is opened behind a large batch writes its lines in one go', async () => {
  const { store, path } = await furnished();
  const ids = Array.from({ length: 2_000 }, (_, n) => `line-${n}` as LineId);
  await store.putLines(ids.map((id) => [lineNamed(id), ANSWERED]));
  const updates = ids.map((id) => updateTo(id, '198.51.100.7'));
  await store.putUpdates(updates);
  await store.commitBatch(batchAt(2, updates));
  await store.close();
  const again = openSqliteStore(path);
  onTestFinished(() => again.close());
  // one transaction writes a page once; one for each row would write it for each row
  expect(statSync(`${path}-wal`).size).toBeLessThan(statSync(path).size);
  const { standings, pending } = await again.load();
  expect(pending).toEqual([]);
  expect(ids.every((id) => standings.get(id)?.published.serial === 2)).toBe(true);
});

async function furnished() {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'gateway.sqlite');
  const store = openSqliteStore(path);
  onTestFinished(() => store.close());
  await store.putLine(lineNamed(ALICE), ANSWERED);
  return { store, path };
}

/** From now on nothing can be added to the table; gives what mends it. */
function failing(path: string, table: string, when = 'true'): () => void {
  const database = new DatabaseSync(path);
  onTestFinished(() => database.close());
  database.exec(
    `CREATE TRIGGER failing BEFORE INSERT ON ${table} WHEN ${when} BEGIN SELECT RAISE(ABORT, 'no room'); END`,
  );
  return () => database.exec('DROP TRIGGER failing');
}

/** What a gateway that starts again finds waiting. */
async function waitingAfter(
  store: ReturnType<typeof openSqliteStore>,
  path: string,
): Promise<readonly Update[]> {
  await store.close();
  const next = openSqliteStore(path);
  onTestFinished(() => next.close());
  return (await next.load()).pending;
}
