import type { LineId } from '../../../protocol/line-id.ts';
import { nameserversOf, nameserversWithoutAddress, type ZoneIdentity } from '../zone-identity.ts';
import { type Soa, typeNumber, type ZoneRecord } from '../zone-record.ts';
import { cutAbove, type OwnIndex, ownIndexOf } from './own-index.ts';
import { isWithin, keyIn, nameText, type RecordName, ROOT } from './record-name.ts';
import { refusalOf } from './refused-types.ts';

/** The line that has this very name, if there is one. */
export type LineAt = (name: RecordName) => LineId | undefined;

const DS = 43;
const CNAME = 5;

/** Everything that is wrong with the provider's own records, each as a sentence; it is checked together with what the settings say. */
export function staticMistakes(identity: ZoneIdentity, lineAt: LineAt): string[] {
  const inZone = identity.static.filter(({ name }) => isWithin(name, identity.name));
  const zone = { identity, records: inZone, index: ownIndexOf(identity), lineAt };
  const found = [
    ...outside(identity),
    ...soaMistakes(identity),
    ...inZone.flatMap((record) => recordMistakes(record, zone)),
    ...setMistakes(zone),
    ...serverMistakes(zone),
  ];
  return [...new Set(found)];
}

interface CheckedZone {
  readonly identity: ZoneIdentity;
  /** Those of the zone file that lie in the zone. */
  readonly records: readonly ZoneRecord[];
  readonly index: OwnIndex;
  readonly lineAt: LineAt;
}

function outside({ static: records, name: zone }: ZoneIdentity): string[] {
  return records
    .filter(({ name }) => !isWithin(name, zone))
    .map((record) => `${titleOf(record)} lies outside the zone ${zone}: give a name at or below it`);
}

function soaMistakes({ static: records, name: zone }: ZoneIdentity): string[] {
  const soas = records.filter(({ type }) => type === 'SOA');
  const misplaced = soas.filter(({ name }) => name !== zone && isWithin(name, zone));
  return [
    ...misplaced.map((soa) => `${titleOf(soa)} is not at the zone's own name: move it to ${zone}.`),
    ...(soas.length > 1 ? [`there are ${soas.length} SOA records: a zone has one`] : []),
    ...soas.flatMap((record) => (record.type === 'SOA' ? timeMistakes(record.soa) : [])),
  ];
}

/** RFC 1912 §2.2: a backup that cannot ask must not forget the zone before it has tried again. */
function timeMistakes({ refreshSeconds, retrySeconds, expireSeconds }: Soa): string[] {
  const isSound = refreshSeconds > 0 && retrySeconds > 0 && expireSeconds >= refreshSeconds + retrySeconds;
  if (isSound) return [];
  const times = `refresh ${refreshSeconds}, retry ${retrySeconds}, expiry ${expireSeconds}`;
  return [
    `the times of the SOA (${times}): give at least 1 s each, and an expiry that outlasts refresh and retry`,
  ];
}

function recordMistakes(record: ZoneRecord, zone: CheckedZone): string[] {
  const checks = [typeMistake, apexMistake, ownNameMistake, lineMistake, delegationMistake, targetMistake];
  return checks.flatMap((check) => check(record, zone) ?? []);
}

function typeMistake(record: ZoneRecord): string | undefined {
  const refusal = refusalOf(typeNumber(record));
  return refusal && `${titleOf(record)}: ${refusal}`;
}

/** RFC 1034 §3.6.2: SOA and NS are always there. */
function apexMistake(record: ZoneRecord, { identity }: CheckedZone): string | undefined {
  if (record.name !== identity.name) return undefined;
  if (record.type === 'CNAME')
    return `${titleOf(record)}: the zone's own name cannot be an alias: give it addresses`;
  return typeNumber(record) === DS
    ? `${titleOf(record)}: the DS of the zone belongs into the zone above it`
    : undefined;
}

function ownNameMistake(record: ZoneRecord, { identity }: CheckedZone): string | undefined {
  const isOwn = identity.ownNames.some((own) => own === record.name);
  return isOwn ? `${titleOf(record)}: this name is the gateway's own: give the record another` : undefined;
}

function lineMistake(record: ZoneRecord, { identity, lineAt }: CheckedZone): string | undefined {
  const names = namesUpwards(record.name, identity.name);
  const line = names.map(lineAt).find((found) => found !== undefined);
  return line === undefined
    ? undefined
    : `${titleOf(record)} lies at, above or below a name of line ${line}: give the record another name`;
}

