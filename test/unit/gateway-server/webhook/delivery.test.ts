import { expect, test } from 'vitest';
import { DeliveryIds } from '../../../../gateway-server/webhook/delivery.ts';
import { countingRandom } from '../../../support/database-in-memory.ts';

test('ids sort in the order in which they were drawn, also when the clock is set back or the gateway starts anew', () => {
  const ids = new DeliveryIds(countingRandom(), null);
  const drawn = [ids.next(1_700_000_000_000), ids.next(1_700_000_000_000), ids.next(5)];
  const later = new DeliveryIds(countingRandom(), drawn.at(-1) ?? null);
  drawn.push(later.next(7), later.next(1_800_000_000_000));
  expect(drawn.toSorted()).toEqual(drawn);
  expect(new Set(drawn).size).toBe(5);
});

test('an id has no full stop, which separates it from the time in what is signed', () => {
  expect(new DeliveryIds(countingRandom(), null).next(1_700_000_000_000)).toMatch(/^msg_[0-9a-f]{28}$/);
});
