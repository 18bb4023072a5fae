import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressesRequest,
  addressIn,
  isInterrupted,
  isLast,
  linkIn,
  linkRequest,
  messagesIn,
} from '../../../../agent/compact/netlink-messages.ts';

const LINK = 7;

/** One message as the kernel of a little-endian machine writes it; these tests run on no other. */
function message(type: number, body: readonly number[], flags = 0): number[] {
  const length = 16 + body.length;
  const header = [length, 0, 0, 0, type, 0, flags, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  return [...header, ...body, ...Array.from({ length: (4 - (length % 4)) % 4 }, () => 0)];
}

function attribute(type: number, value: readonly number[]): number[] {
  const length = 4 + value.length;
  return [length, 0, type, 0, ...value, ...Array.from({ length: (4 - (length % 4)) % 4 }, () => 0)];
}

function read(bytes: readonly number[]) {
  return messagesIn(Uint8Array.from(bytes).buffer, bytes.length);
}

const IPV4 = 2;
const IPV6 = 10;
const address = (family: number, flags: number, scope: number, ...attributes: number[][]) =>
  read(message(20, [family, 24, flags, scope, LINK, 0, 0, 0, ...attributes.flat()])).map((one) =>
    addressIn(one, LINK),
  )[0];

test('asks for a link by its name, and for all addresses', () => {
  const [link] = messagesIn(linkRequest('wan'), 40);
  expect(link).toMatchObject({ type: 18, flags: 1 });
  expect(new TextDecoder().decode(new Uint8Array(linkRequest('wan')))).toContain('wan\0');
  expect(messagesIn(addressesRequest(), 24)).toMatchObject([{ type: 22, flags: 0x301 }]);
});

test('tells the number of a link, and whether the cable is in', () => {
  const link = (flags: number) => [0, 0, 1, 0, LINK, 0, 0, 0, 0, 0, flags, 0, 0, 0, 0, 0];
  expect(read(message(16, link(1))).map(linkIn)).toEqual([{ index: LINK, hasCarrier: true }]);
  expect(read(message(16, link(0))).map(linkIn)).toEqual([{ index: LINK, hasCarrier: false }]);
});

test('takes the own address of a point-to-point line, not that of the other end', () => {
  const seen = address(IPV4, 0, 0, attribute(1, [192, 0, 2, 1]), attribute(2, [198, 51, 100, 7]));
  expect(seen).toEqual({
    address: '198.51.100.7',
    isGlobal: true,
    isSecondary: false,
    isUnfit: false,
    preferredSeconds: 0xffff_ffff,
  });
});

test('knows the second address of a network, and the scope', () => {
  const seen = address(IPV4, 1, 253, attribute(1, [192, 0, 2, 1]), attribute(6, [60, 0, 0, 0, 0, 0, 0, 0]));
  expect(seen).toMatchObject({ isSecondary: true, isUnfit: false, isGlobal: false, preferredSeconds: 60 });
});

test.each([
  ['temporary', 0x01],
  ['found to be somebody else’s', 0x08],
  ['deprecated', 0x20],
  ['tentative', 0x40],
])('takes an IPv6 address that is %s for unfit', (_, flag) => {
  const bytes = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  const marked = address(IPV6, 0, 0, attribute(1, bytes), attribute(8, [flag, 0, 0, 0]));
  expect(marked).toMatchObject({ address: '2001:db8::1', isUnfit: true, isSecondary: false });
  expect(address(IPV6, 0, 0, attribute(1, bytes))).toMatchObject({ isUnfit: false });
});

test('leaves out the addresses of other links', () => {
  const [other] = read(message(20, [IPV4, 24, 0, 0, 9, 0, 0, 0, ...attribute(1, [192, 0, 2, 1])]));
  expect(other && addressIn(other, LINK)).toBeUndefined();
});

test('sees the end of a list, and that it was changed meanwhile', () => {
  expect(read([...message(16, []), ...message(3, [], 0x10)]).map(isLast)).toEqual([false, true]);
  expect(read(message(3, [], 0x10)).map(isInterrupted)).toEqual([true]);
  expect(read(message(2, [0, 0, 0, 0])).map(isLast)).toEqual([true]);
});

test('reads any bytes at all without a fault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(16, 20), (bytes, type) => {
      const whole = message(type, [...bytes]);
      for (const some of [read([...bytes]), read(whole)])
        for (const one of some) {
          linkIn(one);
          addressIn(one, LINK);
        }
    }),
  );
});
