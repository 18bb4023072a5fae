import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ContentFolder } from '../../../../../gateway-server/subscriber/io/content-folder.ts';
import { brokenAfter, bytes, gathered } from '../../../../support/keeping-lab.ts';
import { MemoryLog } from '../../../../support/memory-log.ts';
import { ALICE, BOB } from '../../../../support/stored-lines.ts';

const NEVER = new AbortController().signal;

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'porchlight-content-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const log = new MemoryLog();
  return { path, log, files: new ContentFolder(path, log) };
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test('what was stored is read back, whole and by ranges, and only its owner’s user can read it', async () => {
  const { path, files } = folder();
  const stored = await files.put(ALICE, bytes(200_000), 200_000);
  if (stored.kind !== 'stored') throw new Error(stored.kind);
  const { id } = stored.content;
  expect((await gathered(await files.read(ALICE, id, null, NEVER)))?.length).toBe(200_000);
  expect((await gathered(await files.read(ALICE, id, { first: 70_000, last: 140_000 }, NEVER)))?.length).toBe(
    70_001,
  );
  expect(
    (await gathered(await files.read(ALICE, id, { first: 199_999, last: 500_000 }, NEVER)))?.length,
  ).toBe(1);
  const [file = ''] = filesBelow(path);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await files.remove(ALICE, id);
  expect(await files.read(ALICE, id, null, NEVER)).toBeUndefined();
});

test.each(['../../etc/passwd', '..', '', 'a'.repeat(23), `${'a'.repeat(24)}/../x`])(
  'an id that is none, %j, reaches no file',
  async (id) => {
    const { files } = folder();
    expect(await files.read(ALICE, id, null, NEVER)).toBeUndefined();
    await files.remove(ALICE, id);
  },
);

test('nothing is left of what came too long or broke off', async () => {
  const { path, files } = folder();
  expect(await files.put(ALICE, bytes(5_000), 4_999)).toEqual({ kind: 'too-large' });
  expect(await files.put(ALICE, brokenAfter(3_000), 4_999)).toEqual({ kind: 'broken-off' });
  expect(filesBelow(path)).toEqual([]);
});

test('a sweep takes away what nobody refers to, unfinished files too, and nothing else', async () => {
  const { path, files } = folder();
  const [mine, stray] = [await files.put(ALICE, bytes(10), 10), await files.put(BOB, bytes(10), 10)];
  if (mine.kind !== 'stored' || stray.kind !== 'stored') throw new Error('not stored');
  const [file = ''] = filesBelow(path);
  writeFileSync(join(file, '..', 'x.part'), 'half');
  await files.sweep((line, id) => line === ALICE && id === mine.content.id);
  expect(filesBelow(path)).toHaveLength(1);
  expect(await files.read(ALICE, mine.content.id, null, NEVER)).toBeDefined();
});

test('a full disk refuses new content, keeps nothing of it, and loses nothing that was stored', async () => {
  const { path, files, log } = folder();
  const kept = await files.put(ALICE, bytes(100_000), 100_000);
  if (!isMounted(path, '1m')) return expect(log.events).toEqual([]);
  const full = new ContentFolder(path, log);
  const small = await full.put(ALICE, bytes(100_000), 10_000_000);
  expect(await full.put(ALICE, bytes(5_000_000), 10_000_000)).toEqual({ kind: 'no-room' });
  if (small.kind !== 'stored' || kept.kind !== 'stored') throw new Error('not stored');
  expect((await gathered(await full.read(ALICE, small.content.id, null, NEVER)))?.length).toBe(100_000);
  expect(filesBelow(path)).toHaveLength(1);
});

/** A small disk of its own over the folder, where this machine allows it. */
function isMounted(path: string, size: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' });
    onTestFinished(() => void execFileSync('umount', [path]));
    return true;
  } catch {
    return false;
  }
}
