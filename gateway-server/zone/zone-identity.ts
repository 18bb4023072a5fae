import type { Address } from '../../protocol/address.ts';
import { type DomainName, isBelow, nameBelow, parentOf } from '../../protocol/domain-name.ts';
import type { Serial } from './serial.ts';

/** What the provider says of the zone in the settings. */
export interface ZoneIdentity {
  readonly name: DomainName;
  /** The first is the primary. Addresses are needed only for those inside the zone. */
  readonly nameservers: ReadonlyMap<DomainName, readonly Address[]>;
  /** Where the gateway answers in place of off-line lines. */
  readonly answering: readonly Address[];
  readonly ttlSeconds: number;
  /** Names that always lead to the gateway: portal, console, leave. */
  readonly ownNames: readonly DomainName[];
}

/** RFC 1035 §3.3.13. */
export interface Soa {
  readonly primary: DomainName;
  readonly admin: DomainName;
  readonly serial: Serial;
  readonly refreshSeconds: number;
  readonly retrySeconds: number;
  readonly expireSeconds: number;
  /** How long a resolver believes that a name is not there (RFC 2308 §4). */
  readonly minimumSeconds: number;
}

/** The zone cannot be what the settings say, or a name has no place in it. */
export class ZoneError extends Error {
  override readonly name = 'ZoneError';
}

const LONGEST_NEGATIVE_SECONDS = 30;
const WEEK_SECONDS = 604_800;

/** A lost NOTIFY delays a backup by no more than `refreshSeconds`. */
export function soaOf(identity: ZoneIdentity, serial: Serial): Soa {
  const [primary] = identity.nameservers.keys();
  const admin = nameBelow('hostmaster', identity.name);
  if (!primary) throw new ZoneError(`${identity.name} has no name server`);
  if (!admin) throw new ZoneError(`${identity.name} is too long: hostmaster.${identity.name} is no name`);
  return {
    primary,
    admin,
    serial,
    refreshSeconds: 60,
    retrySeconds: 15,
    expireSeconds: WEEK_SECONDS,
    minimumSeconds: Math.min(identity.ttlSeconds, LONGEST_NEGATIVE_SECONDS),
  };
}

/** Name servers inside the zone whose addresses nobody could learn from anywhere else. */
export function nameserversWithoutAddress({ name, nameservers }: ZoneIdentity): DomainName[] {
  return [...nameservers]
    .filter(([host, addresses]) => addresses.length === 0 && (host === name || isBelow(host, name)))
    .map(([host]) => host);
}

/** The names strictly between `name` and `zone`. */
export function namesBetween(name: DomainName, zone: DomainName): DomainName[] {
  const above = parentOf(name);
  return above && isBelow(above, zone) ? [above, ...namesBetween(above, zone)] : [];
}
