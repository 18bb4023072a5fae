import { parseDomainName } from '../protocol/domain-name.ts';
import { ownNamesOf, type Settings } from './settings.ts';
import type { ZoneIdentity } from './zone/zone-identity.ts';
import type { ZoneRecord } from './zone/zone-record.ts';

/** What the settings and the zone file say of the zone. */
export function identityOf(
  { zone, dns, answering }: Settings,
  zoneRecords: readonly ZoneRecord[],
): ZoneIdentity {
  const nameservers = [...dns.nameservers].flatMap(([text, addresses]) => {
    const name = parseDomainName(text);
    return name ? [[name, addresses] as const] : [];
  });
  return {
    name: zone.name,
    nameservers: new Map(nameservers),
    nameserversAreDefault: dns.areDefaultNameservers,
    answering: answering.addresses,
    ttlSeconds: dns.ttl,
    ownNames: ownNamesOf(zone.name),
    static: zoneRecords,
  };
}
