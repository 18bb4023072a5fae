import {
  type Arbitrary,
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  integer,
  ipV4,
  ipV6,
  jsonValue,
  maxSafeNat,
  oneof,
  option,
  property,
  record,
  string,
  uint8Array,
} from 'fast-check';
import { expect, test } from 'vitest';
import { type AddressSet, type Ipv6, parseIpv4, parseIpv6 } from '../../../protocol/address.ts';
import type { DomainName } from '../../../protocol/domain-name.ts';
import {
  decodeAnnouncements,
  decodeLower,
  decodeUpper,
  encodeAnnouncements,
  encodeLower,
  encodeUpper,
  type LowerMessage,
  OFFLINE_REASONS,
  REFUSAL_REASONS,
  type Register,
  type UpperMessage,
} from '../../../protocol/message.ts';
import { LOWER_LEAVES, UPPER_LEAVES } from '../../../protocol/topic.ts';

const u32 = integer({ min: 1, max: 0xffff_ffff });
const signal = { session: u32, seq: u32 };
const word = (maxLength: number) =>
  string({ unit: 'grapheme', minLength: 1, maxLength }).filter((text) => isToken(text, maxLength));
const isToken = (text: string, most: number) => text.length <= most && !/[\p{Cc}]/u.test(text);
const aliveMs = integer({ min: 100, max: 3_600_000 });
const domain = constantFrom('alice.mwebpages.test', 'a.b') as Arbitrary<DomainName>;
const addresses: Arbitrary<AddressSet> = record({
  ipv4: option(ipV4().map((text) => parseIpv4(text) ?? null)),
  ipv6: option(ipV6().map((text) => parseIpv6(text) ?? null)) as Arbitrary<Ipv6 | null>,
});

const lease = record({ source: word(32), interface: word(64), expiresInMs: option(maxSafeNat()) });
const registers: Arbitrary<Register> = record({
  kind: constant('register' as const),
  ...signal,
  domain,
  lease,
  agent: word(64),
  addresses,
}).map(({ addresses: { ipv4, ipv6 }, ...rest }) => ({ ...rest, ipv4, ipv6 }));

const upperMessages: Arbitrary<UpperMessage> = oneof(
  registers,
  record({ kind: constant('alive' as const), ...signal }),
  record({ kind: constant('offline' as const), ...signal, reason: word(64) }),
  record({ kind: constant('will' as const), session: u32 }),
  record({ kind: constant('answer' as const), ...signal, nonce: word(64) }),
);

const lowerMessages: Arbitrary<LowerMessage> = oneof(
  record({
    kind: constant('queued' as const),
    ...signal,
    liveInMs: maxSafeNat(),
    aliveMs,
    spreadMs: maxSafeNat(),
  }),
  record({
    kind: constant('live' as const),
    ...signal,
    domain,
    addresses,
    serial: integer({ min: 0, max: 0xffff_ffff }),
    proof: record({ ok: boolean(), missing: array(word(128), { maxLength: 3 }) }),
    lastLogOn: option(maxSafeNat()),
    offlineForMs: option(maxSafeNat()),
    offlineReason: option(constantFrom(...OFFLINE_REASONS)),
    hits: maxSafeNat(),
    messages: maxSafeNat(),
    portal: option(word(512)),
  }),
  record({
    kind: constant('refused' as const),
    ...signal,
    reason: constantFrom(...REFUSAL_REASONS),
    retryAfterMs: maxSafeNat(),
  }),
  record({ kind: constant('challenge' as const), nonce: word(64) }),
  record({ kind: constant('tune' as const), aliveMs, spreadMs: maxSafeNat(), registerAgain: boolean() }),
);

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const REGISTER = {
  v: 1,
  domain: 'alice.test',
  ipv4: '192.0.2.1',
  ipv6: null,
  session: 1,
  seq: 1,
  lease: { source: 'udhcpc', interface: 'eth0', expiresInMs: null },
  agent: 'agent 1',
};

test('reads back every message of an agent', async () => {
  await assert(
    property(upperMessages, (message) => {
      expect(decodeUpper(message.kind, encodeUpper(message))).toEqual(message);
    }),
  );
});

test('reads back every message of the gateway', async () => {
  await assert(
    property(lowerMessages, (message) => {
      expect(decodeLower(message.kind, encodeLower(message))).toEqual(message);
    }),
  );
});

test('reads back announcements', async () => {
  const lists = array(record({ id: word(64), at: maxSafeNat(), text: string() }), { maxLength: 5 });
  await assert(
    property(lists, (list) => {
      expect(decodeAnnouncements(encodeAnnouncements(list))).toEqual(list);
    }),
  );
});

