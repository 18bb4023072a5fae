import { assert, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { readNameReply } from '../../../../gateway-server/operator/name-question.ts';

const QUESTION = '0161047465737400' + '00010001';
const reply = (rcode: number, ...records: string[]) => {
  const head = Buffer.from([0, 1, 0x84, rcode, 0, 1, 0, records.length, 0, 0, 0, 0]);
  return Buffer.concat([head, Buffer.from([QUESTION, ...records].join(''), 'hex')]);
};
const record = (type: string, rdata: string) =>
  `c00c${type}0001${'0000001e'}${(rdata.length / 2).toString(16).padStart(4, '0')}${rdata}`;

test('the addresses of a reply are read, also those behind an alias', () => {
  expect(
    readNameReply(
      reply(
        0,
        record('0005', '0162c00e'),
        record('0001', 'cb007107'),
        record('001c', `20010db8${'0'.repeat(23)}7`),
      ),
    ),
  ).toEqual({ kind: 'addresses', addresses: ['203.0.113.7', '2001:db8::7'] });
  expect(readNameReply(reply(0))).toEqual({ kind: 'addresses', addresses: [] });
});

test('no such name is told from every other refusal', () => {
  expect([3, 2, 5].map((rcode) => readNameReply(reply(rcode)).kind)).toEqual([
    'no-name',
    'refused',
    'refused',
  ]);
});

test('records that are cut off end the list', () => {
  const whole = reply(0, record('0001', 'cb007107'), record('0001', 'cb007108'));
  expect(readNameReply(whole.subarray(0, -1))).toEqual({ kind: 'addresses', addresses: ['203.0.113.7'] });
});

test('whatever follows the header, nothing is thrown', async () => {
  const anyBytes = property(uint8Array({ minLength: 0, maxLength: 80 }), (bytes) => {
    const message = Buffer.concat([Buffer.from([0, 1, 0x84, 0, 0, 1, 0, 9, 0, 0, 0, 0]), bytes]);
    expect(['no-name', 'refused', 'addresses']).toContain(readNameReply(message).kind);
  });
  await assert(anyBytes);
});
