import { type Address, bytesOf, isIpv4, parseAddress, parseIpv4 } from '../../protocol/address.ts';

/** The prefix length of "24" or "255.255.255.0"; null for anything else. */
export function prefixOf(mask: string | undefined, longest = 32): number | null {
  if (mask === undefined) return null;
  if (/^\d{1,3}$/.test(mask)) return Number(mask) <= longest ? Number(mask) : null;
  const quad = parseIpv4(mask);
  if (!quad) return null;
  const bits = [...bytesOf(quad)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : null;
}

/** "ADDRESS/LENGTH", with or without the length. */
export function addressAndPrefix(
  text: string | undefined,
): { readonly address: Address; readonly prefix: number | null } | undefined {
  const [first = '', length] = (text ?? '').split('/');
  const address = parseAddress(first);
  if (!address || address === '0.0.0.0' || address === '::') return undefined;
  return { address, prefix: prefixOf(length, isIpv4(address) ? 32 : 128) };
}

/** A delegated prefix: an address of IPv6 with its length. */
export function delegatedPrefix(
  text: string | undefined,
): { readonly address: Address; readonly prefix: number } | undefined {
  const found = addressAndPrefix(text);
  if (!found || found.prefix === null || isIpv4(found.address)) return undefined;
  return { address: found.address, prefix: found.prefix };
}
