import type { Problems } from './problems.ts';

/** One option of a packet, and where in the file its value begins. */
export interface PacketOption {
  readonly code: number;
  readonly value: Uint8Array;
  readonly at: number;
}

/** How the options of a family are written: bytes for the code and for the length. */
interface OptionShape {
  readonly headBytes: 1 | 2;
  /** Codes of a single byte (RFC 2132 §3.1, 3.2): padding, and the end of the options. */
  readonly pad: number | null;
  readonly end: number | null;
}

export const DHCP: OptionShape = { headBytes: 1, pad: 0, end: 255 };
export const DHCP6: OptionShape = { headBytes: 2, pad: null, end: null };

/** The options from `start` on; what reaches over the end of the packet is told and left out. */
export function optionsOf(
  bytes: Uint8Array,
  {
    start,
    shape,
    problems,
  }: { readonly start: number; readonly shape: OptionShape; readonly problems: Problems },
): PacketOption[] {
  const options: PacketOption[] = [];
  for (let at = 0; at < bytes.length; ) {
    const code = numberAt(bytes, at, shape.headBytes);
    if (code === shape.end) break;
    if (code === shape.pad) {
      at++;
      continue;
    }
    const from = at + 2 * shape.headBytes;
    const until = from + numberAt(bytes, at + shape.headBytes, shape.headBytes);
    if (until > bytes.length) {
      problems.atByte(start + at, `option ${code} reaches over the end of the packet`);
      break;
    }
    options.push({ code, value: bytes.subarray(from, until), at: start + from });
    at = until;
  }
  return options;
}

/** A number in network order; bytes beyond the end count as zero. */
export function numberAt(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}
