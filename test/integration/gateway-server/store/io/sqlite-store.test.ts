import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { execPath } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MIGRATIONS } from '../../../../../gateway-server/store/io/schema.ts';
import { sqliteMessages } from '../../../../../gateway-server/store/io/sqlite-messages.ts';
import { openGatewayDatabase, openSqliteStore } from '../../../../../gateway-server/store/io/sqlite-store.ts';
import { StoreUnavailable } from '../../../../../gateway-server/store/store.ts';
import type { LineId } from '../../../../../protocol/line-id.ts';
import { storeContract } from '../../../../support/store-contract.ts';
import { ALICE, ANSWERED, batchAt, lineNamed, updateTo } from '../../../../support/stored-lines.ts';

const { PORCHLIGHT_TEST_LONG } = process.env;
const WRITER = fileURLToPath(new URL('../../../../support/store-writer.ts', import.meta.url));

function storePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'data', 'gateway.sqlite');
}

function opened(path: string) {
  const store = openSqliteStore(path);
  onTestFinished(() => store.close());
  return store;
}

storeContract(async () => {
  const path = storePath();
  const store = opened(path);
  const reopen = async () => {
    await store.close();
    return opened(path);
  };
  return { store, reopen, stop: () => store.close() };
});

describe('the file', () => {
  test('belongs to its owner alone, and so does the folder that is made for it', async () => {
    const path = storePath();
    const store = opened(path);
    await store.putLine(lineNamed(ALICE), ANSWERED);
    const modes = [path, `${path}-wal`, join(path, '..')].map((file) => statSync(file).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o700]);
  });

  test('of the version before is brought up to date, and numbers of messages go on', async () => {
    const path = storePath();
    mkdirSync(join(path, '..'));
    changed(
      path,
      `${MIGRATIONS.slice(0, 3).join('')} PRAGMA application_id = 0x506f7263; PRAGMA user_version = 3;
      INSERT INTO line VALUES ('alice', '${'ab'.repeat(32)}', NULL, '[]', 0, '', 1, 1);
      INSERT INTO message (number, line, at, name, contact, words) VALUES (41, 'alice', 1, '', '', 'old')`,
    );
    const gateway = openGatewayDatabase(path);
    onTestFinished(() => gateway.store.close());
    const message = { line: ALICE, at: 2, name: '', contact: '', text: 'new', recording: null };
    expect(await sqliteMessages(gateway).keep(message)).toBe(42);
  });

  test('is written ahead into a journal, so that who reads it holds up nobody', async () => {
    const path = storePath();
    const store = opened(path);
    await store.putLine(lineNamed(ALICE), ANSWERED);
    expect(readFileSync(`${path}-wal`).length).toBeGreaterThan(0);
    const other = new DatabaseSync(path);
    expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    other.close();
  });

  test.each([
    [
      'text that is no database',
      (path: string) => writeFileSync(path, 'hello\n'.repeat(500)),
      'no SQLite database',
    ],
    [
      'the database of another program',
      (path: string) => changed(path, 'CREATE TABLE other (x); PRAGMA user_version = 1'),
      'the database of another program',
    ],
    [
      'the unmarked database of another program',
      (path: string) => changed(path, 'CREATE TABLE other (x)'),
      'the database of another program',
    ],
    [
      'a store of a newer version',
      (path: string) => changed(path, 'PRAGMA application_id = 0x506f7263; PRAGMA user_version = 99'),
      'a newer Porchlight has written it (version 99)',
    ],
  ])('refuses %s, saying so, and leaves it as it is', async (_, make, words) => {
    const path = join(storePath(), '..', '..', 'found');
    make(path);
    const before = readFileSync(path);
    expect(() => openSqliteStore(path)).toThrow(words);
    expect(() => openSqliteStore(path)).toThrow(path);
    expect(readFileSync(path)).toEqual(before);
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  test('says what is wrong when it cannot be made', () => {
    const path = join(storePath(), '..', '..');
    writeFileSync(join(path, 'file'), '');
    const inside = join(path, 'file', 'gateway.sqlite');
    expect(() => openSqliteStore(inside)).toThrow(`cannot use the store ${inside}: `);
  });
});

describe('a store that cannot write', () => {
  test('waits for another program’s lock without holding up the event loop', async () => {
    const path = storePath();
    const store = opened(path);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const written = store.putLine(lineNamed(ALICE), ANSWERED);
    await new Promise((resolve) => setTimeout(resolve, 100));
    other.exec('ROLLBACK');
    other.close();
    await written;
    expect((await store.load()).lines).toHaveLength(1);
  });

  test('is unavailable after a while of being locked, still gives what it has, and recovers', async () => {
    const path = storePath();
    const store = opened(path);
    await store.putLine(lineNamed(ALICE), ANSWERED);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const writes = Array.from({ length: 50 }, () => store.putUpdates([updateTo(ALICE, '198.51.100.1')]));
    expect((await store.load()).lines).toHaveLength(1);
    for (const one of await Promise.allSettled(writes)) {
      expect(one).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
    }
    other.exec('ROLLBACK');
    other.close();
    await store.putUpdates([updateTo(ALICE, '198.51.100.1')]);
    expect((await store.load()).pending).toHaveLength(1);
  });

  test('knows after a failed write that the update before it still waits, and lets its batch take it', async () => {
    const path = storePath();
    const store = opened(path);
    await store.putLine(lineNamed(ALICE), ANSWERED);
    const [first, second] = [updateTo(ALICE, '198.51.100.1'), updateTo(ALICE, '198.51.100.2')];
    await store.putUpdates([first]);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.putUpdates([second])).rejects.toThrow(StoreUnavailable);
    await expect(store.dropUpdate(ALICE)).rejects.toThrow(StoreUnavailable);
    await expect(store.commitBatch(batchAt(2, [first]))).rejects.toThrow(StoreUnavailable);
    other.exec('ROLLBACK');
    other.close();
    expect((await store.load()).pending).toEqual([first]);
    await store.commitBatch(batchAt(2, [first]));
    const { pending, standings } = await store.load();
    expect(pending).toEqual([]);
    expect(standings.get(ALICE)?.published.serial).toBe(2);
  });

  test('names the damage when a row is not what the program writes', async () => {
    const path = storePath();
    const store = opened(path);
    await store.putLine(lineNamed(ALICE), ANSWERED);
    changed(path, `UPDATE standing SET reason = 'bored'`);
    await expect(store.load()).rejects.toThrow(
      'its file is damaged: it has "bored" in the place of an off-line reason',
    );
  });
});

