import { type AddressBytes, entriesOf, isThere, sizeOf, type ZoneDiff } from './zone-diff.ts';

const FNV_PRIME = 0x01000193;
const FNV_BASIS = 0x811c9dc5;

/**
 * What a diff adds to the fingerprint of all lines' names: the sum of their hashes, in 32 bits and in any order. Whoever
 * builds the names anew and comes to another sum has other names, but for one case in four thousand million.
 */
export function fingerprintChange(diff: ZoneDiff): number {
  let change = 0;
  for (const { keyStart, keyEnd, before, after } of entriesOf(diff)) {
    const key = hashOver(FNV_BASIS, diff, keyStart, keyEnd);
    change = (change + hashOf(key, after) - hashOf(key, before)) | 0;
  }
  return change;
}

/** A name that is not there adds nothing. */
function hashOf(key: number, addresses: AddressBytes): number {
  if (!isThere(addresses)) return 0;
  const { bytes, start, ipv4Count } = addresses;
  const hash = hashOver(key ^ ipv4Count, bytes, start, start + sizeOf(addresses));
  // sums of neighbouring hashes must not meet: addresses of a network differ in their last bits only
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ (hash >>> 12);
}

function hashOver(basis: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = basis;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME);
  return hash;
}
