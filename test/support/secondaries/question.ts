import { randomInt } from 'node:crypto';
import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import { exchangeUdp } from '../dns-client.ts';
import { type DecodedMessage, decodeDns, dnsQuery } from '../dns-message.ts';

const NUMBERS = { A: 1, NS: 2, SOA: 6, TXT: 16, AAAA: 28 } as const;

export type AskedType = keyof typeof NUMBERS;

/** What a name server says over UDP; undefined when it is silent. */
export async function question(
  server: Endpoint,
  name: string,
  type: AskedType,
  { limitMs = 1_000, flags = 0 } = {},
): Promise<DecodedMessage | undefined> {
  const query = dnsQuery({ name, type: NUMBERS[type], id: randomInt(65_536), flags });
  const reply = await exchangeUdp(server, query, limitMs);
  return reply === 'silence' ? undefined : decodeDns(reply);
}

/** The addresses in a reply; none also when there is no reply. */
export function addressesIn(reply: DecodedMessage | undefined): readonly string[] {
  return (reply?.answers ?? []).filter(({ type }) => type === NUMBERS.A).map(({ rdata }) => rdata);
}

/** Where a server leads a name; nowhere also when the name is not there. */
export async function addressesAt(server: Endpoint, name: string): Promise<readonly string[]> {
  return addressesIn(await question(server, name, 'A'));
}

/** The serial of the zone that a server serves with authority; undefined while it serves none. */
export async function serialAt(server: Endpoint, zone: string): Promise<number | undefined> {
  const reply = await question(server, zone, 'SOA');
  const soa = reply?.answers.find(({ type }) => type === NUMBERS.SOA);
  return soa && reply?.flags.includes('aa') ? Number(soa.rdata.split(' ')[2]) : undefined;
}
