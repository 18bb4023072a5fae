import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addressBytes,
  addressesOf,
  DamagedDiff,
  DiffWriter,
  entriesOf,
  isThere,
  NO_ADDRESS_BYTES,
} from '../../../../gateway-server/zone/zone-diff.ts';
import { addressOfBytes } from '../../../../protocol/address.ts';
import { keyOfEntry } from '../../../support/diff-entries.ts';
import { address } from '../../../support/dns-zone.ts';

const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const addresses = fc
  .tuple(fc.array(ipv4, { maxLength: 3 }), fc.array(ipv6, { maxLength: 3 }))
  .map(([four, six]) => [...four, ...six].map(addressOfBytes).filter((one) => one !== undefined));
const key = fc.uint8Array({ minLength: 2, maxLength: 60 });
const change = fc.record({ key, before: addresses, after: addresses });

describe('a diff', () => {
  test('gives back what was written', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 50 }), (changes) => {
        const writer = new DiffWriter();
        for (const one of changes) writer.add(one.key, addressBytes(one.before), addressBytes(one.after));
        const written = changes.filter(
          ({ before, after }) => JSON.stringify(before) !== JSON.stringify(after),
        );
        expect(writer.entries).toBe(written.length);
        const read = [...entriesOf(writer.diff())].map((entry) => ({
          key: keyOfEntry(entry),
          before: addressesOf(entry.before),
          after: addressesOf(entry.after),
        }));
        expect(read).toEqual(
          written.map((one) => ({ ...one, key: Buffer.from(one.key).toString('latin1') })),
        );
      }),
    );
  });

  test('of any bytes is read to its end or said to be damaged, and never more is read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          for (const entry of entriesOf(bytes)) expect(entry.after.start).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DamagedDiff);
        }
      }),
    );
  });

  test('that is cut off anywhere within its last entry is damaged', () => {
    const writer = new DiffWriter();
    writer.add(
      Uint8Array.of(1, 97),
      NO_ADDRESS_BYTES,
      addressBytes([address('192.0.2.1'), address('2001:db8::1')]),
    );
    const diff = writer.diff();
    for (let length = 1; length < diff.length; length++)
      expect(() => [...entriesOf(diff.subarray(0, length))]).toThrow(DamagedDiff);
  });

  test('says that a name without addresses is not there', () => {
    expect(isThere(NO_ADDRESS_BYTES)).toBe(false);
    expect(isThere(addressBytes([address('2001:db8::1')]))).toBe(true);
  });

  test('refuses more addresses than it can count', () => {
    const many = Array.from({ length: 256 }, (_, n) => address(`192.0.2.${n}`));
    expect(() => addressBytes(many)).toThrow(RangeError);
  });
});
