import { type DomainName, isBelow } from '../../protocol/domain-name.ts';
import type { Serial } from './serial.ts';
import { keyBelow, TYPE } from './wire.ts';
import { namesBetween, soaOf, type ZoneIdentity } from './zone-identity.ts';
import { addressRecord, typeNumber, type ZoneRecord } from './zone-record.ts';

/** Where the servers are changes rarely, and resolvers should not ask for it all the time. */
const SERVERS_TTL_SECONDS = 3600;

/** The few records that come from the settings, by name: SOA, NS, the name servers' and the gateway's own addresses. */
export class OwnRecords {
  readonly #byKey = new Map<string, ZoneRecord[]>();

  constructor(identity: ZoneIdentity, serial: Serial) {
    for (const record of ownRecords(identity, serial)) this.#add(record, identity.name);
  }

  /** Undefined when there is no such name among them; a name between two others has no records and is there all the same. */
  find(key: string): readonly ZoneRecord[] | undefined {
    return this.#byKey.get(key);
  }

  /** The SOA comes first. */
  all(): ZoneRecord[] {
    return [...this.#byKey.values()].flat();
  }

  #add(record: ZoneRecord, zone: DomainName): void {
    for (const name of [record.name, ...namesBetween(record.name, zone)]) {
      const key = keyBelow(name, zone) ?? '';
      const records = this.#byKey.get(key) ?? [];
      this.#byKey.set(key, name === record.name ? withRecord(records, record) : records);
    }
  }
}

/** Records of the type asked for; one set of them for ANY (RFC 8482 §4.1). */
export function recordsOfType(records: readonly ZoneRecord[], type: number): ZoneRecord[] {
  const [first] = records;
  const wanted = type === TYPE.ANY && first ? typeNumber(first) : type;
  return records.filter((record) => typeNumber(record) === wanted);
}

function withRecord(records: readonly ZoneRecord[], added: ZoneRecord): ZoneRecord[] {
  const isThere = records.some((record) => record.type === added.type && sameData(record, added));
  return isThere ? [...records] : [...records, added];
}

function sameData(a: ZoneRecord, b: ZoneRecord): boolean {
  if (a.type === 'NS' && b.type === 'NS') return a.host === b.host;
  return 'address' in a && 'address' in b && a.address === b.address;
}

function ownRecords(identity: ZoneIdentity, serial: Serial): ZoneRecord[] {
  const { name, nameservers, answering, ownNames, ttlSeconds } = identity;
  const servers = [...nameservers];
  return [
    { name, ttlSeconds, type: 'SOA', soa: soaOf(identity, serial) },
    ...servers.map(([host]): ZoneRecord => ({ name, ttlSeconds: SERVERS_TTL_SECONDS, type: 'NS', host })),
    ...servers
      .filter(([host]) => host === name || isBelow(host, name))
      .flatMap(([host, addresses]) =>
        addresses.map((address) => addressRecord(host, SERVERS_TTL_SECONDS, address)),
      ),
    ...ownNames
      .filter((own) => !nameservers.has(own))
      .flatMap((own) => answering.map((address) => addressRecord(own, ttlSeconds, address))),
  ];
}