test('a writer that is killed loses nothing that was acknowledged and leaves no half of a batch', {
  timeout: 120_000,
}, async () => {
  const path = storePath();
  const lines = Array.from({ length: 200 }, (_, n) => lineNamed(`line-${n}` as LineId));
  const store = openSqliteStore(path);
  await store.putLines(lines.map((line) => [line, ANSWERED]));
  await store.close();
  for (let round = 0; round < (PORCHLIGHT_TEST_LONG ? 50 : 5); round++) {
    const told = await toldBeforeKilled(path, 10 + round * 7);
    const after = openSqliteStore(path);
    const { serial, standings, pending, batchCount } = await after.load();
    await after.close();
    expect(serial).toBeGreaterThanOrEqual(told.batch);
    expect(batchCount).toBe(serial - 1);
    expect([...new Set([...standings.values()].map(({ published }) => published.serial))]).toEqual([serial]);
    const isQueueLost = told.queued > serial && pending.length < lines.length;
    expect(isQueueLost).toBe(false);
    expect(pending.every(({ askedAt }) => askedAt === serial + 1)).toBe(true);
  }
});

/** Lets the writer acknowledge some batches, kills it in the midst of the next, and gives what it acknowledged last. */
async function toldBeforeKilled(path: string, batches: number): Promise<{ batch: number; queued: number }> {
  const writer = spawn(execPath, [WRITER, path]);
  let out = '';
  writer.stdout.on('data', (chunk) => {
    out += chunk;
    if (out.split('batch').length > batches) writer.kill('SIGKILL');
  });
  let err = '';
  writer.stderr.on('data', (chunk) => {
    err += chunk;
  });
  await new Promise((resolve) => writer.on('close', resolve));
  expect(err).toBe('');
  const last = (kind: string) =>
    Number(
      out
        .match(new RegExp(`${kind} \\d+\n`, 'g'))
        ?.at(-1)
        ?.split(' ')[1],
    );
  return { batch: last('batch'), queued: last('queued') };
}

function changed(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}
