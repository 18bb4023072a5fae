import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NameIndex } from '../../../../gateway-server/zone/name-index.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const slotOf = (index: NameIndex, text: string) => {
  const bytes = bytesOf(text);
  return index.slotOf(bytes, 0, bytes.length);
};
const find = (index: NameIndex, text: string) => {
  const bytes = bytesOf(text);
  return index.find(bytes, 0, bytes.length);
};

/** What is stored, by slot. */
function stored(index: NameIndex): Map<number, string> {
  const { bytes, places } = index.keys();
  const texts = [...places].map((place) => {
    const length = bytes[place] ?? 0;
    return new TextDecoder().decode(bytes.subarray(place + 1, place + 1 + length));
  });
  return new Map(texts.entries());
}

/** The index after the steps, and the slots that it gave. */
function after(steps: readonly { readonly key: string; readonly isAdded: boolean }[]) {
  const index = new NameIndex();
  const slots = new Map<string, number>();
  for (const { key, isAdded } of steps) {
    const known = slots.get(key);
    if (isAdded) slots.set(key, slotOf(index, key));
    else if (known !== undefined) {
      index.free(known);
      slots.delete(key);
    }
  }
  return { index, slots };
}

describe('the index of names', () => {
  test('knows exactly the keys that were added and not freed, whatever the order', () => {
    const key = fc.integer({ min: 0, max: 300 }).map((n) => `k${n}`);
    const step = fc.record({ key, isAdded: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 2_000 }), (steps) => {
        const { index, slots } = after(steps);
        for (let n = 0; n <= 300; n++) expect(find(index, `k${n}`)).toBe(slots.get(`k${n}`) ?? -1);
        expect(index.size).toBe(slots.size);
        expect(new Set(slots.values()).size).toBe(slots.size);
      }),
      { numRuns: 50 },
    );
  });

  test('gives a key the same slot again and again', () => {
    const index = new NameIndex();
    expect(slotOf(index, 'alice')).toBe(slotOf(index, 'alice'));
  });

  test('does not take a key for another that begins like it', () => {
    const index = new NameIndex();
    slotOf(index, 'alice');
    expect(find(index, 'alic')).toBe(-1);
    expect(find(index, 'alice2')).toBe(-1);
  });

  test('gives the slots of freed keys to new ones, so that it does not grow', () => {
    const index = new NameIndex();
    for (let n = 0; n < 10_000; n++) index.free(slotOf(index, `name-${n}`));
    expect(index.keys().places.length).toBe(1);
    expect(index.keys().bytes.length).toBeLessThan(10_000);
  });

  test('leaves what was read of it before as it was', () => {
    const index = new NameIndex();
    const before = Array.from({ length: 500 }, (_, n) => `old-${n}`);
    const slots = before.map((name) => slotOf(index, name));
    const seen = index.keys();
    for (const slot of slots) index.free(slot);
    for (let n = 0; n < 5_000; n++) slotOf(index, `new-name-${n}`);
    const texts = slots.map((slot) => {
      const place = seen.places[slot] ?? 0;
      return new TextDecoder().decode(seen.bytes.subarray(place + 1, place + 1 + (seen.bytes[place] ?? 0)));
    });
    expect(texts).toEqual(before);
    expect(stored(index).size).toBe(5_000);
  });
});
