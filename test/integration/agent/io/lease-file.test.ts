import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readLeaseFile, watchLeaseFile } from '../../../../agent/io/lease-file.ts';
import type { FileSeen } from '../../../../agent/lease-news.ts';
import { systemClock } from '../../../../runtime/clock.ts';
import { temporaryFolder } from '../../../support/agent-temporary-folder.ts';
import { MemoryLog } from '../../../support/memory-log.ts';

function watching(path: string) {
  const seen: FileSeen[] = [];
  const stop = new AbortController();
  const parts = {
    path,
    clock: systemClock,
    log: new MemoryLog(),
    seen: (what: FileSeen) => void seen.push(what),
  };
  const watch = watchLeaseFile(parts, stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await watch;
  });
  const newest = () => {
    const last = seen.at(-1);
    return last ? told(last) : undefined;
  };
  return { seen, newest };
}

function told(seen: FileSeen): string {
  return seen.kind === 'found' ? new TextDecoder().decode(seen.file.bytes) : seen.kind;
}

test('sees a file that is renamed into place, again and again', async () => {
  const path = join(temporaryFolder(), 'lease');
  const { newest } = watching(path);
  await expect.poll(newest).toBe('missing');
  for (const text of ['one', 'two', 'three']) {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
    await expect.poll(newest).toBe(text);
  }
});

test('sees a file that is appended to, cut, and taken away', async () => {
  const path = join(temporaryFolder(), 'lease');
  writeFileSync(path, 'one');
  const { newest } = watching(path);
  await expect.poll(newest).toBe('one');
  appendFileSync(path, ' two');
  await expect.poll(newest).toBe('one two');
  truncateSync(path, 3);
  await expect.poll(newest).toBe('one');
  rmSync(path);
  await expect.poll(newest).toBe('missing');
});

test('finds the file when its folder comes later, and when the folder is another one', async () => {
  const folder = join(temporaryFolder(), 'run');
  const path = join(folder, 'lease');
  const { newest } = watching(path);
  await expect.poll(newest).toBe('missing');
  mkdirSync(folder);
  writeFileSync(path, 'one');
  await expect.poll(newest, { timeout: 5_000 }).toBe('one');
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  writeFileSync(path, 'two');
  await expect.poll(newest, { timeout: 5_000 }).toBe('two');
});

test('tells nothing new while the file says the same', async () => {
  const path = join(temporaryFolder(), 'lease');
  writeFileSync(path, 'one');
  const { seen, newest } = watching(path);
  await expect.poll(newest).toBe('one');
  const { mtime } = statSync(path);
  writeFileSync(path, 'one');
  utimesSync(path, mtime, mtime);
  writeFileSync(`${path}.other`, 'other');
  writeFileSync(path, 'two');
  await expect.poll(newest).toBe('two');
  expect(seen.map(told).filter((text) => text === 'one')).toHaveLength(1);
});

test('does not read what is no file or far too large', async () => {
  const folder = temporaryFolder();
  const large = join(folder, 'large');
  writeFileSync(large, '');
  truncateSync(large, 100 * 1024 * 1024);
  expect(await readLeaseFile(large)).toMatchObject({
    kind: 'broken',
    why: expect.stringContaining('larger'),
  });
  expect(await readLeaseFile(folder)).toMatchObject({ kind: 'broken' });
  expect(await readLeaseFile('/dev/zero')).toMatchObject({ kind: 'broken', why: '/dev/zero is not a file' });
});

test.skipIf(process.getuid?.() === 0)('tells of a file that it may not read', async () => {
  const path = join(temporaryFolder(), 'lease');
  writeFileSync(path, 'one');
  chmodSync(path, 0);
  expect(await readLeaseFile(path)).toMatchObject({ kind: 'broken', why: expect.stringContaining('EACCES') });
});