/** RFC 1034 §4.2.1: at a delegation stand NS (and DS, RFC 4035 §2.4), below it addresses of its servers alone. */
function delegationMistake(
  record: ZoneRecord,
  { identity, records, index }: CheckedZone,
): string | undefined {
  const key = keyIn(record.name, identity.name) ?? '';
  const cut = cutAbove(index, key);
  if (cut === undefined) return typeNumber(record) === DS ? lonelyDs(record, identity) : undefined;
  const belongsToCut = cut === key && (record.type === 'NS' || typeNumber(record) === DS);
  const isGlue =
    'address' in record && records.some((other) => other.type === 'NS' && other.host === record.name);
  if (belongsToCut || isGlue) return undefined;
  return `${titleOf(record)} lies at or below a delegation and is not the address of one of its servers: it belongs into the zone that is delegated`;
}

function lonelyDs(record: ZoneRecord, { name }: ZoneIdentity): string | undefined {
  return record.name === name
    ? undefined
    : `${titleOf(record)}: a DS stands only beside the NS records of a delegation`;
}

/** RFC 2181 §10.3: the names of servers are no aliases; in this zone they have addresses. */
function targetMistake(record: ZoneRecord, { identity, index }: CheckedZone): string | undefined {
  if (!('host' in record) || record.host === ROOT) return undefined;
  const key = keyIn(record.host, identity.name);
  if (key === undefined) return undefined;
  const at = index.recordsByKey.get(key) ?? [];
  const host = nameText(record.host);
  if (at.some(({ type }) => type === 'CNAME'))
    return `${titleOf(record)} names ${host}, which is an alias: name the server itself`;
  const needsNoAddress = record.type !== 'NS' && cutAbove(index, key) !== undefined;
  if (needsNoAddress || at.some((other) => 'address' in other)) return undefined;
  return `${titleOf(record)} names ${host}, which lies in the zone and has no address: add an A or AAAA record`;
}

/** What is wrong with several records of one name taken together. */
function setMistakes({ records }: CheckedZone): string[] {
  const byName = Map.groupBy(records, ({ name }) => name);
  return [...byName].flatMap(([name, atName]) => [
    ...aliasMistakes(name, atName),
    ...[...Map.groupBy(atName, typeNumber).values()].flatMap(ttlMistakes),
  ]);
}

/** RFC 1034 §3.6.2, RFC 2181 §10.1. */
function aliasMistakes(name: RecordName, records: readonly ZoneRecord[]): string[] {
  const others = records.filter((record) => typeNumber(record) !== CNAME);
  const aliases = records.length - others.length;
  if (aliases === 0) return [];
  const text = nameText(name);
  return [
    ...(aliases > 1 ? [`${text} is an alias of ${aliases} names: it can be one of a single name`] : []),
    ...(others.length > 0 ? [`${text} is an alias and has other records: an alias stands alone`] : []),
  ];
}

/** RFC 2181 §5.2. */
function ttlMistakes(set: readonly ZoneRecord[]): string[] {
  const ttls = [...new Set(set.map(({ ttlSeconds }) => ttlSeconds))];
  const [first] = set;
  return first && ttls.length > 1
    ? [`${titleOf(first)}: its records have the TTLs ${ttls.join(' and ')}: give all of them the same`]
    : [];
}

/** What the settings and the file say of the servers, taken together. */
function serverMistakes({ identity, records }: CheckedZone): string[] {
  const hasFileNs = records.some(({ type, name }) => type === 'NS' && name === identity.name);
  const isServed = hasFileNs || nameserversOf(identity).size > 0;
  return [
    ...(isServed ? [] : [`the zone ${identity.name} has no name server: add an NS record`]),
    ...nameserversWithoutAddress(identity).map(
      (host) => `name server ${nameText(host)} lies in the zone and has no address: add an A or AAAA record`,
    ),
  ];
}

/** The name and those above it, up to the one right below the zone. */
function namesUpwards(name: RecordName, zone: RecordName): RecordName[] {
  if (name === zone || !isWithin(name, zone)) return [];
  // what is left of a name after its first label is a name
  return [name, ...namesUpwards(name.slice(name.indexOf('.') + 1) as RecordName, zone)];
}

function titleOf(record: ZoneRecord): string {
  return `${nameText(record.name)} ${record.type}`;
}
