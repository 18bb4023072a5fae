import { LONGEST_NAME } from '../wire.ts';

/** A name as it stood in a message. */
export interface WireName {
  /** All labels in lower case, in the form of `labelBytes`. */
  readonly key: string;
  /** Where the name ends in the message. */
  readonly end: number;
}

const LONGEST_LABEL = 63;
const POINTER = 0xc0;
/** Nobody points from a pointer to a pointer; a chain of them is made to cost time. */
const MOST_POINTERS = 8;

/** Reads a name with its pointers (RFC 1035 §4.1.4), which may only lead back. Undefined when there is none. */
export function readWireName(
  message: Buffer,
  start: number,
  pointersLeft = MOST_POINTERS,
): WireName | undefined {
  let key = '';
  for (let at = start; at < message.length; ) {
    const length = message.readUInt8(at);
    if (length === 0) return { key, end: at + 1 };
    if (length > LONGEST_LABEL)
      return pointersLeft > 0 ? continued(message, at, key, pointersLeft) : undefined;
    key += lowerCaseLabel(message, at, length);
    // the root's byte has to fit as well
    if (key.length >= LONGEST_NAME) return undefined;
    at += 1 + length;
  }
  return undefined;
}

function continued(message: Buffer, at: number, key: string, pointersLeft: number): WireName | undefined {
  const target = pointerAt(message, at);
  if (target < 0 || target >= at) return undefined;
  const rest = readWireName(message, target, pointersLeft - 1);
  if (!rest || key.length + rest.key.length >= LONGEST_NAME) return undefined;
  return { key: key + rest.key, end: at + 2 };
}

/** The name of a key, uncompressed, as the MAC covers it (RFC 8945 §4.3.3). */
export function wireName(key: string): Buffer {
  return Buffer.from(`${key}\0`, 'latin1');
}

function pointerAt(message: Buffer, at: number): number {
  if (message.readUInt8(at) < POINTER || at + 2 > message.length) return -1;
  return message.readUInt16BE(at) & 0x3fff;
}

/** Only the letters of ASCII have a lower case (RFC 4343 §3). */
function lowerCaseLabel(message: Buffer, at: number, length: number): string {
  const label = message.toString('latin1', at + 1, at + 1 + length);
  return String.fromCharCode(length) + label.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
