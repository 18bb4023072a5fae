import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { every } from '../../runtime/loop.ts';
import type { FileSeen } from '../lease-news.ts';
import { FolderWatch } from './folder-watch.ts';
import { oneAtATime } from './one-at-a-time.ts';

const MOST_BYTES = 4 * 1024 * 1024;
/** What the kernel's notices may miss is seen this much later. */
const SAFETY_MS = 2_000;

export interface LeaseFileParts {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly seen: (seen: FileSeen) => void;
}

/** Reads the lease file by its name whenever something happens to it, and tells when it says something else than before. */
export async function watchLeaseFile(
  { path, clock, log, seen }: LeaseFileParts,
  signal: AbortSignal,
): Promise<void> {
  let last: FileSeen | null = null;
  const tell = async () => {
    const reading = await readLeaseFile(path);
    if ((last !== null && saysTheSame(last, reading)) || signal.aborted) return;
    last = reading;
    seen(reading);
  };
  const read = oneAtATime(tell, (error) => log.warn('lease file', { why: String(error) }));
  const folder = new FolderWatch(path, read);
  await every({ periodMs: SAFETY_MS, clock, log }, signal, async () => {
    await folder.renew();
    read();
  });
  folder.close();
}

/** Never throws: what cannot be read is told as such. A pipe or a device is no lease file. */
export async function readLeaseFile(path: string, mostBytes = MOST_BYTES): Promise<FileSeen> {
  try {
    const file = await open(path, 'r');
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return { kind: 'broken', why: `${path} is not a file` };
      if (facts.size > mostBytes) return { kind: 'broken', why: `${path} is larger than ${mostBytes} bytes` };
      const modifiedAt = Math.floor(facts.mtimeMs / 1000);
      const bytes = await file.readFile();
      return { kind: 'found', file: { name: basename(path), bytes, modifiedAt, older: [] } };
    } finally {
      await file.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { kind: isMissing ? 'missing' : 'broken', why };
  }
}

function saysTheSame(before: FileSeen, now: FileSeen): boolean {
  if (before.kind !== 'found' || now.kind !== 'found') {
    return before.kind !== 'found' && now.kind !== 'found' && before.why === now.why;
  }
  const [old, fresh] = [before.file, now.file];
  // a renewal may change nothing but the time of the file
  if (old.modifiedAt !== fresh.modifiedAt || old.bytes.length !== fresh.bytes.length) return false;
  return fresh.bytes.every((byte, index) => byte === old.bytes[index]);
}
