import { expect, test } from 'vitest';
import { parseZoneFile } from '../../../../gateway-server/zone/static/master-file.ts';
import { rdataOf, recordText, typeNumber } from '../../../../gateway-server/zone/zone-record.ts';
import { ask, domain, sampleZone } from '../../../support/dns-zone.ts';

const staticRecords = (text: string) => parseZoneFile(text, domain('mwebpages.test'), 300).records;

test.each([
  [
    '@ SOA a b 1 2 3 4 5',
    6,
    `${'0161'}096d77656270616765730474657374000162096d77656270616765730474657374000000000100000002000000030000000400000005`,
  ],
  ['@ NS x.', 2, '017800'],
  ['@ A 192.0.2.1', 1, 'c0000201'],
  ['@ AAAA 2001:db8::1', 28, '20010db8000000000000000000000001'],
  ['x CNAME y.', 5, '017900'],
  ['x PTR y.', 12, '017900'],
  ['@ MX 258 y.', 15, '0102017900'],
  ['@ MX 0 .', 15, '000000'],
  ['@ TXT ab ""', 16, '02616200'],
  ['@ SRV 1 2 3 _y.', 33, '000100020003025f7900'],
  ['@ CAA 128 issue ";"', 257, '800569737375653b'],
  ['@ TYPE65280 \\# 2 0102', 65_280, '0102'],
])('knows the number and the uncompressed bytes of "%s"', (text, number, hex) => {
  const [record] = staticRecords(text);
  if (!record) throw new Error('no record');
  expect([typeNumber(record), Buffer.from(rdataOf(record)).toString('hex')]).toEqual([number, hex]);
});

test('shows texts so that nothing in them ends the string or the line', () => {
  const [record] = staticRecords(String.raw`@ TXT "a\"b\\c;d\010\255"`);
  expect(record && recordText(record)).toBe(String.raw`"a\"b\\c;d\010\255"`);
});

test('serves the records of the zone file beside the names of lines', () => {
  const zone = sampleZone({
    static: staticRecords('@ MX 10 alice\nto CNAME alice\nsub NS ns.sub\nns.sub A 192.0.2.9\n'),
  });
  expect(ask(zone, { name: 'mwebpages.test', type: 15 })).toMatchObject({
    flags: 'qr aa rd',
    answers: [{ type: 15 }],
  });
  expect(ask(zone, { name: 'TO.mwebpages.test' }).answers).toMatchObject([
    { type: 5, name: 'TO.mwebpages.test' },
  ]);
  expect(ask(zone, { name: 'alice.mwebpages.test' }).answers).toMatchObject([{ rdata: '203.0.113.7' }]);
  expect(zone.canHold(domain('x.sub.mwebpages.test'))).toBe(false);
});

test('refers to the servers of a delegation without authority (RFC 1034 §4.3.2, step 3b)', () => {
  const zone = sampleZone({ static: staticRecords('sub NS ns.sub\nns.sub A 192.0.2.9\n') });
  expect(ask(zone, { name: 'a.b.sub.mwebpages.test' })).toMatchObject({
    rcode: 0,
    flags: 'qr rd',
    answers: [],
    authority: [{ name: 'sub.mwebpages.test', type: 2, rdata: 'ns.sub.mwebpages.test' }],
    additional: [{ name: 'ns.sub.mwebpages.test', rdata: '192.0.2.9' }],
  });
  expect(ask(zone, { name: 'sub.mwebpages.test', type: 43 })).toMatchObject({
    flags: 'qr aa rd',
    authority: [{ type: 6 }],
  });
});
