import type { Query } from '../query.ts';
import type { Serial } from '../serial.ts';
import { readWireName } from '../tsig/wire-name.ts';
import { CLASS_IN, HEADER_BYTES, TYPE } from '../wire.ts';

/** Type, class, TTL and length of a record, before its data. */
const FIXED_BYTES = 10;
/** The five numbers of a SOA, the serial first (RFC 1035 §3.3.13). */
const NUMBERS_BYTES = 20;

/**
 * The serial of the zone that an IXFR client has: the SOA record that says so is all that stands in the answer and authority
 * sections (RFC 1995 §3). Undefined when there is no such record.
 */
export function clientSerial({ message, questionEnd }: Query): Serial | undefined {
  if (message.readUInt16BE(6) !== 0 || message.readUInt16BE(8) !== 1) return undefined;
  const owner = readWireName(message, questionEnd);
  if (!owner || owner.key !== readWireName(message, HEADER_BYTES)?.key) return undefined;
  const rdataAt = owner.end + FIXED_BYTES;
  if (rdataAt > message.length || !isSoaHead(message, owner.end)) return undefined;
  const numbersAt = endOfTwoNames(message, rdataAt);
  const rdataEnd = rdataAt + message.readUInt16BE(rdataAt - 2);
  return numbersAt + NUMBERS_BYTES === rdataEnd && rdataEnd <= message.length
    ? message.readUInt32BE(numbersAt)
    : undefined;
}

function isSoaHead(message: Buffer, at: number): boolean {
  return message.readUInt16BE(at) === TYPE.SOA && message.readUInt16BE(at + 2) === CLASS_IN;
}

/** -1 when they are no names. */
function endOfTwoNames(message: Buffer, at: number): number {
  const primary = readWireName(message, at);
  return (primary && readWireName(message, primary.end)?.end) ?? -1;
}
