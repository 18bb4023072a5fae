import { type DomainName, isBelow } from '../../protocol/domain-name.ts';

/** Numbers and forms of DNS messages (RFC 1035 §4, RFC 6895), of which this gateway knows only what it needs. */
export const TYPE = {
  A: 1,
  NS: 2,
  SOA: 6,
  AAAA: 28,
  OPT: 41,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
} as const;

export const RCODE = {
  noError: 0,
  formErr: 1,
  servFail: 2,
  nxDomain: 3,
  notImp: 4,
  refused: 5,
  notAuth: 9,
  badVers: 16,
  badCookie: 23,
} as const;

export const OPCODE = { query: 0, notify: 4, update: 5 } as const;

export const CLASS_IN = 1;
export const HEADER_BYTES = 12;
/** RFC 1035 §2.3.4. */
export const LONGEST_NAME = 255;
/** What this gateway sends and takes over UDP: no fragments on any usual path (RFC 9715). */
export const LARGEST_UDP = 1232;
export const LARGEST_TCP = 65_535;

/** The labels with their length bytes, without the root's. It is also the key of a name: no dot inside a label can confuse it. */
export function labelBytes(labels: readonly string[]): string {
  let bytes = '';
  for (const label of labels) bytes += String.fromCharCode(label.length) + label;
  return bytes;
}

/** The labels of a key made by `labelBytes`. */
export function labelsOfBytes(bytes: string): string[] {
  const labels: string[] = [];
  for (let at = 0; at < bytes.length; at += 1 + bytes.charCodeAt(at))
    labels.push(bytes.slice(at + 1, at + 1 + bytes.charCodeAt(at)));
  return labels;
}

/** The key of a name at or below `zone`: its labels without the zone's. Undefined for a name outside. */
export function keyBelow(name: DomainName, zone: DomainName): string | undefined {
  if (name === zone) return '';
  return isBelow(name, zone) ? labelBytes(name.slice(0, -zone.length - 1).split('.')) : undefined;
}
