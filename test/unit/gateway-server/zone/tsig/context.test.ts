import { describe, expect, test } from 'vitest';
import { signedReply, type TsigContext, tsigBytes } from '../../../../../gateway-server/zone/tsig/context.ts';
import { verifyRequest } from '../../../../../gateway-server/zone/tsig/request.ts';
import { dnsQuery } from '../../../../support/dns-message.ts';
import {
  hmac,
  KEY_256,
  KEY_512,
  KEYS,
  macBefore,
  type Signing,
  signedBy,
  takenTsig,
  u48,
} from '../../../../support/dns-tsig.ts';

const NOW = 1_800_000_000;
const QUERY = dnsQuery({ name: 'mwebpages.test', type: 6 });
const REPLY = dnsQuery({ name: 'mwebpages.test', type: 6, flags: 0x8500, id: 0x4321 });

function requested(signing: Partial<Signing>): { readonly signed: Buffer; readonly context: TsigContext } {
  const signed = signedBy(QUERY, { key: KEY_256, atSeconds: NOW, ...signing });
  return { signed, context: verifyRequest(signed, QUERY.length, KEYS, NOW).context };
}

describe.each([KEY_256, KEY_512])('the reply to a request signed with $algorithm', (key) => {
  const { signed, context } = requested({ key });
  const reply = signedReply(context, REPLY, NOW + 1);

  test("is signed over the request's MAC (RFC 8945 §5.3)", () => {
    const before = macBefore(takenTsig(signed).mac);
    expect(reply).toEqual(signedBy(REPLY, { key, atSeconds: NOW + 1, before }));
  });

  test('is as long as foretold', () => {
    expect(tsigBytes(key)).toBe(reply.length - REPLY.length);
  });
});

test('leaves the reply given as it is', () => {
  const reply = Buffer.from(REPLY);
  signedReply(requested({}).context, reply, NOW);
  expect(reply).toEqual(REPLY);
});

test.each<[string, number, Partial<Signing>]>([
  ['BADKEY', 17, { named: { name: 'nobody' } }],
  ['BADSIG', 16, { key: { ...KEY_256, secret: Buffer.from('a guess') } }],
])('%s is told without a MAC (RFC 8945 §5.3.2)', (_name, error, signing) => {
  const { context } = requested(signing);
  const reply = signedReply(context, REPLY, NOW);
  expect(takenTsig(reply)).toMatchObject({ error, mac: Buffer.alloc(0), message: REPLY, originalId: 0x4321 });
});

test("BADTIME is signed, with the client's time and fudge and the server's time beside them (RFC 8945 §5.2.3)", () => {
  const late = { atSeconds: NOW - 5000, fudgeSeconds: 77 };
  const { signed, context } = requested(late);
  const reply = signedReply(context, REPLY, NOW);
  const before = macBefore(takenTsig(signed).mac);
  expect(reply).toEqual(signedBy(REPLY, { key: KEY_256, ...late, error: 18, other: u48(NOW), before }));
});

test('BADTRUNC is signed in full over the truncated MAC (RFC 8945 §5.2.2.1, §5.3.2)', () => {
  const { signed, context } = requested({ macBytes: 20 });
  const { mac } = takenTsig(signed);
  expect(mac).toHaveLength(20);
  expect(signedReply(context, REPLY, NOW)).toEqual(
    signedBy(REPLY, { key: KEY_256, atSeconds: NOW, error: 22, before: macBefore(mac) }),
  );
});

test('a request that could not be read gets a reply without TSIG', () => {
  const { context } = requested({ ttl: 1 });
  expect(signedReply(context, REPLY, NOW)).toEqual(REPLY);
});

test("signs rightly after the request's buffer has been used again", () => {
  const { signed, context } = requested({});
  const before = macBefore(hmacOf(signed));
  signed.fill(0);
  expect(signedReply(context, REPLY, NOW)).toEqual(signedBy(REPLY, { key: KEY_256, atSeconds: NOW, before }));
});

function hmacOf(signed: Buffer): Buffer {
  const { mac } = takenTsig(signed);
  expect(mac).toHaveLength(hmac(KEY_256, []).length);
  return Buffer.from(mac);
}
