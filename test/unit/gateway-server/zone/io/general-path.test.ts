import { Packet } from 'dns2';
import { array, assert, boolean, integer, ipV4, ipV6, property, record, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { generalPath } from '../../../../../gateway-server/zone/io/general-path.ts';
import { readMessage } from '../../../../../gateway-server/zone/query.ts';
import { parseZoneFile } from '../../../../../gateway-server/zone/static/master-file.ts';
import {
  addressRecord,
  rdataOf,
  typeNumber,
  type ZoneRecord,
} from '../../../../../gateway-server/zone/zone-record.ts';
import { type Asking, decodeDns, dnsQuery, u16 } from '../../../../support/dns-message.ts';
import { address, domain } from '../../../../support/dns-zone.ts';

const name = domain('mwebpages.test');
const NOTHING = { isAuthoritative: true, answers: [], authority: [], additional: [] };

interface Sections {
  readonly isAuthoritative?: boolean;
  readonly answers?: readonly ZoneRecord[];
  readonly authority?: readonly ZoneRecord[];
  readonly additional?: readonly ZoneRecord[];
}

function encoded(asking: Asking, sections: Sections): Buffer {
  const reading = readMessage(dnsQuery({ name: 'MWEBpages.test', ...asking }));
  if (reading.kind !== 'query') throw new Error('not a query');
  return generalPath.encode({ ...NOTHING, ...sections, query: reading.query });
}

function recordsOf(text: string): readonly ZoneRecord[] {
  const { records, mistakes } = parseZoneFile(text, name, 300);
  expect(mistakes).toEqual([]);
  return records;
}

const anyCase = record({
  isEdns: boolean(),
  dnssecOk: boolean(),
  id: integer({ min: 0, max: 0xffff }),
  isAuthoritative: boolean(),
  addresses: array(ipV4(), { maxLength: 3 }).chain((v4) =>
    array(ipV6(), { maxLength: 3 }).map((v6) => [...v4, ...v6].map(address)),
  ),
});

test('encodes any addresses in any section so that an independent decoder reads them back', async () => {
  const roundTrip = property(anyCase, ({ isEdns, dnssecOk, id, isAuthoritative, addresses }) => {
    const answers = addresses.map((held) => addressRecord(name, 30, held));
    const authority = answers.slice(0, 1);
    const sections = { isAuthoritative, answers, authority, additional: answers };
    const decoded = decodeDns(encoded({ id, ...(isEdns && { edns: { dnssecOk } }) }, sections));
    expect(decoded).toMatchObject({
      id,
      rcode: 0,
      flags: isAuthoritative ? 'qr aa rd' : 'qr rd',
      questions: [{ name: 'MWEBpages.test' }],
    });
    expect(decoded.edns).toEqual(isEdns ? { size: 1232, version: 0, dnssecOk } : null);
    expect(decoded.answers.map(({ rdata }) => address(rdata))).toEqual(addresses);
    expect(decoded.additional).toEqual(decoded.answers);
    expect(decoded.authority).toEqual(decoded.answers.slice(0, 1));
  });
  await assert(roundTrip);
});

const EVERY_TYPE = String.raw`@ SOA ns1 hostmaster 1 1h 15m 1w 30
@ NS ns1
@ MX 10 mail
@ MX 20 .
www CNAME mail
p PTR mail
_sip._tcp SRV 1 2 5060 mail
@ CAA 0 issue "ca.example"
@ TXT "a\200\000b" "" "c"
x TYPE65280 \# 4 01020304
mail A 192.0.2.25
mail AAAA 2001:db8::25
`;

test("encodes every type so that the codec's own decoder reads it back", () => {
  const answers = recordsOf(EVERY_TYPE);
  const packet = Packet.parse(encoded({ edns: {} }, { answers }));
  expect(packet.errors).toEqual([]);
  expect(packet.answers.map(({ name: owner, type }) => [owner.toLowerCase(), type])).toEqual(
    answers.map((one) => [one.name, typeNumber(one)]),
  );
  expect(packet.answers[0]).toMatchObject({ minimum: 30 });
  expect(packet.answers[2]).toMatchObject({ priority: 10, exchange: 'mail.MWEBpages.test' });
  expect(packet.answers[3]).toMatchObject({ priority: 20, exchange: '' });
  expect(packet.answers[6]).toMatchObject({
    priority: 1,
    weight: 2,
    port: 5060,
    target: 'mail.mwebpages.test',
  });
  expect(packet.answers[7]).toMatchObject({ flags: 0, tag: 'issue', value: 'ca.example' });
});

test('compresses no name in the data of SRV records and of types that it does not know, and changes no byte of a text', () => {
  const answers = recordsOf(EVERY_TYPE).filter(({ type }) => /SRV|TXT|CAA|TYPE/.test(type));
  const decoded = decodeDns(encoded({}, { answers })).answers.map(({ rdata }) => rdata);
  expect(decoded).toEqual(answers.map((one) => Buffer.from(rdataOf(one)).toString('hex')));
});

test('writes each name once and points to it from then on', () => {
  const [first, second] = [1, 2].map((count) => {
    const answers = recordsOf('@ NS a.very.long.name.of.a.server.example.\n').flatMap((ns) =>
      Array(count).fill(ns),
    );
    return encoded({}, { answers }).length;
  });
  expect((second ?? 0) - (first ?? 0)).toBe(2 + 10 + 2);
});

test('carries the client cookie and the whole question back, whatever bytes its labels have', () => {
  const cookie = Buffer.alloc(8, 7);
  const options = Buffer.concat([u16(10, 8), cookie]);
  const label = Buffer.from('\x05a.b\x00\xff', 'latin1').toString('latin1').slice(1);
  const message = dnsQuery({ name: 'mwebpages.test', edns: { options } });
  const odd = Buffer.concat([
    message.subarray(0, 12),
    Buffer.from([label.length, ...Buffer.from(label, 'latin1')]),
    message.subarray(12),
  ]);
  const reading = readMessage(odd);
  if (reading.kind !== 'query') throw new Error('not a query');
  const authority = recordsOf('@ NS ns1\n');
  const reply = generalPath.encode({ ...NOTHING, query: reading.query, isAuthoritative: false, authority });
  const questionEnd = reading.query.questionEnd;
  expect(reply.subarray(12, questionEnd)).toEqual(odd.subarray(12, questionEnd));
  expect(decodeDns(reply)).toMatchObject({ flags: 'qr rd', authority: [{ name: 'mwebpages.test' }] });
  expect(reply.includes(cookie)).toBe(true);
});

test('points nowhere wrong when a label of the question looks like two', () => {
  const message = dnsQuery({ name: 'mwebpages.test' });
  const swallowed = Buffer.from('\x0fmwebpages.test\x00', 'latin1');
  swallowed[0] = 14;
  const reading = readMessage(Buffer.concat([message.subarray(0, 12), swallowed, u16(1, 1)]));
  if (reading.kind !== 'query') throw new Error('not a query');
  const answers = recordsOf('@ A 192.0.2.1\n');
  const bytes = generalPath.encode({ ...NOTHING, query: reading.query, answers });
  expect(bytes.readUInt8(reading.query.questionEnd)).toBe(9);
});

test('encodes any text byte for byte', async () => {
  await assert(
    property(array(uint8Array({ maxLength: 255 }), { minLength: 1, maxLength: 3 }), (strings) => {
      const txt: ZoneRecord = { name, ttlSeconds: 1, type: 'TXT', strings };
      const [decoded] = decodeDns(encoded({}, { answers: [txt] })).answers;
      expect(decoded?.rdata).toBe(Buffer.from(rdataOf(txt)).toString('hex'));
    }),
    { numRuns: 30 },
  );
});
