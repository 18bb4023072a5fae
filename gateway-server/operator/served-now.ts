import { type Address, addressOfBytes } from '../../protocol/address.ts';
import type { FamilyOfAddresses } from '../zone/address-table.ts';
import { readMessage } from '../zone/query.ts';
import type { RecordName } from '../zone/static/record-name.ts';
import { TYPE } from '../zone/wire.ts';
import type { Zone } from '../zone/zone.ts';
import type { ZoneRecord } from '../zone/zone-record.ts';
import { nameQuestion } from './name-question.ts';

/** What the zone says of a name now. */
export type ServedNow =
  | { readonly kind: 'outside' | 'no-name' }
  /** There is nothing at the name itself, but there are names below it. */
  | { readonly kind: 'between' }
  | { readonly kind: 'line'; readonly addresses: readonly Address[]; readonly ttlSeconds: number }
  | { readonly kind: 'own'; readonly records: readonly ZoneRecord[] }
  | { readonly kind: 'delegated'; readonly cut: RecordName; readonly servers: readonly ZoneRecord[] };

type Asked = Pick<Zone, 'find' | 'head'>;

/** Asks the zone in the way in which a resolver's question does, for both families of addresses. */
export function servedNow(zone: Asked, name: RecordName): ServedNow {
  const ipv4 = answerTo(zone, name, TYPE.A);
  const ipv6 = answerTo(zone, name, TYPE.AAAA);
  const lines = [ipv4, ipv6].filter((answer) => answer.kind === 'line');
  const [line] = lines;
  if (line) return { ...line, addresses: lines.flatMap(({ addresses }) => addresses) };
  if (ipv4.kind === 'outside' || ipv4.kind === 'no-name' || ipv4.kind === 'delegated') return ipv4;
  const records = zone.head().own.filter((record) => record.name === name);
  return records.length > 0 ? { kind: 'own', records } : { kind: 'between' };
}

/** Copied at once, as what the zone has found is valid only until its next change. */
function answerTo(zone: Asked, name: RecordName, type: number): ServedNow {
  const reading = readMessage(nameQuestion(0, name, type));
  const found = reading.kind === 'query' ? zone.find(reading.query) : undefined;
  if (!found || found.kind === 'outside') return { kind: 'outside' };
  if (found.kind === 'no-name') return { kind: 'no-name' };
  if (found.kind === 'line')
    return { kind: 'line', addresses: addressesOf(found.addresses), ttlSeconds: found.ttlSeconds };
  if (found.kind === 'own' && found.look.kind === 'referral')
    return { kind: 'delegated', cut: found.look.cut, servers: found.look.authority };
  return { kind: 'between' };
}

function addressesOf({ bytes, start, count, isIpv4 }: FamilyOfAddresses): Address[] {
  const length = isIpv4 ? 4 : 16;
  const starts = Array.from({ length: count }, (_, n) => start + n * length);
  return starts
    .map((at) => addressOfBytes(bytes.subarray(at, at + length)))
    .filter((address) => address !== undefined);
}
