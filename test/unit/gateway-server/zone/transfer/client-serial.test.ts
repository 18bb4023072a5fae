import { assert, integer, property, tuple, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { readMessage } from '../../../../../gateway-server/zone/query.ts';
import { clientSerial } from '../../../../../gateway-server/zone/transfer/client-serial.ts';
import { dnsQuery, optRecord, u16, wireName } from '../../../../support/dns-message.ts';
import { ixfrQuestion, soaBehindOwner } from '../../../../support/transfer-zone.ts';

function serialIn(message: Buffer): number | undefined {
  const reading = readMessage(message);
  if (reading.kind !== 'query') throw new Error('the gate lets it not through');
  return clientSerial(reading.query);
}

/** An IXFR question for mwebpages.test with these bytes as its only authority record. */
function withAuthority(record: Buffer, count = 1): Buffer {
  const question = dnsQuery({ name: 'mwebpages.test', type: 251 });
  question.writeUInt16BE(count, 8);
  return Buffer.concat([question, record]);
}

test('reads the serial behind a pointer to the question, and behind a name written out', () => {
  expect(serialIn(ixfrQuestion(0xffff_fffe))).toBe(0xffff_fffe);
  expect(serialIn(withAuthority(Buffer.concat([wireName('MWEBpages.test'), soaBehindOwner(7)])))).toBe(7);
});

test('reads the serial of a client that compresses the names in the record too', () => {
  const numbers = Buffer.alloc(20);
  numbers.writeUInt32BE(9);
  const rdata = Buffer.concat([u16(0xc00c), Buffer.from('\x02hm', 'latin1'), u16(0xc00c), numbers]);
  expect(serialIn(withAuthority(Buffer.concat([u16(0xc00c, 6, 1, 0, 0, rdata.length), rdata])))).toBe(9);
});

test('reads past an OPT record behind it', () => {
  const message = Buffer.concat([ixfrQuestion(5), optRecord({})]);
  message.writeUInt16BE(1, 10);
  expect(serialIn(message)).toBe(5);
});

const soa = soaBehindOwner(7);
const shortSoa = Buffer.concat([u16(0xc00c, 6, 1, 0, 0, 6), wireName('.'), wireName('.'), Buffer.alloc(4)]);
test.each([
  ['no record', dnsQuery({ name: 'mwebpages.test', type: 251 })],
  ['two records', withAuthority(Buffer.concat([u16(0xc00c), soa, u16(0xc00c), soa]), 2)],
  ['the SOA of another zone', withAuthority(Buffer.concat([wireName('other.test'), soa]))],
  ['a record of another type', withAuthority(Buffer.concat([u16(0xc00c, 1, 1, 0, 0, 4), Buffer.alloc(4)]))],
  ['a SOA of another class', withAuthority(Buffer.concat([u16(0xc00c, 6, 3), soa.subarray(4)]))],
  ['a SOA without all its numbers', withAuthority(shortSoa)],
  ['a pointer to itself', withAuthority(Buffer.concat([u16(0xc020), soa]))],
])('finds no serial in %s', (_case, message) => {
  expect(serialIn(message)).toBeUndefined();
});

test('whatever stands where the record should be, a serial or nothing comes of it', async () => {
  const flips = tuple(integer({ min: 32, max: 90 }), integer({ min: 0, max: 255 }));
  await assert(
    property(uint8Array({ maxLength: 80 }), flips, (tail, [at, byte]) => {
      const flipped = ixfrQuestion(1);
      if (at < flipped.length) flipped[at] = byte;
      for (const message of [withAuthority(Buffer.from(tail)), flipped]) {
        const query = { message, questionEnd: 32, edns: null, tsigAt: null, type: 251, signedBy: null };
        expect(['number', 'undefined']).toContain(typeof clientSerial(query));
      }
    }),
  );
});
