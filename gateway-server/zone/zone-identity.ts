import type { Address } from '../../protocol/address.ts';
import { type DomainName, nameBelow } from '../../protocol/domain-name.ts';
import type { Serial } from './serial.ts';
import { isWithin, type RecordName } from './static/record-name.ts';
import type { Soa, ZoneRecord } from './zone-record.ts';

/** What the provider says of the zone in the settings. */
export interface ZoneIdentity {
  readonly name: DomainName;
  /** The first is the primary. Addresses are needed only for those inside the zone. */
  readonly nameservers: ReadonlyMap<DomainName, readonly Address[]>;
  /** Nobody chose them: the zone file's name servers take their place. */
  readonly nameserversAreDefault?: boolean;
  /** Where the gateway answers in place of off-line lines. */
  readonly answering: readonly Address[];
  readonly ttlSeconds: number;
  /** Names that always lead to the gateway: portal, console, leave. */
  readonly ownNames: readonly DomainName[];
  /** The provider's own records, from the zone file. */
  readonly static: readonly ZoneRecord[];
}

/** The zone cannot be what the settings say, or a name has no place in it. */
export class ZoneError extends Error {
  override readonly name = 'ZoneError';
}

const LONGEST_NEGATIVE_SECONDS = 30;
const WEEK_SECONDS = 604_800;

/**
 * The zone file's SOA where there is one. Its serial is passed over: the zone counts its own. Names appear here all the
 * time, so that nobody may believe for long that one is missing. A lost NOTIFY delays a backup by no more than `refreshSeconds`.
 */
export function soaOf(identity: ZoneIdentity, serial: Serial): Soa {
  const { name, ttlSeconds } = identity;
  const soa = identity.static.find((record) => record.type === 'SOA' && record.name === name);
  const written = soa?.type === 'SOA' ? soa.soa : usualSoa(identity);
  const minimumSeconds = Math.min(written.minimumSeconds, ttlSeconds, LONGEST_NEGATIVE_SECONDS);
  return { ...written, serial, minimumSeconds };
}

function usualSoa(identity: ZoneIdentity): Omit<Soa, 'serial'> {
  const [primary] = [...nameserversOf(identity).keys(), ...namedAtApex(identity)];
  const admin = nameBelow('hostmaster', identity.name);
  if (!primary) throw new ZoneError(`${identity.name} has no name server`);
  if (!admin) throw new ZoneError(`${identity.name} is too long: hostmaster.${identity.name} is no name`);
  return {
    primary,
    admin,
    refreshSeconds: 60,
    retrySeconds: 15,
    expireSeconds: WEEK_SECONDS,
    minimumSeconds: LONGEST_NEGATIVE_SECONDS,
  };
}

/** The name servers of the settings that count: those that nobody chose give way to those of the zone file. */
export function nameserversOf(identity: ZoneIdentity): ZoneIdentity['nameservers'] {
  const giveWay = identity.nameserversAreDefault === true && namedAtApex(identity).length > 0;
  return giveWay ? new Map() : identity.nameservers;
}

function namedAtApex(identity: ZoneIdentity): RecordName[] {
  return identity.static.flatMap((record) =>
    record.type === 'NS' && record.name === identity.name ? [record.host] : [],
  );
}

/** Name servers inside the zone whose addresses nobody could learn from anywhere else. */
export function nameserversWithoutAddress(identity: ZoneIdentity): RecordName[] {
  const known = new Set(identity.static.flatMap((record) => ('address' in record ? [record.name] : [])));
  const homeless = [...nameserversOf(identity)].flatMap(([host, { length }]) => (length === 0 ? [host] : []));
  return homeless.filter((host) => isWithin(host, identity.name) && !known.has(host));
}
