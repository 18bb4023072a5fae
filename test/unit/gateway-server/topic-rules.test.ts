import { assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { mayLeaveWill, publishableLeaf, subscribableLeaf } from '../../../gateway-server/topic-rules.ts';
import type { LineId } from '../../../protocol/line-id.ts';
import { ANNOUNCEMENT_TOPIC, LOWER_LEAVES, topicOf, UPPER_LEAVES } from '../../../protocol/topic.ts';

const ALICE = 'alice' as LineId;
const BOB = 'bob' as LineId;
const ALL_LEAVES = [...UPPER_LEAVES, ...LOWER_LEAVES];

test('lets a line publish its own upper leaves but the will, and nothing else', () => {
  const allowed = ALL_LEAVES.filter((leaf) => publishableLeaf(ALICE, topicOf(ALICE, leaf)) === leaf);
  expect(allowed).toEqual(['register', 'alive', 'offline', 'answer']);
  expect(ALL_LEAVES.filter((leaf) => publishableLeaf(ALICE, topicOf(BOB, leaf)))).toEqual([]);
  expect(publishableLeaf(ALICE, ANNOUNCEMENT_TOPIC)).toBeUndefined();
});

test('lets a line listen to its own lower leaves and the announcements, and to nothing else', () => {
  const allowed = ALL_LEAVES.filter((leaf) => subscribableLeaf(ALICE, topicOf(ALICE, leaf)) === leaf);
  expect(allowed).toEqual([...LOWER_LEAVES]);
  expect(ALL_LEAVES.filter((leaf) => subscribableLeaf(ALICE, topicOf(BOB, leaf)))).toEqual([]);
  expect(subscribableLeaf(ALICE, ANNOUNCEMENT_TOPIC)).toBe('announcement');
});

test('allows no topic that differs from an allowed one by a single piece', async () => {
  const pieces = constantFrom('', '/', '+', '#', '$share/g/', 'alice', '0', ' ', '\0');
  const anyCase = property(constantFrom(...LOWER_LEAVES), pieces, string(), (leaf, piece, noise) => {
    const own = topicOf(ALICE, leaf);
    for (const topic of [`${piece}${own}`, `${own}${piece}`, own.replace(leaf, piece + noise)]) {
      if (topic !== own && !LOWER_LEAVES.some((known) => topic === topicOf(ALICE, known)))
        expect(subscribableLeaf(ALICE, topic)).toBeUndefined();
    }
  });
  await assert(anyCase);
});

test('accepts a will only on its own topic, at QoS 0 or 1, not retained, and of four bytes', () => {
  const will = { topic: topicOf(ALICE, 'will'), qos: 1, isRetained: false, payloadBytes: 4 };
  expect(mayLeaveWill(ALICE, will)).toBe(true);
  expect(mayLeaveWill(ALICE, { ...will, qos: 0 })).toBe(true);
  expect(mayLeaveWill(BOB, will)).toBe(false);
  expect(mayLeaveWill(ALICE, { ...will, topic: topicOf(ALICE, 'alive') })).toBe(false);
  expect(mayLeaveWill(ALICE, { ...will, qos: 2 })).toBe(false);
  expect(mayLeaveWill(ALICE, { ...will, isRetained: true })).toBe(false);
  expect(mayLeaveWill(ALICE, { ...will, payloadBytes: 5 })).toBe(false);
});
