import { assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CookieCheck, Cookies } from '../../../../gateway-server/zone/cookie.ts';

const SECRET = 'e5e973e5a6b2a43f48e7dc849e37bfcf';
const CLIENT = [198, 51, 100, 100];
const ISSUED = 1_559_731_985;
const COOKIE = '2464c4abcf10c957010000005cf79f111f8130c3eee29480';

interface Asking {
  readonly secret?: string;
  readonly option: string;
  readonly client?: readonly number[];
  readonly now?: number;
}

function checked({ secret = SECRET, option, client = CLIENT, now = ISSUED }: Asking): CookieCheck {
  return new Cookies(Buffer.from(secret, 'hex')).check(
    Buffer.from(option, 'hex'),
    Uint8Array.from(client),
    now,
  );
}

function replied(asking: Asking): string {
  const { secret = SECRET, client = CLIENT, now = ISSUED } = asking;
  const seen = checked(asking);
  if (seen.kind === 'malformed') throw new Error('no cookie');
  const option = new Cookies(Buffer.from(secret, 'hex')).reply(seen, Uint8Array.from(client), now);
  return Buffer.from(option).toString('hex');
}

describe('the examples of RFC 9018, appendix A', () => {
  test('A.1: learning a new server cookie', () => {
    const asking = { option: '2464c4abcf10c957' };
    expect([checked(asking).kind, replied(asking)]).toEqual(['client-only', COOKIE]);
  });

  test('A.2: the same client learning a renewed cookie', () => {
    const asking = { option: COOKIE, now: 1_559_734_385 };
    expect([checked(asking).kind, replied(asking)]).toEqual([
      'good-old',
      '2464c4abcf10c957010000005cf7a871d4a564a1442aca77',
    ]);
  });

  test('A.3: another client learning a renewed cookie, with reserved bytes that are not zero', () => {
    const option = 'fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5';
    const client = [203, 0, 113, 203];
    expect(checked({ option, client, now: 1_559_727_985 }).kind).toBe('good');
    expect(replied({ option, client, now: 1_559_734_700 })).toBe(
      'fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e',
    );
  });

  test('A.4: an IPv6 client, and a cookie of the secret before', () => {
    const option = '22681ab97d52c298010000005cf7c57926556bd0934c72f8';
    const client = [...Buffer.from('20010db80220000159ded0f4876982b8', 'hex')];
    const [before, secret] = ['dd3bdf9344b678b185a6f5cb60fca715', '445536bcd2513298075a5d379663c962'];
    const now = 1_559_741_961;
    expect(checked({ secret: before, option, client, now }).kind).toBe('good');
    expect(checked({ secret, option, client, now }).kind).toBe('bad');
    expect(replied({ secret, option, client, now })).toBe('22681ab97d52c298010000005cf7c609a6bb79d16625507a');
  });
});

test.each([
  [-301, 'bad'],
  [-300, 'good'],
  [0, 'good'],
  [1800, 'good'],
  [1801, 'good-old'],
  [3600, 'good-old'],
  [3601, 'bad'],
])('a cookie that is %i s old is %s (RFC 9018 §4.3)', (age, kind) => {
  expect(checked({ option: COOKIE, now: ISSUED + age }).kind).toBe(kind);
});

test('a fresh cookie goes back as it came, any other is replaced', () => {
  expect(replied({ option: COOKIE, now: ISSUED + 1800 })).toBe(COOKIE);
  expect(replied({ option: `${COOKIE.slice(0, -2)}ff` })).toBe(COOKIE);
  expect(replied({ option: COOKIE, now: ISSUED + 1801 })).not.toBe(COOKIE);
});

test('the time goes on after its 32 bits are full', () => {
  const issued = 0x1_0000_0000 - 10;
  const option = replied({ option: '2464c4abcf10c957', now: issued });
  expect(checked({ option, now: issued + 20 }).kind).toBe('good');
});

test('knows no cookie of another client, address, secret or version', () => {
  expect(checked({ option: COOKIE, client: [198, 51, 100, 101] }).kind).toBe('bad');
  expect(checked({ option: COOKIE, secret: SECRET.replace('e5', 'e6') }).kind).toBe('bad');
  expect(checked({ option: `${COOKIE}00` }).kind).toBe('bad');
});

test('knows no cookie of which one bit has changed', async () => {
  await assert(
    property(integer({ min: 0, max: 8 * 24 - 1 }), (bit) => {
      const changed = Buffer.from(COOKIE, 'hex');
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(checked({ option: changed.toString('hex') }).kind).toBe('bad');
    }),
  );
});

test('only 8 bytes, or 16 to 40, are a cookie (RFC 7873 §5.2.2)', () => {
  const kinds = Array.from({ length: 43 }, (_, bytes) => checked({ option: '01'.repeat(bytes) }).kind);
  const lengthsOf = (kind: string) => kinds.flatMap((found, bytes) => (found === kind ? [bytes] : []));
  expect(lengthsOf('client-only')).toEqual([8]);
  expect(lengthsOf('bad')).toEqual(Array.from({ length: 25 }, (_, index) => 16 + index));
  expect(lengthsOf('malformed')).toHaveLength(43 - 26);
});
