import { array, assert, boolean, constantFrom, ipV4, ipV6, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { AddressTable, type KeyBytes } from '../../../../gateway-server/zone/address-table.ts';
import { labelBytes } from '../../../../gateway-server/zone/wire.ts';
import { addressBytes, addressesOf, NO_ADDRESS_BYTES } from '../../../../gateway-server/zone/zone-diff.ts';
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

/** The key in the midst of other bytes, as it lies in a question. */
function keyOf(name: string): KeyBytes {
  const bytes = Buffer.from(`before${labelBytes(name.split('.'))}behind`, 'latin1');
  return { bytes, start: 6, end: bytes.length - 6 };
}

function held(table: AddressTable): Map<string, readonly Address[]> {
  const lines = [...table.frozen()].map(({ keys, keyStart, keyEnd, addresses }) => [
    Buffer.from(keys.subarray(keyStart, keyEnd)).toString('latin1'),
    addressesOf(addresses),
  ]);
  return new Map(lines as [string, Address[]][]);
}

const inOrder = (addresses: readonly Address[]) => [
  ...addresses.filter((one) => !one.includes(':')),
  ...addresses.filter((one) => one.includes(':')),
];

test('holds what a plain map of the same changes would hold, empty names included', async () => {
  const sameAsModel = property(array(anyChange, { maxLength: 40 }), (changes) => {
    const table = new AddressTable();
    for (const { name, isRemoval, addresses } of changes)
      table.set(keyOf(name), isRemoval ? NO_ADDRESS_BYTES : addressBytes(addresses));
    expectSame(table, modelOf(changes));
  });
  await assert(sameAsModel, { numRuns: 200 });
});

type Model = ReadonlyMap<string, readonly Address[]>;

function modelOf(
  changes: readonly { name: string; isRemoval: boolean; addresses: readonly Address[] }[],
): Model {
  const model = new Map<string, readonly Address[]>();
  for (const { name, isRemoval, addresses } of changes) {
    if (isRemoval || addresses.length === 0) model.delete(name);
    else model.set(name, addresses);
  }
  return model;
}

function expectSame(table: AddressTable, model: Model): void {
  expect(held(table)).toEqual(
    new Map([...model].map(([name, addresses]) => [labelBytes(name.split('.')), inOrder(addresses)])),
  );
  expect(table.size).toBe(model.size);
  for (const name of [...NAMES, 's', 'c']) {
    const exists = [...model.keys()].some((other) => other === name || other.endsWith(`.${name}`));
    expect(table.find(keyOf(name), 16)).toBe(exists ? 'no-data' : 'no-name');
    expect(addressesOf(table.addressesOf(keyOf(name)))).toEqual(inOrder(model.get(name) ?? []));
  }
}

test('keeps thousands of names apart while it grows and gives freed room to others', () => {
  const table = new AddressTable();
  const addressOf = (i: number) => addressBytes([address(`10.0.${i >> 8}.${i & 255}`)]);
  for (let i = 0; i < 2000; i++) table.set(keyOf(`line${i}`), addressOf(i));
  for (let i = 0; i < 1000; i++) table.set(keyOf(`line${i}`), NO_ADDRESS_BYTES);
  for (let i = 0; i < 1000; i++) table.set(keyOf(`new${i}`), addressOf(i));
  expect(table.size).toBe(2000);
  expect(addressesOf(table.addressesOf(keyOf('line1999')))).toEqual(['10.0.7.207']);
  expect(addressesOf(table.addressesOf(keyOf('new999')))).toEqual(['10.0.3.231']);
});

test('shows who reads it the names of then, whatever is changed meanwhile', () => {
  const table = new AddressTable();
  for (let i = 0; i < 300; i++) table.set(keyOf(`line${i}`), addressBytes([address('192.0.2.1')]));
  table.set(keyOf('crowd'), addressBytes([address('192.0.2.2'), address('192.0.2.3')]));
  const before = held(table);
  const reading = table.frozen();
  for (let i = 0; i < 300; i += 2) table.set(keyOf(`line${i}`), NO_ADDRESS_BYTES);
  for (let i = 0; i < 900; i++) table.set(keyOf(`other${i}`), addressBytes([address('192.0.2.9')]));
  table.set(keyOf('crowd'), addressBytes([address('192.0.2.4'), address('192.0.2.5')]));
  const seen = new Map(
    [...reading].map(({ keys, keyStart, keyEnd, addresses }) => [
      Buffer.from(keys.subarray(keyStart, keyEnd)).toString('latin1'),
      addressesOf(addresses),
    ]),
  );
  expect(seen).toEqual(before);
});

test('knows which names wait for a batch until they get their new addresses', () => {
  const table = new AddressTable();
  const [alice, nobody] = [keyOf('alice'), keyOf('nobody')];
  table.set(alice, addressBytes([address('192.0.2.1')]));
  table.setQueued(alice, true);
  table.setQueued(nobody, true);
  expect(table.find(alice, 1)).toMatchObject({ isQueued: true });
  expect(table.find(nobody, 1)).toBe('no-name');
  table.set(alice, addressBytes([address('192.0.2.2')]));
  expect(table.find(alice, 1)).toMatchObject({ isQueued: false });
});
