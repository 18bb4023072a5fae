import { assert, integer, property, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signedReply } from '../../../../../gateway-server/zone/tsig/context.ts';
import { isReplySigned, signedRequest } from '../../../../../gateway-server/zone/tsig/own-request.ts';
import { verifyRequest } from '../../../../../gateway-server/zone/tsig/request.ts';
import { dnsQuery, wireName } from '../../../../support/dns-message.ts';
import {
  KEY_256,
  KEY_512,
  KEYS,
  macBefore,
  type Signing,
  signedBy,
  takenTsig,
} from '../../../../support/dns-tsig.ts';

const NOW = 1_800_000_000;
const NOTIFY = dnsQuery({ name: 'mwebpages.test', type: 6, flags: 0x2400 });
/** Question, answer with a pointer in it, OPT. */
const REPLY = replyWithRecords();
const { bytes: REQUEST, mac: REQUEST_MAC } = signedRequest(NOTIFY, KEY_256, NOW);

function replyWithRecords(): Buffer {
  const reply = dnsQuery({ name: 'mwebpages.test', type: 6, flags: 0xa400, edns: {} });
  const optAt = reply.length - 11;
  const answer = Buffer.concat([Buffer.from([0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 0, 0, 4]), wireName('ns')]);
  reply.writeUInt16BE(1, 6);
  return Buffer.concat([reply.subarray(0, optAt), answer, reply.subarray(optAt)]);
}

function answered(signing: Partial<Signing> = {}): Buffer {
  return signedBy(REPLY, { key: KEY_256, atSeconds: NOW, before: macBefore(REQUEST_MAC), ...signing });
}

function isBelieved(reply: Buffer): boolean {
  return isReplySigned(reply, KEY_256, REQUEST_MAC, NOW);
}

test.each([KEY_256, KEY_512])('signs requests as any signer does with $algorithm (RFC 8945 §5.1)', (key) => {
  const { bytes, mac } = signedRequest(NOTIFY, key, NOW);
  expect(bytes).toEqual(signedBy(NOTIFY, { key, atSeconds: NOW }));
  expect(takenTsig(bytes).mac).toEqual(mac);
});

test('our own request passes our own check, and our own answer to it', () => {
  const verdict = verifyRequest(REQUEST, NOTIFY.length, KEYS, NOW);
  expect(verdict.kind).toBe('good');
  expect(isBelieved(signedReply(verdict.context, REPLY, NOW + 1))).toBe(true);
});

test('believes an answer that covers the MAC of the request', () => {
  expect(isBelieved(answered())).toBe(true);
});

describe('believes no answer', () => {
  test.each<[string, Partial<Signing>]>([
    ['to another request', { before: macBefore(Buffer.alloc(32)) }],
    ['that covers no request', { before: Buffer.alloc(0) }],
    ['with another key', { key: { ...KEY_256, secret: Buffer.from('a guess') } }],
    ['with a key of another name', { key: { ...KEY_256, name: 'nobody' } }],
    ['with another algorithm', { key: { ...KEY_256, algorithm: 'hmac-sha512' } }],
    ['of another time', { atSeconds: NOW - 301 }],
    ['that is an error', { error: 18 }],
    ['with a truncated MAC', { macBytes: 16 }],
    ['without a MAC', { macBytes: 0 }],
  ])('%s', (_case, signing) => {
    expect(isBelieved(answered(signing))).toBe(false);
  });

  test('without a signature', () => {
    expect(isBelieved(REPLY)).toBe(false);
  });

  test('of which one bit has changed', async () => {
    const reply = answered();
    await assert(
      property(integer({ min: 16, max: 8 * REPLY.length - 1 }), (bit) => {
        const changed = Buffer.from(reply);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(isBelieved(changed)).toBe(false);
      }),
    );
  });

  test('of any bytes, and throws at none', async () => {
    await assert(
      property(uint8Array({ maxLength: 300 }), (bytes) => {
        expect(isBelieved(Buffer.from(bytes))).toBe(false);
      }),
    );
  });
});