test('gives a message or calls it malformed, whatever the bytes', async () => {
  const payloads = oneof(uint8Array(), uint8Array({ maxLength: 10 }), jsonValue().map(bytes));
  await assert(
    property(payloads, (payload) => {
      for (const leaf of UPPER_LEAVES) expect(['malformed', leaf]).toContain(decodeUpper(leaf, payload).kind);
      for (const leaf of LOWER_LEAVES) expect(['malformed', leaf]).toContain(decodeLower(leaf, payload).kind);
      const list = decodeAnnouncements(payload);
      expect(Array.isArray(list) || 'kind' in list).toBe(true);
    }),
  );
});

test('gives a message or calls it malformed when any field of a register holds anything', async () => {
  await assert(
    property(constantFrom(...Object.keys(REGISTER)), jsonValue(), (key, value) => {
      expect(['malformed', 'register']).toContain(
        decodeUpper('register', bytes({ ...REGISTER, [key]: value })).kind,
      );
    }),
  );
});

test('survives a payload that is nested deeper than any stack', () => {
  const deep = `${'['.repeat(8_000)}${']'.repeat(8_000)}`;
  const payload = new TextEncoder().encode(`{"v":1,"domain":${deep}}`);
  expect(decodeUpper('register', payload)).toMatchObject({ kind: 'malformed', problem: 'domain' });
});

test('writes alive signals and wills as fixed bytes in network order', () => {
  expect(encodeUpper({ kind: 'alive', session: 0x01020304, seq: 0xfffefdfc })).toEqual(
    Uint8Array.of(1, 2, 3, 4, 255, 254, 253, 252),
  );
  expect(encodeUpper({ kind: 'will', session: 0x80000001 })).toEqual(Uint8Array.of(0x80, 0, 0, 1));
});

test('does not take the session or the count 0', () => {
  expect(decodeUpper('alive', new Uint8Array(8)).kind).toBe('malformed');
  expect(decodeUpper('alive', Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0)).kind).toBe('malformed');
  expect(decodeUpper('will', new Uint8Array(4)).kind).toBe('malformed');
  expect(decodeUpper('register', bytes({ ...REGISTER, session: 0 })).kind).toBe('malformed');
});

test('says with its version how a register is written, and tells another version from a malformed one', () => {
  const register = decodeUpper('register', bytes(REGISTER));
  expect(register).not.toHaveProperty('v');
  expect(register.kind === 'register' && JSON.parse(new TextDecoder().decode(encodeUpper(register)))).toEqual(
    REGISTER,
  );
  expect(decodeUpper('register', bytes({ ...REGISTER, v: 2 }))).toMatchObject({ reason: 'version' });
  expect(decodeUpper('register', bytes({ ...REGISTER, v: undefined }))).toMatchObject({
    reason: 'malformed',
    problem: 'v',
  });
});

test.each([
  ['domain', 'no name'],
  ['ipv4', '256.0.0.1'],
  ['ipv4', '2001:db8::1'],
  ['ipv4', undefined],
  ['ipv6', '192.0.2.1'],
  ['session', 1.5],
  ['session', 2 ** 32],
  ['seq', '1'],
  ['agent', ''],
  ['agent', 'x'.repeat(65)],
  ['agent', 'bell\u0007'],
  ['agent', 'escape\u009b31m'],
  ['lease', null],
])('names %s as the problem when it is %j', (key, value) => {
  expect(decodeUpper('register', bytes({ ...REGISTER, [key]: value }))).toEqual({
    kind: 'malformed',
    reason: 'malformed',
    problem: key,
  });
});

test('says so when a payload is no JSON object at all', () => {
  for (const text of ['', '{', 'null', '[]', '7']) {
    expect(decodeUpper('offline', new TextEncoder().encode(text))).toMatchObject({
      problem: 'not a JSON object',
    });
  }
});

test('takes an address in any spelling and gives the canonical one', () => {
  expect(decodeUpper('register', bytes({ ...REGISTER, ipv6: '2001:DB8:0::1' }))).toMatchObject({
    ipv6: '2001:db8::1',
  });
});

test('ignores fields of later versions, and names that objects inherit', () => {
  expect(decodeUpper('offline', bytes({ session: 1, seq: 1, reason: 'stop', later: true })).kind).toBe(
    'offline',
  );
  expect(
    decodeUpper('offline', new TextEncoder().encode('{"__proto__":{"session":1,"seq":1,"reason":"x"}}')).kind,
  ).toBe('malformed');
});
