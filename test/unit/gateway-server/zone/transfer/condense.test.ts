import { array, assert, constantFrom, dictionary, property } from 'fast-check';
import { expect, test } from 'vitest';
import { condensed } from '../../../../../gateway-server/zone/transfer/condense.ts';
import { labelBytes } from '../../../../../gateway-server/zone/wire.ts';
import {
  addressBytes,
  addressesOf,
  DiffWriter,
  entriesOf,
  isThere,
  type ZoneDiff,
} from '../../../../../gateway-server/zone/zone-diff.ts';
import { parseAddress } from '../../../../../protocol/address.ts';
import { keyOfEntry } from '../../../../support/diff-entries.ts';

type Held = ReadonlyMap<string, readonly string[]>;

const parsed = (texts: readonly string[]) =>
  texts.map((text) => parseAddress(text)).filter((a) => a !== undefined);

/** The diff that leads from `held` to what the names have afterwards, and that state. */
function batch(held: Held, changes: Held): { diff: ZoneDiff; after: Held } {
  const writer = new DiffWriter();
  const after = new Map(held);
  for (const [name, addresses] of changes) {
    const key = Buffer.from(labelBytes(name.split('.')), 'latin1');
    writer.add(key, addressBytes(parsed(held.get(name) ?? [])), addressBytes(parsed(addresses)));
    if (addresses.length > 0) after.set(name, addresses);
    else after.delete(name);
  }
  return { diff: writer.diff(), after };
}

/** Throws when the names are not as the diff expects them. */
function applied(held: Held, diff: ZoneDiff): Map<string, readonly string[]> {
  const after = new Map(held);
  for (const entry of entriesOf(diff)) {
    const name = keyOfEntry(entry).slice(1);
    expect(addressesOf(entry.before)).toEqual(held.get(name) ?? []);
    if (isThere(entry.after)) after.set(name, addressesOf(entry.after));
    else after.delete(name);
  }
  return after;
}

const names = constantFrom('a', 'b', 'c', 'd');
const addresses = constantFrom(
  [],
  ['192.0.2.1'],
  ['192.0.2.2'],
  ['192.0.2.1', '2001:db8::1'],
  ['2001:db8::2'],
);
const changes = dictionary(names, addresses).map((table) => new Map(Object.entries(table)));

test('one condensed diff does what the diffs do one after the other, and nothing twice', async () => {
  await assert(
    property(changes, array(changes, { maxLength: 8 }), (start, batches) => {
      const before = batch(new Map(), start).after;
      let held: Held = before;
      const diffs: ZoneDiff[] = [];
      for (const one of batches) {
        const { diff, after } = batch(held, one);
        diffs.push(diff);
        held = after;
      }
      const diff = condensed(diffs);
      expect(applied(before, diff)).toEqual(held);
      const keys = [...entriesOf(diff)].map(keyOfEntry);
      expect(new Set(keys).size).toBe(keys.length);
    }),
  );
});

test('what is undone later does not appear', () => {
  const there = batch(new Map(), new Map([['a', ['192.0.2.1']]]));
  const gone = batch(there.after, new Map([['a', []]]));
  expect(condensed([there.diff, gone.diff])).toHaveLength(0);
});
