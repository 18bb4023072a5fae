import { open } from 'node:fs/promises';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { every } from '../../runtime/loop.ts';
import type { FileSeen } from '../lease-watch.ts';
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
  let last: string | null = null;
  const tell = async () => {
    const reading = await readLeaseFile(path);
    const content = JSON.stringify(reading);
    if (content === last || signal.aborted) return;
    last = content;
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
export async function readLeaseFile(path: string): Promise<FileSeen> {
  try {
    const file = await open(path, 'r');
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return { kind: 'broken', why: `${path} is not a file` };
      if (facts.size > MOST_BYTES)
        return { kind: 'broken', why: `${path} is larger than ${MOST_BYTES} bytes` };
      return { kind: 'text', text: await file.readFile('utf8') };
    } finally {
      await file.close();
    }
  } catch (error) {
    return { kind: 'broken', why: error instanceof Error ? error.message : String(error) };
  }
}
