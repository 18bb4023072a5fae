import { type Ipv4, type Ipv6, parseIpv4, parseIpv6 } from '../../../protocol/address.ts';
import { parseRecordName, type RecordName, ROOT, type Target } from './record-name.ts';
import type { Token } from './zone-file-lexer.ts';

/** A field of a record is not what it should be; the message says what would be right. */
export class WrongField extends Error {
  override readonly name = 'WrongField';
}

const U8 = 0xff;
const U16 = 0xffff;
const U32 = 0xffff_ffff;
/** RFC 2181 §8. */
const LONGEST_TTL = 0x7fff_ffff;
const LONGEST_STRING = 255;
/** So that every record fits into a message of a transfer, with what stands before it and the signature. */
export const LONGEST_RDATA = 60_000;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const TIME = /^(\d+|(\d+[smhdw])+)$/i;
const ESCAPE = /\\(\d{3}|.)|[^\\]+/gsu;

/** Reads the fields of an entry one after the other; throws WrongField. */
export class Fields {
  readonly #tokens: readonly Token[];
  readonly #origin: Target;
  #at = 0;

  constructor(tokens: readonly Token[], origin: Target) {
    this.#tokens = tokens;
    this.#origin = origin;
  }

  /** The next word as it stands there; undefined at the end and before a string in quotes. */
  peek(): string | undefined {
    const token = this.#tokens[this.#at];
    return token?.isQuoted === false ? token.raw : undefined;
  }

  skip(): void {
    this.#at += 1;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  word(what: string): string {
    const { raw, isQuoted } = this.#next(what);
    if (isQuoted) throw new WrongField(`"${shown(raw)}" stands in quotes: ${what} is written without them`);
    return raw;
  }

  /** A name that is not the root. */
  name(what: string): RecordName {
    const name = this.target(what);
    if (name === ROOT) throw new WrongField(`the root "." cannot be ${what}: give a name`);
    return name;
  }

  target(what: string): Target {
    return nameOf(this.word(what), this.#origin, what);
  }

  u8(what: string): number {
    return this.#integer(what, U8);
  }

  u16(what: string): number {
    return this.#integer(what, U16);
  }

  u32(what: string): number {
    return this.#integer(what, U32);
  }

  seconds(what: string): number {
    const raw = this.word(what);
    const seconds = secondsOf(raw);
    if (seconds === undefined) throw new WrongField(`"${shown(raw)}" is not ${what}: ${TIME_HINT}`);
    return seconds;
  }

  ipv4(): Ipv4 {
    const raw = this.word('an IPv4 address');
    const address = parseIpv4(raw);
    if (!address) throw new WrongField(`"${shown(raw)}" is no IPv4 address: give one like 192.0.2.1`);
    return address;
  }

  ipv6(): Ipv6 {
    const raw = this.word('an IPv6 address');
    const address = parseIpv6(raw);
    if (!address) throw new WrongField(`"${shown(raw)}" is no IPv6 address: give one like 2001:db8::1`);
    return address;
  }

  /** A character string of any length. */
  text(what: string): Uint8Array {
    return unescaped(this.#next(what).raw);
  }

  /** One character string or more, to the end (RFC 1035 §3.3.14). */
  strings(what: string): Uint8Array[] {
    const strings = [this.#string(what)];
    while (!this.isAtEnd) strings.push(this.#string(what));
    if (strings.reduce((sum, { length }) => sum + 1 + length, 0) > LONGEST_RDATA)
      throw new WrongField(`${what} is longer than the ${LONGEST_RDATA} bytes of a record`);
    return strings;
  }

  /** Hexadecimal digits to the end, blanks between them allowed. */
  hex(what: string): Uint8Array {
    let digits = '';
    while (!this.isAtEnd) digits += this.word(what);
    const isHex = /^([0-9a-f]{2})*$/i.test(digits);
    if (!isHex)
      throw new WrongField(`"${shown(digits)}" is not ${what}: give an even number of hexadecimal digits`);
    return Uint8Array.from(Buffer.from(digits, 'hex'));
  }

  end(what: string): void {
    const more = this.#tokens[this.#at];
    if (more) throw new WrongField(`"${shown(more.raw)}" is too much: ${what} ends before it`);
  }

  #string(what: string): Uint8Array {
    const bytes = this.text(what);
    if (bytes.length <= LONGEST_STRING) return bytes;
    throw new WrongField(
      `a string has ${bytes.length} bytes, ${LONGEST_STRING} are the most: split it into several in quotes`,
    );
  }

  #integer(what: string, most: number): number {
    const raw = this.word(what);
    const value = /^\d{1,10}$/.test(raw) ? Number(raw) : Number.NaN;
    if (value <= most) return value;
    throw new WrongField(`"${shown(raw)}" is not ${what}: give a whole number from 0 to ${most}`);
  }

  #next(what: string): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw new WrongField(`${what} is missing`);
    this.#at += 1;
    return token;
  }
}

const TIME_HINT = `give seconds up to ${LONGEST_TTL}, or a time like 30s, 5m, 1h30m, 1d`;

/** Plain seconds or with units ("1h30m"), no more than a TTL can say; undefined for anything else. */
function secondsOf(raw: string): number | undefined {
  if (!TIME.test(raw)) return undefined;
  let seconds = 0;
  for (const [, count, unit = 's'] of raw.toLowerCase().matchAll(/(\d+)([smhdw]?)/g))
    seconds += Number(count) * (SECONDS[unit || 's'] ?? 1);
  return seconds <= LONGEST_TTL ? seconds : undefined;
}

/** True for what stands where a TTL may stand and begins like one. */
export function looksLikeTime(raw: string): boolean {
  return TIME.test(raw);
}

/** A relative name ends in the origin, "@" is the origin itself (RFC 1035 §5.1). */
function nameOf(raw: string, origin: Target, what: string): Target {
  if (raw === '@') return origin;
  if (raw === ROOT) return ROOT;
  if (raw.includes('\\'))
    throw new WrongField(
      `"${shown(raw)}" cannot be ${what} here: names of this zone are written without "\\"`,
    );
  const name = parseRecordName(absolute(raw, origin));
  if (name) return name;
  throw new WrongField(
    `"${shown(raw)}" is no name that can be ${what}: use letters, digits, "-" and "_", at most 63 between dots and 253 in all`,
  );
}

function absolute(raw: string, origin: Target): string {
  if (raw.endsWith('.')) return raw.slice(0, -1);
  return origin === ROOT ? raw : `${raw}.${origin}`;
}

/** \DDD is a byte, \X is X (RFC 1035 §5.1); letters outside ASCII become UTF-8. */
function unescaped(raw: string): Uint8Array {
  const parts = Array.from(raw.matchAll(ESCAPE), ([plain, escaped]) => {
    if (escaped === undefined) return Buffer.from(plain, 'utf8');
    return /^\d{3}$/.test(escaped) ? byteOf(escaped) : Buffer.from(escaped, 'utf8');
  });
  return Uint8Array.from(Buffer.concat(parts));
}

function byteOf(digits: string): Uint8Array {
  const byte = Number(digits);
  if (byte > U8) throw new WrongField(`"\\${digits}" is no byte: give three digits up to 255`);
  return Uint8Array.of(byte);
}

/** What a mistake repeats of the file: short, and nothing that moves the cursor of a terminal. */
export function shown(raw: string): string {
  const plain = raw.replaceAll(/[^\x20-\x7e]/g, '?');
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain;
}
