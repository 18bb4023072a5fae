import { bytesOf, parseIpv4 } from '../../protocol/address.ts';

/** The prefix length of "24" or "255.255.255.0"; null for anything else. */
export function prefixOf(mask: string | undefined, longest = 32): number | null {
  if (mask === undefined) return null;
  if (/^\d{1,3}$/.test(mask)) return Number(mask) <= longest ? Number(mask) : null;
  const quad = parseIpv4(mask);
  if (!quad) return null;
  const bits = [...bytesOf(quad)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : null;
}
