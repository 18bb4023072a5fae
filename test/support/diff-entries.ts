import type { DiffEntry } from '../../gateway-server/zone/zone-diff.ts';

/** The key of an entry as wire.ts has it. */
export function keyOfEntry({ diff, keyStart, keyEnd }: DiffEntry): string {
  return Buffer.from(diff.buffer, diff.byteOffset + keyStart, keyEnd - keyStart).toString('latin1');
}
