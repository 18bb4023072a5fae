import type { Address } from '../../protocol/address.ts';
import type { ClaimRules } from '../line/claim.ts';
import type { Settings } from '../settings.ts';

/** What lines may claim, and what is the gateway's own. */
export function claimRulesOf(settings: Settings): ClaimRules {
  const { addresses, mqtt, dns, answering } = settings;
  const listening = [
    mqtt.listen,
    mqtt.tls_listen,
    ...dns.listen,
    ...answering.listen,
    ...(answering.tls_listen ?? []),
  ];
  const own: Address[] = [
    ...listening.flatMap((endpoint) => (endpoint ? [endpoint.address] : [])),
    ...answering.addresses,
    ...[...dns.nameservers.values()].flat(),
  ];
  return {
    allowPublic: addresses.allow.includes('public'),
    allow: addresses.allow.filter((allowed) => allowed !== 'public'),
    own: new Set(own),
  };
}
