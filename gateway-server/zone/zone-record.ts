import { type Address, type Ipv4, type Ipv6, isIpv4 } from '../../protocol/address.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import { TYPE } from './wire.ts';
import type { Soa } from './zone-identity.ts';

/** One resource record of the zone. */
export type ZoneRecord = {
  readonly name: DomainName;
  readonly ttlSeconds: number;
} & (
  | { readonly type: 'SOA'; readonly soa: Soa }
  | { readonly type: 'NS'; readonly host: DomainName }
  | { readonly type: 'A'; readonly address: Ipv4 }
  | { readonly type: 'AAAA'; readonly address: Ipv6 }
);

/** The number of a record's type. */
export function typeNumber({ type }: ZoneRecord): number {
  return TYPE[type];
}

export function addressRecord(name: DomainName, ttlSeconds: number, address: Address): ZoneRecord {
  return isIpv4(address)
    ? { name, ttlSeconds, type: 'A', address }
    : { name, ttlSeconds, type: 'AAAA', address };
}

/** The record's data as a zone file shows it (RFC 1035 §5.1), names absolute. */
export function recordText(record: ZoneRecord): string {
  switch (record.type) {
    case 'NS':
      return `${record.host}.`;
    case 'SOA':
      return soaText(record.soa);
    case 'A':
    case 'AAAA':
      return record.address;
  }
}

function soaText(soa: Soa): string {
  const times = [soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, soa.minimumSeconds];
  return `${soa.primary}. ${soa.admin}. ${[soa.serial, ...times].join(' ')}`;
}
