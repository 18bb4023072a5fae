import { expect, test } from 'vitest';
import { type Query, readMessage } from '../../../../../gateway-server/zone/query.ts';
import {
  MessageWriter,
  OversizedRecord,
} from '../../../../../gateway-server/zone/transfer/message-writer.ts';
import { messagesOf, wholeZone } from '../../../../../gateway-server/zone/transfer/passages.ts';
import type { ZoneRecord } from '../../../../../gateway-server/zone/zone-record.ts';
import { type Asking, decodeDns, dnsQuery } from '../../../../support/dns-message.ts';
import {
  type Changes,
  recordName,
  recordsIn,
  recordTexts,
  TRANSFER_ZONE,
  TransferZone,
} from '../../../../support/transfer-zone.ts';

function queryOf(asking: Asking = {}): Query {
  const reading = readMessage(dnsQuery({ name: 'mwebpages.test', type: 252, ...asking }));
  if (reading.kind !== 'query') throw new Error('no query');
  return reading.query;
}

interface Writing {
  readonly asking?: Asking;
  readonly changes?: Changes;
  readonly extra?: readonly ZoneRecord[];
  readonly mostBytes?: number;
}

function written({ asking, changes = {}, extra = [], mostBytes = 16_384 }: Writing): Buffer[] {
  const zone = new TransferZone();
  zone.swap(changes);
  zone.extra = extra;
  const writer = new MessageWriter(queryOf(asking), TRANSFER_ZONE, mostBytes);
  return [...messagesOf(wholeZone(zone.snapshot()), 30, writer)];
}

const manyLines = (count: number): Changes =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`line${n}`, [`203.0.113.${n % 256}`]]));

function opaque(bytes: number): ZoneRecord {
  const rdata = new Uint8Array(bytes);
  return {
    name: recordName('_big.mwebpages.test'),
    ttlSeconds: 60,
    type: 'TYPE65280',
    number: 65_280,
    rdata,
  };
}

test('repeats the question in the first message and the id and flags in all of them', () => {
  const messages = written({ changes: manyLines(100), mostBytes: 512 }).map(decodeDns);
  expect(messages.length).toBeGreaterThan(3);
  expect(messages.map(({ questions }) => questions.length)).toEqual([1, ...messages.slice(1).map(() => 0)]);
  expect(messages[0]?.questions).toEqual([{ name: 'mwebpages.test', type: 252, class: 1 }]);
  for (const message of messages)
    expect(message).toMatchObject({ id: 0x1234, flags: 'qr aa rd', opcode: 0, rcode: 0, authority: [] });
});

test('answers an OPT record in the first message alone', () => {
  const messages = written({ asking: { edns: {} }, changes: manyLines(100), mostBytes: 512 }).map(decodeDns);
  expect(messages.map(({ edns }) => edns?.size)).toEqual([1232, ...messages.slice(1).map(() => undefined)]);
});

test('fills the messages to their bound and no further', () => {
  const lengths = written({ asking: { edns: {} }, changes: manyLines(500), mostBytes: 700 }).map(
    ({ length }) => length,
  );
  const full = lengths.slice(0, -1);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(700);
  expect(Math.min(...full)).toBeGreaterThan(700 - 40);
});

test('the same records come out however they are spread over messages', () => {
  const changes = { ...manyLines(50), 'www.line7': ['2001:db8::7', '203.0.113.7', '203.0.113.8'] };
  const whole = recordsIn(written({ changes }));
  expect(whole).toHaveLength(3 + 50 + 3 + 1);
  for (const mostBytes of [80, 130, 512, 60_000])
    expect(recordsIn(written({ changes, mostBytes }))).toEqual(whole);
});

test('names every owner in lower case, however the question spells the zone', () => {
  const messages = written({ asking: { name: 'mWebPages.TEST' }, changes: { alice: ['203.0.113.7'] } });
  expect(messages.flatMap((message) => decodeDns(message).answers.map(({ name }) => name))).toEqual([
    'mwebpages.test',
    'mwebpages.test',
    'ns1.mwebpages.test',
    'alice.mwebpages.test',
    'mwebpages.test',
  ]);
});

test('a name takes its own labels once and two bytes for the zone, more records of it two bytes', () => {
  const without = written({})[0]?.length ?? 0;
  const one = written({ changes: { alice: ['203.0.113.7'] } })[0]?.length ?? 0;
  const two = written({ changes: { alice: ['203.0.113.7', '203.0.113.8'] } })[0]?.length ?? 0;
  expect([one - without, two - one]).toEqual([6 + 2 + 10 + 4, 2 + 10 + 4]);
});

test('points no further than pointers reach, also in messages of 60 KB', () => {
  const addresses = Array.from({ length: 200 }, (_, n) => `198.51.100.${n}`);
  const changes = { ...manyLines(1500), last: addresses };
  const messages = written({ changes, mostBytes: 60_000 });
  expect(messages).toHaveLength(1);
  expect(recordsIn(messages).filter((record) => record.startsWith('last.mwebpages.test 30 1 '))).toHaveLength(
    200,
  );
});

test('a record that is longer than messages should be has a message of its own', () => {
  const messages = written({ extra: [opaque(40_000)], changes: { alice: ['203.0.113.7'] } });
  expect(messages.map((message) => recordTexts(decodeDns(message)).length)).toEqual([3, 1, 2]);
});

test('a record that no message can hold ends the transfer', () => {
  expect(() => written({ extra: [opaque(65_000)] })).toThrow(OversizedRecord);
});
