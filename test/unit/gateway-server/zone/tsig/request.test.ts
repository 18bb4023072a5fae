import { assert, integer, property, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TsigVerdict, verifyRequest } from '../../../../../gateway-server/zone/tsig/request.ts';
import { dnsQuery, u16 } from '../../../../support/dns-message.ts';
import { KEY_256, KEY_512, KEYS, type Signing, signedBy } from '../../../../support/dns-tsig.ts';

const NOW = 1_800_000_000;
const QUERY = dnsQuery({ name: 'mwebpages.test', type: 252, edns: {} });

function verdictOn(signed: Buffer, nowSeconds = NOW): TsigVerdict {
  return verifyRequest(signed, QUERY.length, KEYS, nowSeconds);
}

function codesOf(verdict: TsigVerdict): readonly number[] | 'good' {
  return verdict.kind === 'good' ? 'good' : [verdict.rcode, verdict.error];
}

function codesFor(signing: Partial<Signing>): readonly number[] | 'good' {
  return codesOf(verdictOn(signedBy(QUERY, { key: KEY_256, atSeconds: NOW, ...signing })));
}

test.each([KEY_256, KEY_512])('takes a request that is signed with $algorithm', (key) => {
  const verdict = verdictOn(signedBy(QUERY, { key, atSeconds: NOW }));
  expect(verdict).toMatchObject({ kind: 'good', key, context: { kind: 'signing', error: 0 } });
});

test('compares the names of key and algorithm without regard to case (RFC 8945 §4.3.3)', () => {
  expect(codesFor({ named: { name: 'XFR.Example', algorithm: 'HMAC-Sha256' } })).toBe('good');
});

test('puts the original ID back, which a forwarder has changed (RFC 8945 §4.3.2)', () => {
  const signed = signedBy(QUERY, { key: KEY_256, atSeconds: NOW });
  signed.writeUInt16BE(0xbeef, 0);
  expect(codesOf(verdictOn(signed))).toBe('good');
});

describe('refuses with NOTAUTH', () => {
  test.each<[string, number, Partial<Signing>]>([
    ['a key that nobody has: BADKEY (RFC 8945 §5.2.1)', 17, { named: { name: 'nobody' } }],
    ["the other algorithm than the key's: BADKEY (§5.2.1)", 17, { named: { algorithm: 'hmac-sha512' } }],
    ['an algorithm that nobody knows: BADKEY (§5.2.1)', 17, { named: { algorithm: 'hmac-md5.sig' } }],
    ['another secret: BADSIG (§5.2.2)', 16, { key: { ...KEY_256, secret: Buffer.from('a guess') } }],
    ['a time outside its fudge: BADTIME (§5.2.3)', 18, { atSeconds: NOW - 11, fudgeSeconds: 10 }],
    ['a time in the future: BADTIME (§5.2.3)', 18, { atSeconds: NOW + 11, fudgeSeconds: 10 }],
    [
      'a time beyond 300 s whatever the fudge: BADTIME (§10)',
      18,
      { atSeconds: NOW - 301, fudgeSeconds: 9999 },
    ],
    ['half a MAC: BADTRUNC (§5.2.4)', 22, { macBytes: 16 }],
    ['a MAC without its last byte: BADTRUNC (§5.2.4)', 22, { macBytes: 31 }],
    ['half a MAC that is late: BADTIME goes before (§5.2)', 18, { macBytes: 16, atSeconds: NOW - 301 }],
  ])('%s', (_case, error, signing) => {
    expect(codesFor(signing)).toEqual([9, error]);
  });
});

test.each([10, 0])('takes a time that is off by exactly its fudge of %i s', (fudgeSeconds) => {
  expect([
    codesFor({ fudgeSeconds, atSeconds: NOW - fudgeSeconds }),
    codesFor({ fudgeSeconds, atSeconds: NOW + fudgeSeconds }),
  ]).toEqual(['good', 'good']);
});

describe('answers FORMERR without a TSIG record to', () => {
  test.each<[string, Partial<Signing>]>([
    ['less than half a MAC (RFC 8945 §5.2.2.1)', { macBytes: 15 }],
    ['a MAC of no bytes (§5.2.2.1)', { macBytes: 0 }],
    ['a class other than ANY (§4.2)', { class: 1 }],
    ['a TTL other than 0 (§4.2)', { ttl: 30 }],
  ])('%s', (_case, signing) => {
    const verdict = verdictOn(signedBy(QUERY, { key: KEY_256, atSeconds: NOW, ...signing }));
    expect(verdict).toEqual({ kind: 'bad', rcode: 1, error: 0, context: { kind: 'none' } });
  });

  test('a MAC longer than its hash (§5.2.2.1)', () => {
    const signed = signedBy(QUERY, {
      key: { ...KEY_512, name: KEY_256.name },
      atSeconds: NOW,
      named: { algorithm: 'hmac-sha256' },
    });
    expect(codesOf(verdictOn(signed))).toEqual([1, 0]);
  });

  test('a record that ends before or after its data', () => {
    const signed = signedBy(QUERY, { key: KEY_256, atSeconds: NOW });
    const cut = signed.subarray(0, signed.length - 1);
    expect([codesOf(verdictOn(cut)), codesOf(verdictOn(Buffer.concat([signed, u16(0)])))]).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  test('a message that counts no additional record', () => {
    const signed = signedBy(QUERY, { key: KEY_256, atSeconds: NOW });
    signed.writeUInt16BE(0, 10);
    expect(codesOf(verdictOn(signed))).toEqual([1, 0]);
  });
});

test('a label with a dot in it is not the key of two labels', () => {
  const signed = signedBy(QUERY, { key: KEY_256, atSeconds: NOW });
  signed.writeUInt8('xfr.example'.length, QUERY.length);
  signed.write('.', QUERY.length + 4, 'latin1');
  expect(codesOf(verdictOn(signed))).toEqual([9, 17]);
});

test('believes no message of which a single bit has changed', async () => {
  const signed = signedBy(QUERY, { key: KEY_256, atSeconds: NOW });
  const anyBit = integer({ min: 16, max: 8 * signed.length - 1 });
  await assert(
    property(anyBit, (bit) => {
      const changed = Buffer.from(signed);
      const at = bit >> 3;
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << (bit & 7)), at);
      // the names of key and algorithm lose nothing by another case
      const isCase =
        at >= QUERY.length && (bit & 7) === 5 && /[a-z]/i.test(String.fromCharCode(signed[at] ?? 0));
      if (!isCase || isMac(signed, at)) expect(verdictOn(changed).kind).toBe('bad');
    }),
    { numRuns: 2000 },
  );
});

/** Whether the byte stands behind the algorithm's name. */
function isMac(signed: Buffer, at: number): boolean {
  return at > signed.indexOf('sha256') + 'sha256'.length;
}

test('no bytes at all make it throw', async () => {
  const anyMessage = uint8Array({ minLength: 12, maxLength: 300 });
  await assert(
    property(anyMessage, integer({ min: 12, max: 310 }), (bytes, tsigAt) => {
      expect(verifyRequest(Buffer.from(bytes), tsigAt, KEYS, NOW).kind).toBe('bad');
    }),
  );
});
