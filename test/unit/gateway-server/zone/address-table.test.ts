import { array, assert, boolean, constantFrom, ipV4, ipV6, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { AddressTable } from '../../../../gateway-server/zone/address-table.ts';
import { labelBytes } from '../../../../gateway-server/zone/wire.ts';
import type { Address } from '../../../../protocol/address.ts';
import { address } from '../../../support/dns-zone.ts';

const NAMES = ['a', 'b', 'x.a', 'y.a', 'z.x.a', 'q.r.s', 'r.s'];
const anyChange = record({
  name: constantFrom(...NAMES),
  isRemoval: boolean(),
  addresses: array(ipV4(), { maxLength: 3 }).chain((v4) =>
    array(ipV6(), { maxLength: 2 }).map((v6) => [...v4, ...v6].map(address)),
  ),
});

const keyOf = (name: string) => labelBytes(name.split('.'));
const sorted = (addresses: readonly Address[]) => [...addresses].sort();

test('holds what a plain map of the same changes would hold, empty names included', async () => {
  const sameAsModel = property(array(anyChange, { maxLength: 40 }), (changes) => {
    const table = new AddressTable(30);
    const model = new Map<string, readonly Address[]>();
    for (const { name, isRemoval, addresses } of changes) {
      if (isRemoval) table.remove(keyOf(name));
      else table.set(keyOf(name), addresses);
      if (isRemoval) model.delete(name);
      else model.set(name, addresses);
    }
    const held = [...table.entries()].map(([key, addresses]) => [key, sorted(addresses)]);
    expect(new Map(held as [string, Address[]][])).toEqual(
      new Map([...model].map(([name, addresses]) => [keyOf(name), sorted(addresses)])),
    );
    for (const name of [...NAMES, 's', 'c']) {
      const exists = [...model.keys()].some((held) => held === name || held.endsWith(`.${name}`));
      expect(table.find(keyOf(name), 16)).toBe(exists ? 'no-data' : 'no-name');
    }
  });
  await assert(sameAsModel, { numRuns: 200 });
});

test('keeps thousands of names apart while it grows and gives freed room to others', () => {
  const table = new AddressTable(30);
  const addressOf = (i: number) => address(`10.0.${i >> 8}.${i & 255}`);
  for (let i = 0; i < 2000; i++) table.set(keyOf(`line${i}`), [addressOf(i)]);
  for (let i = 0; i < 1000; i++) table.remove(keyOf(`line${i}`));
  for (let i = 0; i < 1000; i++) table.set(keyOf(`new${i}`), [addressOf(i)]);
  const held = new Map(table.entries());
  expect(held.size).toBe(2000);
  expect([held.get(keyOf('line1999')), held.get(keyOf('new999'))]).toEqual([
    [addressOf(1999)],
    [addressOf(999)],
  ]);
});
