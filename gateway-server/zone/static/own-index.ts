import { nameserversOf, type ZoneIdentity } from '../zone-identity.ts';
import { addressRecord, rdataOf, typeNumber, type ZoneRecord } from '../zone-record.ts';
import { isWithin, keyAbove, keyIn, keysUpwards, type RecordName } from './record-name.ts';

/** Where the servers are changes rarely, and resolvers should not ask for it all the time. */
const SERVERS_TTL_SECONDS = 3600;

/** The own records but for the SOA, which alone changes with the serial. */
export interface OwnIndex {
  /** By key. A name that only has names below it has no records and is there all the same (RFC 8020). */
  readonly recordsByKey: ReadonlyMap<string, readonly ZoneRecord[]>;
  /** The keys of names that other servers are asked for (RFC 1034 §4.2.1), in turn with everything below. */
  readonly cuts: ReadonlySet<string>;
  /** Names that the zone file claims for itself, with those above them. */
  readonly claimed: ReadonlySet<string>;
}

/** Settings and zone file in one; what both say is there once. */
export function ownIndexOf(identity: ZoneIdentity): OwnIndex {
  const { name: zone } = identity;
  const recordsByKey = new Map<string, readonly ZoneRecord[]>([['', []]]);
  for (const record of ownRecords(identity)) {
    const key = keyIn(record.name, zone);
    if (key !== undefined) put(recordsByKey, key, record);
  }
  for (const [key, records] of recordsByKey) recordsByKey.set(key, withOneTtlPerSet(records));
  const cuts = [...recordsByKey].filter(([key, records]) => key !== '' && hasServers(records));
  const claimed = identity.static.flatMap(({ name }) => keysUpwards(keyIn(name, zone) ?? ''));
  return { recordsByKey, cuts: new Set(cuts.map(([key]) => key)), claimed: new Set(claimed) };
}

function put(recordsByKey: Map<string, readonly ZoneRecord[]>, key: string, record: ZoneRecord): void {
  for (const above of keysUpwards(key)) if (!recordsByKey.has(above)) recordsByKey.set(above, []);
  recordsByKey.set(key, withRecord(recordsByKey.get(key) ?? [], record));
}

function hasServers(records: readonly ZoneRecord[]): boolean {
  return records.some(({ type }) => type === 'NS');
}

/** The key of the delegation at or above `key` that is nearest to the zone's own name. */
export function cutAbove({ cuts }: OwnIndex, key: string): string | undefined {
  let cut: string | undefined;
  if (cuts.size === 0) return cut;
  for (let at = key; at !== ''; at = keyAbove(at)) if (cuts.has(at)) cut = at;
  return cut;
}

function ownRecords(identity: ZoneIdentity): ZoneRecord[] {
  const { name, answering, ownNames, ttlSeconds } = identity;
  const nameservers = nameserversOf(identity);
  const atServers = (host: RecordName) => ({ name: host, ttlSeconds: SERVERS_TTL_SECONDS });
  return [
    ...[...nameservers.keys()].map((host): ZoneRecord => ({ ...atServers(name), type: 'NS', host })),
    ...[...nameservers]
      .filter(([host]) => isWithin(host, name))
      .flatMap(([host, addresses]) =>
        addresses.map((address) => addressRecord(host, SERVERS_TTL_SECONDS, address)),
      ),
    ...ownNames
      .filter((own) => !nameservers.has(own))
      .flatMap((own) => answering.map((address) => addressRecord(own, ttlSeconds, address))),
    ...identity.static.filter(({ type }) => type !== 'SOA'),
  ];
}

function withRecord(records: readonly ZoneRecord[], added: ZoneRecord): readonly ZoneRecord[] {
  const data = rdataOf(added);
  const isThere = records.some(
    (record) => typeNumber(record) === typeNumber(added) && Buffer.compare(rdataOf(record), data) === 0,
  );
  return isThere ? records : [...records, added];
}

/** RFC 2181 §5.2: the shortest TTL of a set counts for all of it. */
function withOneTtlPerSet(records: readonly ZoneRecord[]): ZoneRecord[] {
  const ttlByType = new Map<number, number>();
  for (const record of records) {
    const least = ttlByType.get(typeNumber(record)) ?? record.ttlSeconds;
    ttlByType.set(typeNumber(record), Math.min(least, record.ttlSeconds));
  }
  return records.map((record) => ({
    ...record,
    ttlSeconds: ttlByType.get(typeNumber(record)) ?? record.ttlSeconds,
  }));
}
