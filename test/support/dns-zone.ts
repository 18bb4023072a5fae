import { Cookies } from '../../gateway-server/zone/cookie.ts';
import { generalPath } from '../../gateway-server/zone/io/general-path.ts';
import { RateLimit } from '../../gateway-server/zone/rate-limit.ts';
import { ResolverGate } from '../../gateway-server/zone/resolver-gate.ts';
import { type Outcome, Responder } from '../../gateway-server/zone/responder.ts';
import { refusedTransfers, type Transport } from '../../gateway-server/zone/transfers.ts';
import { Zone } from '../../gateway-server/zone/zone.ts';
import type { NameChange } from '../../gateway-server/zone/zone-draft.ts';
import type { ZoneIdentity } from '../../gateway-server/zone/zone-identity.ts';
import { type Address, parseAddress } from '../../protocol/address.ts';
import { type DomainName, parseDomainName } from '../../protocol/domain-name.ts';
import { type Asking, type DecodedMessage, decodeDns, dnsQuery } from './dns-message.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';

export function domain(text: string): DomainName {
  const name = parseDomainName(text);
  if (!name) throw new Error(`${text} is no name`);
  return name;
}

export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`${text} is no address`);
  return parsed;
}

export function identity(changed: Partial<ZoneIdentity> = {}): ZoneIdentity {
  return {
    name: domain('mwebpages.test'),
    nameservers: new Map([
      [domain('ns1.mwebpages.test'), [address('192.0.2.53'), address('2001:db8::53')]],
      [domain('ns.other.example'), []],
    ]),
    answering: [address('192.0.2.80'), address('2001:db8::80')],
    ttlSeconds: 30,
    ownNames: ['portal', 'console', 'leave'].map((label) => domain(`${label}.mwebpages.test`)),
    static: [],
    ...changed,
  };
}

/** `null` removes the name. */
export function change(name: string, ...addresses: readonly string[] | readonly [null]): NameChange {
  const listed = addresses.filter((text) => text !== null).map(address);
  return { name: domain(name), addresses: addresses[0] === null ? null : listed };
}

/** alice has an IPv4 address and a name below hers, bob both families, carol nothing of her own. */
export function sampleZone(changed: Partial<ZoneIdentity> = {}): Zone {
  const zone = new Zone(identity(changed), 1);
  zone.apply(
    [
      change('alice.mwebpages.test', '203.0.113.7'),
      change('www.alice.mwebpages.test', '203.0.113.7'),
      change('bob.mwebpages.test', '203.0.113.8', '2001:db8::8'),
      change('ftp.carol.mwebpages.test', '203.0.113.9'),
    ],
    2,
  );
  return zone;
}

type ResponderParts = ConstructorParameters<typeof Responder>[0];

export const CLIENT = { address: '198.51.100.1', port: 5353 };

/** A responder over a zone; what a test does not name is as harmless as can be. */
export function responderOf(zone: Zone, wish: Partial<ResponderParts> = {}): Responder {
  const clock = wish.clock ?? new ManualClock();
  return new Responder({
    zone,
    encoder: generalPath,
    transfers: refusedTransfers,
    rateLimit: new RateLimit({ perSecond: 0, exempt: [] }, clock),
    cookies: new Cookies(new Uint8Array(16)),
    keys: new Map(),
    gate: new ResolverGate(),
    log: new MemoryLog(),
    ...wish,
    clock,
  });
}

/** The bytes of the reply; the first message of a transfer. */
export function replyIn(outcome: Outcome): Buffer {
  if (outcome.kind === 'dropped') throw new Error(`no reply: ${outcome.reason}`);
  if (outcome.kind !== 'transfer') return outcome.reply;
  const [first] = outcome.messages;
  if (!first) throw new Error('a transfer without messages');
  return first;
}

/** Asks a zone one question and takes the reply apart. */
export function ask(zone: Zone, asking: Asking, transport: Transport = 'udp'): DecodedMessage {
  return decodeDns(replyIn(responderOf(zone).respond(dnsQuery(asking), CLIENT, transport)));
}
