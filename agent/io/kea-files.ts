import { join } from 'node:path';
import type { LeaseFile } from '../lease/lease.ts';
import type { FileSeen } from '../lease-news.ts';
import { readLeaseFile } from './lease-file.ts';

/** The lease files of a provider's server are read whole, once, and by a person who waits. */
const MOST_BYTES = 256 * 1024 * 1024;
/** Kea's usual names, for whoever gives the folder. */
const USUAL_NAMES = ['dhcp4.csv', 'kea-leases4.csv', 'dhcp6.csv', 'kea-leases6.csv'];
const KEA = /^address,/;

/** Reads a lease file together with those that Kea's clean-up has left beside it; of a folder, Kea's files in it. */
export async function readWithOlder(path: string): Promise<FileSeen> {
  const seen = await readLeaseFile(path, MOST_BYTES);
  if (seen.kind === 'found') {
    const { file } = seen;
    const start = new TextDecoder().decode(file.bytes.subarray(0, 64));
    const isCurrent = KEA.test(start) && !/\.(1|2|completed)$/.test(file.name);
    return isCurrent ? { kind: 'found', file: { ...file, older: await olderThan(path) } } : seen;
  }
  const inFolder = await Promise.all(USUAL_NAMES.map((name) => readStore(join(path, name))));
  const [newest, ...others] = inFolder.flat().reverse();
  return newest ? { kind: 'found', file: { ...newest, older: others.reverse() } } : seen;
}

async function readStore(path: string): Promise<LeaseFile[]> {
  return [...(await olderThan(path)), ...(await found(path))];
}

/** While the clean-up ends, `.completed` stands for `.2` and `.1` together (Kea's design of its memfile clean-up). */
async function olderThan(path: string): Promise<LeaseFile[]> {
  const completed = await found(`${path}.completed`);
  if (completed.length > 0) return completed;
  return [...(await found(`${path}.2`)), ...(await found(`${path}.1`))];
}

async function found(path: string): Promise<LeaseFile[]> {
  const seen = await readLeaseFile(path, MOST_BYTES);
  return seen.kind === 'found' ? [seen.file] : [];
}
