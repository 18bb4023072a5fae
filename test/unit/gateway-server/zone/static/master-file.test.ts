import { array, assert, constantFrom, oneof, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { parseZoneFile } from '../../../../../gateway-server/zone/static/master-file.ts';
import { rdataOf, recordText, type ZoneRecord } from '../../../../../gateway-server/zone/zone-record.ts';
import { domain } from '../../../../support/dns-zone.ts';

const ZONE = domain('mwebpages.test');

const parsed = (text: string) => parseZoneFile(text, ZONE, 300);

/** The records of a file without mistakes, one a line. */
function lines(text: string): string[] {
  const { records, mistakes } = parsed(text);
  expect(mistakes).toEqual([]);
  return records.map((record) => `${record.name} ${record.ttlSeconds} ${record.type} ${recordText(record)}`);
}

const mistakes = (text: string) => parsed(text).mistakes.map(({ line, text: what }) => `${line}: ${what}`);

test('reads a whole file with directives, parentheses, comments, units and inherited owners', () => {
  const text = `; the provider's own records
$TTL 1h30m
@       IN SOA ns1 hostmaster.mwebpages.test. ( 2024010101 ; serial
                1h 15M 1w ; refresh, retry, expire
                30 )
        NS      ns1
        3600 IN NS ns.other.example.
ns1     IN 1d A 192.0.2.53
        AAAA    2001:DB8::53
WWW     60      CNAME   @
$ORIGIN deep.mwebpages.test.
a.b     PTR     www
@       MX      10 mail.other.example.
$ORIGIN .
mwebpages.test  MX 0 .
`;
  expect(lines(text)).toEqual([
    'mwebpages.test 5400 SOA ns1.mwebpages.test. hostmaster.mwebpages.test. 2024010101 3600 900 604800 30',
    'mwebpages.test 5400 NS ns1.mwebpages.test.',
    'mwebpages.test 3600 NS ns.other.example.',
    'ns1.mwebpages.test 86400 A 192.0.2.53',
    'ns1.mwebpages.test 5400 AAAA 2001:db8::53',
    'www.mwebpages.test 60 CNAME mwebpages.test.',
    'a.b.deep.mwebpages.test 5400 PTR www.deep.mwebpages.test.',
    'deep.mwebpages.test 5400 MX 10 mail.other.example.',
    'mwebpages.test 5400 MX 0 .',
  ]);
});

test('repeats the last TTL that was stated while there is no $TTL, the default before the first', () => {
  const text = 'a A 192.0.2.1\nb 60 A 192.0.2.1\nc A 192.0.2.1\n';
  expect(parsed(text).records.map(({ ttlSeconds }) => ttlSeconds)).toEqual([300, 60, 60]);
});

test('takes strings byte for byte: escapes, blanks, semicolons and letters outside ASCII', () => {
  const [record] = parsed(String.raw`t TXT "a;b \"q\" \\" plain\032word \200\000 "ü" ""`).records;
  const strings = record?.type === 'TXT' ? record.strings.map((bytes) => Buffer.from(bytes)) : [];
  expect(strings).toEqual([
    Buffer.from('a;b "q" \\'),
    Buffer.from('plain word'),
    Buffer.from([200, 0]),
    Buffer.from('ü'),
    Buffer.from(''),
  ]);
});

test.each([
  ['_sip._tcp SRV 10 20 5060 sip', 'SRV 10 20 5060 sip.mwebpages.test.', '000a001413c403736970'],
  ['@ SRV 0 0 0 .', 'SRV 0 0 0 .', '00000000000000'],
  ['@ CAA 128 ISSUE "ca.example; x=1"', 'CAA 128 issue "ca.example; x=1"', '80056973737565'],
  ['_443._tcp TLSA 3 1 1 ab CD ef', 'TYPE52 \\# 6 030101abcdef', '030101abcdef'],
  ['x SSHFP 4 2 0011', 'TYPE44 \\# 4 04020011', '04020011'],
  [
    'x DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118',
    'TYPE43 \\# 24 ec4505012bb183af5f22588179a53b0a98631fad1a292118',
    'ec4505012bb183af5f22588179a53b0a98631fad1a292118',
  ],
  ['x TYPE65280 \\# 3 AB CDEF', 'TYPE65280 \\# 3 abcdef', 'abcdef'],
  ['x TYPE731 \\# 0', 'TYPE731 \\# 0', ''],
  ['x HTTPS \\# 3 000000', 'TYPE65 \\# 3 000000', '000000'],
])('reads %s', (text, shown, hex) => {
  const [record] = parsed(text).records;
  expect(mistakes(text)).toEqual([]);
  if (!record) throw new Error('no record');
  expect(`${record.type} ${recordText(record)}`).toBe(shown);
  expect(Buffer.from(rdataOf(record)).toString('hex').startsWith(hex)).toBe(true);
});

test.each([
  ['$INCLUDE other.zone', /\$INCLUDE is not supported: put all/],
  ['$GENERATE 1-9 h$ A 192.0.2.$', /\$GENERATE is not supported: write each/],
  ['$TLL 60', /no directive: \$ORIGIN and \$TTL/],
  ['$TTL soon', /not a TTL: give seconds/],
  ['$TTL 60 70', /"70" is too much/],
  ['x A 192.0.2.256', /no IPv4 address: give one like/],
  ['x A 192.0.2.1 192.0.2.2', /"192.0.2.2" is too much: the A record ends before it/],
  ['x AAAA 192.0.2.1', /no IPv6 address/],
  ['x A', /an IPv4 address is missing/],
  ['x', /the type is missing/],
  ['x 99999999999 A 192.0.2.1', /not a TTL/],
  ['x CH A 192.0.2.1', /class CH has no place/],
  ['x WHAT 1', /no type that is known here: write it as TYPE/],
  ['x TYPE1 \\# 4 00000000', /TYPE1 is A: write it so/],
  ['x A \\# 4 00000000', /write them as A data/],
  ['x TYPE70000 \\# 0', /no type that is known/],
  ['x TYPE731 \\# 4 00', /have 1 bytes, but 4 are said/],
  ['x TYPE731 \\# 1 0', /even number of hexadecimal/],
  ['x HINFO pc linux', /write TYPE13 \\# LENGTH HEX/],
  ['x RRSIG A 5 3', /RRSIG records are refused: a secondary signs the zone: see docs\/dns.md/],
  ['x TYPE46 \\# 0', /RRSIG records are refused/],
  ['x DNAME y', /DNAME records are refused/],
  ['x TYPE255 \\# 0', /ANY records are refused/],
  ['*.x A 192.0.2.1', /wildcards are refused/],
  ['x.y..z A 192.0.2.1', /no name that can be the owner/],
  [`${'x'.repeat(64)} A 192.0.2.1`, /no name that can be/],
  ['john\\.doe A 192.0.2.1', /written without "\\"/],
  ['x CNAME .', /the root "\." cannot be the target/],
  ['x MX mail 10', /"mail" is not a preference: give a whole number from 0 to 65535/],
  ['x TXT', /a text is missing/],
  [`x TXT ${'y'.repeat(256)}`, /a string has 256 bytes, 255 are the most/],
  ['x TXT \\256', /no byte: give three digits/],
  ['x TXT "open', /a string is not closed/],
  ['x TXT end\\', /a backslash ends the line/],
  ['x CAA 0 is-sue "ca"', /no CAA tag/],
  ['x A ( 192.0.2.1', /opened and never closed/],
  ['x A 192.0.2.1 )', /closed that was never opened/],
  ['x A ( ( 192.0.2.1 )', /inside another/],
  ['  A 192.0.2.1', /has no owner/],
])('says of "%s" what is wrong', (text, what) => {
  expect(mistakes(text).join('\n')).toMatch(what);
});

test('lists all mistakes with their lines, in order, and keeps what is right', () => {
  const text = 'good A 192.0.2.1\nbad A 1\n A 2\nx ( TXT\n"open\n)\nlast A 192.0.2.2\ny WHAT';
  const { records, mistakes: found } = parsed(text);
  expect(records.map(({ name }) => name)).toEqual(['good.mwebpages.test', 'last.mwebpages.test']);
  expect([...new Set(found.map(({ line }) => line))]).toEqual([2, 3, 5, 8]);
});

test('does not lend the owner of the record before a wrong one to the records behind it', () => {
  expect(parsed('a A 192.0.2.1\nb..c A 192.0.2.2\n A 192.0.2.3\n').records).toHaveLength(1);
});

test('throws at nothing', async () => {
  const piece = constantFrom(
    ...'@ IN SOA A TXT CAA SRV TYPE9 \\# \\ " ( ) ; $TTL $ORIGIN . x 1h 60 192.0.2.1 * \\300 \u{feff} \u212a'.split(
      ' ',
    ),
    ...['\n', '\r\n', ' ', '\t', '\ud800'],
  );
  const anything = oneof(
    uint8Array({ maxLength: 60 }).map((bytes) => String.fromCharCode(...bytes)),
    array(piece, { maxLength: 40 }).map((all) => all.join('')),
  );
  await assert(
    property(anything, (text) => {
      const { mistakes: found } = parsed(text);
      return found.every(({ line, text: what }) => line > 0 && what.length > 0);
    }),
    { numRuns: 300 },
  );
});

test('reads any text record back from what is printed of it', async () => {
  const strings = array(uint8Array({ maxLength: 255 }), { minLength: 1, maxLength: 4 });
  await assert(
    property(strings, (bytes) => {
      const record: ZoneRecord = { name: ZONE, ttlSeconds: 1, type: 'TXT', strings: bytes };
      const { records } = parsed(`@ 1 TXT ${recordText(record)}`);
      expect(records).toHaveLength(1);
      expect(records.map((one) => Buffer.from(rdataOf(one)))).toEqual([Buffer.from(rdataOf(record))]);
    }),
  );
});

test('says of a quote that is never closed that it is not, however long the line (it was never done with it)', () => {
  const { mistakes: found } = parsed(`a TXT "${'x'.repeat(100_000)}\n`);
  expect(found).toHaveLength(1);
});

test.each([
  ['sub TYPE43 \\# 4 00010d02', /digest/],
  ['sub DS 1 8 2 aabb', /digest/],
  [`x TXT ${`"${'a'.repeat(255)}" `.repeat(240)}`, /bytes/],
])('refuses data that no backup could use: %.30s', (entry, what) => {
  expect(parsed(entry).mistakes.map(({ text }) => text)).toEqual([expect.stringMatching(what)]);
});
