import { type DomainName, labelsOf } from '../../../protocol/domain-name.ts';
import { labelBytes } from '../wire.ts';

/**
 * A name that owns a record or stands in one: as a host name, but that a label may also begin, end or be filled with
 * underscores and hyphens ("_dmarc", RFC 8552). Every DomainName is one.
 */
export type RecordName = string & { readonly brand: 'domain-name' | 'record-name' };

/** The root: what says "no such service" in MX (RFC 7505) and SRV (RFC 2782). */
export const ROOT = '.';
export type Target = RecordName | typeof ROOT;

const LABEL = /^[a-z0-9_-]{1,63}$/;
const LONGEST = 253;

/** Takes a name without the trailing dot in any mix of case. */
export function parseRecordName(text: string): RecordName | undefined {
  // ASCII only, so that no letter outside it folds into a label
  if (text.length > LONGEST || !/^[\x21-\x7e]+$/.test(text)) return undefined;
  const name = text.toLowerCase();
  return name.split('.').every((label) => LABEL.test(label)) ? (name as RecordName) : undefined;
}

/** Absolute, as in a zone file. */
export function nameText(name: Target): string {
  return name === ROOT ? ROOT : `${name}.`;
}

/** Uncompressed, as in a message. */
export function nameBytes(name: Target): Uint8Array {
  const labels = name === ROOT ? [] : name.split('.');
  return Buffer.from(`${labelBytes(labels)}\0`, 'latin1');
}

/** True for `ancestor` itself and for every name under it. */
export function isWithin(name: RecordName, ancestor: RecordName): boolean {
  return name === ancestor || name.endsWith(`.${ancestor}`);
}

/** The key of a name in the zone, as in wire.ts; undefined for a name outside. */
export function keyIn(name: RecordName, zone: DomainName): string | undefined {
  if (!isWithin(name, zone)) return undefined;
  return labelBytes(name.split('.').slice(0, -labelsOf(zone).length));
}

/** The keys of the names from `key` up to the one below the zone's own, the nearest first. */
export function keysUpwards(key: string): string[] {
  return key === '' ? [] : [key, ...keysUpwards(keyAbove(key))];
}

/** The key of the name above: empty for the zone's own. */
export function keyAbove(key: string): string {
  return key.slice(1 + key.charCodeAt(0));
}
