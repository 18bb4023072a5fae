import { type Address, bytesOf, parseAddress } from './address.ts';

/** A network: the addresses whose first `length` bits equal those of `bytes`. */
export interface Prefix {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Reads "ADDRESS/LENGTH" or a bare address (a network of one). Bits beyond the length must be zero. */
export function parsePrefix(text: string): Prefix | undefined {
  const [addressText = '', lengthText, ...rest] = text.split('/');
  const address = parseAddress(addressText);
  if (!address || rest.length > 0 || (lengthText !== undefined && !/^\d{1,3}$/.test(lengthText)))
    return undefined;
  const bytes = bytesOf(address);
  const length = lengthText === undefined ? bytes.length * 8 : Number(lengthText);
  if (length > bytes.length * 8) return undefined;
  const prefix = { text, bytes, length };
  return sharedBits(bytes, maskedTo(bytes, length)) === bytes.length * 8 ? prefix : undefined;
}

export function contains(prefix: Prefix, address: Address): boolean {
  const bytes = bytesOf(address);
  return bytes.length === prefix.bytes.length && sharedBits(bytes, prefix.bytes) >= prefix.length;
}

function maskedTo(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.map(
    (byte, index) => byte & (0xff << Math.max(0, Math.min(8, 8 - (length - index * 8)))) & 0xff,
  );
}

function sharedBits(a: Uint8Array, b: Uint8Array): number {
  const differing = a.findIndex((byte, index) => byte !== b[index]);
  if (differing < 0) return a.length * 8;
  return differing * 8 + Math.clz32((a[differing] ?? 0) ^ (b[differing] ?? 0)) - 24;
}
