import type { EpochSeconds, LeaseContent, LeaseFile } from '../../agent/lease/lease.ts';

/** A lease file that nobody has written to a disk. */
export function leaseFile(content: string | Uint8Array, facts: Partial<LeaseFile> = {}): LeaseFile {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return { name: 'lease', bytes, modifiedAt: null, older: [], ...facts };
}

/** The same as a parser is given it. */
export function leaseContent(
  content: string | Uint8Array,
  at: EpochSeconds,
  facts: Partial<LeaseFile> = {},
): LeaseContent {
  const file = leaseFile(content, facts);
  return { ...file, at, text: new TextDecoder().decode(file.bytes) };
}
