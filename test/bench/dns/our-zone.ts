import type { RateLimits } from '../../../gateway-server/zone/rate-limit.ts';
import type { NameChange } from '../../../gateway-server/zone/zone-draft.ts';
import { parsePrefix } from '../../../protocol/prefix.ts';
import { address, domain, identity } from '../../support/dns-zone.ts';
import { addressOf, nameOf, TTL_SECONDS, ZONE } from './bench-zone.ts';

/** The zone of the bench as our settings say it. */
export function benchIdentity() {
  return identity({
    name: domain(ZONE),
    nameservers: new Map([[domain(`ns1.${ZONE}`), [address('127.0.0.1')]]]),
    ttlSeconds: TTL_SECONDS,
  });
}

/** Subscribers that come into the zone, made up one after the other. */
export function* arrivals(from: number, count: number): Iterable<NameChange> {
  for (let n = from; n < from + count; n++)
    yield { name: domain(nameOf(n)), addresses: [address(addressOf(n))] };
}

/** As the settings have it by default: limited, but not for this machine itself. */
export function usualRateLimits(): RateLimits {
  const loopback = parsePrefix('127.0.0.0/8');
  return { perSecond: 50, exempt: loopback ? [loopback] : [] };
}
