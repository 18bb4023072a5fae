import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { type DnsServer, openDnsServer } from '../../gateway-server/zone/io/dns-server.ts';
import { parseZoneFile } from '../../gateway-server/zone/static/master-file.ts';
import { systemClock } from '../../runtime/clock.ts';
import { KEYS } from './dns-tsig.ts';
import { address, change, domain, sampleZone } from './dns-zone.ts';
import { MemoryLog } from './memory-log.ts';

/** A rule in words, what dig is asked, and what it must say; what follows "not " it must not say. */
export type DigRule = readonly [rule: string, question: string, ...expected: readonly string[]];

export const hasDig = spawnSync('dig', ['-v']).error === undefined;

const ZONE_FILE = `
@             MX     10 mx
@             TXT    "v=spf1 -all" "two strings"
@             CAA    0 issue "ca.example"
mx            A      192.0.2.25
_sip._udp     SRV    10 60 5060 sip
sip           A      192.0.2.60
_443._tcp.sip TYPE52 \\# 4 03010100
web           CNAME  sip
far           CNAME  www.example.org.
none          MX     0 .
sub           NS     ns.sub
ns.sub        A      192.0.2.99
`;

/** How many addresses these names have. */
const CROWDS = { twenty: 20, some: 27, many: 60, crowd: 100 };

/** A server on loopback, over IPv4 and IPv6, with lines, a zone file and keys. */
export function openDigServer(): Promise<DnsServer> {
  const { records } = parseZoneFile(ZONE_FILE, domain('mwebpages.test'), 30);
  const zone = sampleZone({ static: records });
  const crowds = Object.entries(CROWDS).map(([name, size]) =>
    change(`${name}.mwebpages.test`, ...crowdOf(size)),
  );
  zone.apply(crowds, 3);
  return openDnsServer({
    listen: ['127.0.0.1', '::1'].map((text) => ({ address: address(text), port: 0 })),
    zone,
    keys: KEYS,
    rateLimit: { perSecond: 0, exempt: [] },
    clock: systemClock,
    log: new MemoryLog(),
  });
}

/** What dig says, with single spaces. */
export async function dig(server: DnsServer, question: string, family: 0 | 1 = 0): Promise<string> {
  const endpoint = server.endpoints[family];
  const where = [`@${endpoint?.address}`, '-p', String(endpoint?.port), '+tries=1', '+time=2', '+nocmd'];
  const { stdout } = await promisify(execFile)('dig', [...where, ...question.split(' ')]);
  return stdout.replaceAll(/[\t ]+/g, ' ');
}

/** Asks the rule's question and compares. */
export async function expectRule(
  server: DnsServer,
  question: string,
  expected: readonly string[],
): Promise<void> {
  const output = await dig(server, question);
  for (const text of expected) {
    if (text.startsWith('not ')) expect(output).not.toContain(text.slice('not '.length));
    else expect(output).toContain(text);
  }
  expect(output).not.toMatch(/malformed|WARNING: .*(bytes|extra)|parse/i);
}

function crowdOf(size: number): readonly string[] {
  return Array.from({ length: size }, (_, host) => `192.0.2.${host}`);
}
