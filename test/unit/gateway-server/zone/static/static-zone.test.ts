import { expect, test } from 'vitest';
import { parseZoneFile } from '../../../../../gateway-server/zone/static/master-file.ts';
import { staticMistakes } from '../../../../../gateway-server/zone/static/static-zone.ts';
import type { ZoneIdentity } from '../../../../../gateway-server/zone/zone-identity.ts';
import { type LineId, parseLineId } from '../../../../../protocol/line-id.ts';
import { domain, identity } from '../../../../support/dns-zone.ts';

function mistakesOf(file: string, changed: Partial<ZoneIdentity> = {}, lines: readonly string[] = []) {
  const { records, mistakes } = parseZoneFile(file, domain('mwebpages.test'), 300);
  expect(mistakes).toEqual([]);
  const lineAt = (name: string): LineId | undefined =>
    lines.includes(name) ? parseLineId(name.split('.')[0] ?? '') : undefined;
  return staticMistakes(identity({ static: records, ...changed }), lineAt);
}

test('finds nothing wrong with a good zone', () => {
  const file = `@ SOA ns1 hostmaster 1 1h 15m 1w 1d
@ NS ns1
@ MX 10 mail
@ MX 20 mail.other.example.
mail A 192.0.2.25
www CNAME mail
_sip._tcp SRV 0 0 5060 mail
_no._tcp SRV 0 0 0 .
sub NS ns.sub
sub NS elsewhere.example.
sub DS 1 8 2 aabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabbaabb
ns.sub AAAA 2001:db8::1
into MX 10 mx.sub
`;
  expect(mistakesOf(file)).toEqual([]);
});

test.each([
  ['www.example.com. A 192.0.2.1', /www\.example\.com\. A lies outside the zone/],
  ['xmwebpages.test. A 192.0.2.1', /lies outside/],
  ['x SOA ns1 h 1 1 1 1 1', /not at the zone's own name/],
  ['@ SOA ns1 h 1 1 1 1 1\n@ SOA ns1 h 2 1 1 1 1', /2 SOA records: a zone has one/],
  ['@ CNAME www.example.com.', /own name cannot be an alias/],
  ['@ SOA ns1 admin 1 0 0 0 0', /expiry that outlasts/],
  ['@ SOA ns1 admin 1 3600 900 4000 30', /expiry that outlasts/],
  [`@ DS 1 8 2 ${'aa'.repeat(32)}`, /belongs into the zone above/],
  [`x DS 1 8 2 ${'aa'.repeat(32)}`, /only beside the NS records/],
  ['x CNAME y\nx A 192.0.2.1\ny A 192.0.2.1', /x\.mwebpages\.test\. is an alias and has other records/],
  ['x CNAME y.example.\nx CNAME z.example.', /an alias of 2 names/],
  ['x 60 A 192.0.2.1\nx 61 A 192.0.2.2', /the TTLs 60 and 61/],
  ['@ MX 1 m\nm CNAME y.example.', /names m\.mwebpages\.test\., which is an alias/],
  ['@ NS n\nn CNAME y.example.', /which is an alias/],
  ['@ MX 1 gone', /gone\.mwebpages\.test\., which lies in the zone and has no address/],
  ['_a._tcp SRV 0 0 1 gone', /has no address/],
  ['sub NS ns.sub', /ns\.sub\.mwebpages\.test\., which lies in the zone and has no address/],
  ['sub NS ns.example.\nwww.sub A 192.0.2.1', /www\.sub.* lies at or below a delegation/],
  ['sub NS ns.example.\nsub TXT t', /lies at or below a delegation/],
  ['leave A 192.0.2.1', /the gateway's own/],
])('says what is wrong with "%s"', (file, what) => {
  expect(mistakesOf(file).join('\n')).toMatch(what);
});

test.each(['alice', '_dmarc.alice', 'a.b.alice'])('leaves %s to the line that has alice', (name) => {
  const lines = ['alice.mwebpages.test'];
  expect(mistakesOf(`${name} TXT t`, {}, lines)).toEqual([
    `${name}.mwebpages.test. TXT lies at, above or below a name of line alice: give the record another name`,
  ]);
});

test('lists all mistakes at once, each of them once', () => {
  const found = mistakesOf('leave A 192.0.2.1\nx 1 CNAME y\nx 1 TXT a\nx 2 TXT b\n@ MX 1 gone\n');
  expect(found).toHaveLength(4);
});

test('asks for a name server, and for the address of one inside the zone', () => {
  expect(mistakesOf('', { nameservers: new Map() })).toEqual([
    'the zone mwebpages.test has no name server: add an NS record',
  ]);
  expect(mistakesOf('', { nameservers: new Map([[domain('n.mwebpages.test'), []]]) }).join()).toMatch(
    /name server n\.mwebpages\.test\. lies in the zone and has no address/,
  );
});
