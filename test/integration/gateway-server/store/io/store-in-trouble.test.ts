import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../../../../gateway-server/store/io/sqlite-store.ts';
import { type HistoryEntry, StoreUnavailable } from '../../../../../gateway-server/store/store.ts';
import type { Update } from '../../../../../gateway-server/zone/update.ts';
import type { LineId } from '../../../../../protocol/line-id.ts';
import { ALICE, ANSWERED, BOB, lineNamed } from '../../../../support/stored-lines.ts';

const canMount = mounted(mkdtempSync(join(tmpdir(), 'porchlight-store-')));

describe.skipIf(!canMount)('on a disk of 1 MB', () => {
  test('a full disk takes nothing more and loses nothing, and the store goes on once there is room', async () => {
    const disk = smallDisk();
    const store = opened(join(disk, 'data', 'gateway.sqlite'));
    await store.putLine(lineNamed(ALICE), ANSWERED);
    const ballast = join(disk, 'ballast');
    shell(`cat /dev/zero > ${ballast}`);
    const lines = Array.from({ length: 500 }, (_, n) => lineNamed(`line-${n}` as LineId));
    const refused = await store.putLines(lines.map((line) => [line, ANSWERED])).catch((error) => error);
    expect(refused).toBeInstanceOf(StoreUnavailable);
    expect(refused.message).toBe('cannot use the store now: its disk is full');
    expect((await store.load()).lines.map(({ id }) => id)).toEqual([ALICE]);
    rmSync(ballast);
    await store.putLines(lines.map((line) => [line, ANSWERED]));
    expect((await store.load()).lines).toHaveLength(501);
  });

  test('a disk that is read-only is told as that, and what was on it is there when it is not', async () => {
    const disk = smallDisk();
    const path = join(disk, 'data', 'gateway.sqlite');
    const store = openSqliteStore(path);
    await store.putLine(lineNamed(ALICE), ANSWERED);
    await store.close();
    remounted(disk, 'ro');
    expect(() => openSqliteStore(path)).toThrow(
      `cannot use the store ${path}: its file cannot be opened for reading and writing`,
    );
    remounted(disk, 'rw');
    const again = opened(path);
    expect((await again.load()).lines).toHaveLength(1);
  });
});

test('a file with broken pages is told as damaged', async () => {
  const path = join(temporaryFolder(), 'data', 'gateway.sqlite');
  const store = openSqliteStore(path);
  const lines = Array.from({ length: 2_000 }, (_, n) => lineNamed(`line-${n}` as LineId));
  await store.putLines(lines.map((line) => [line, ANSWERED]));
  await store.close();
  const file = openSync(path, 'r+');
  const noise = Buffer.alloc(statSync(path).size - 8_192, 0x5a);
  writeSync(file, noise, 0, noise.length, 8_192);
  closeSync(file);
  const outcome = await (async () => opened(path).load())().catch((error) => error);
  expect(outcome).toBeInstanceOf(Error);
  expect(outcome.message).toMatch(/^cannot use the store .*its file is damaged/);
});

describe('a line that was removed', () => {
  test('leaves the update that takes its names away', async () => {
    const path = join(temporaryFolder(), 'data', 'gateway.sqlite');
    const store = opened(path);
    await store.putLine(lineNamed(ALICE), ANSWERED);
    const removal: Update = { line: ALICE, askedAt: 5, kind: 'removal', names: lineNamed(ALICE).names };
    await Promise.all([store.removeLine(ALICE), store.putUpdates([removal])]);
    await store.close();
    expect(await opened(path).load()).toMatchObject({ lines: [], pending: [removal] });
  });

  test('takes its history along, so that a later line of its name does not inherit it', async () => {
    const store = opened(join(temporaryFolder(), 'data', 'gateway.sqlite'));
    const note = (line: LineId): HistoryEntry => ({ line, at: 1, event: 'logged on', detail: '' });
    await store.putLines([ALICE, BOB].map((id) => [lineNamed(id), ANSWERED]));
    await store.putHistory([note(ALICE), note(BOB)]);
    await store.removeLine(ALICE);
    await store.putHistory([note(ALICE)]);
    await store.putLine(lineNamed(ALICE), ANSWERED);
    expect(await store.historyOf(ALICE)).toEqual([]);
    expect(await store.historyOf(BOB)).toHaveLength(1);
  });
});

function opened(path: string) {
  const store = openSqliteStore(path);
  onTestFinished(() => store.close());
  return store;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A file system of its own, gone with the test. */
function smallDisk(): string {
  const folder = temporaryFolder();
  expect(shell(`mount -t tmpfs -o size=1m none ${folder}`)).toBe(0);
  onTestFinished(() => void shell(`umount -l ${folder}`));
  mkdirSync(join(folder, 'data'));
  return folder;
}

function remounted(folder: string, mode: 'ro' | 'rw'): void {
  expect(shell(`mount -o remount,${mode} ${folder}`)).toBe(0);
}

/** Tells whether this user may mount at all. */
function mounted(folder: string): boolean {
  const isMounted = shell(`mount -t tmpfs none ${folder}`) === 0;
  if (isMounted) shell(`umount ${folder}`);
  rmSync(folder, { recursive: true });
  return isMounted;
}

/** Gives the exit code. */
function shell(command: string): number | null {
  return spawnSync('sh', ['-c', command]).status;
}
