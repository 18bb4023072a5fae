import { assert, constantFrom, oneof, property, string, stringMatching } from 'fast-check';
import { expect, test } from 'vitest';
import { type LineId, parseLineId } from '../../../protocol/line-id.ts';
import {
  isUpperLeaf,
  LOWER_LEAVES,
  parseTopic,
  shardOf,
  topicOf,
  UPPER_LEAVES,
} from '../../../protocol/topic.ts';

const leaves = constantFrom(...UPPER_LEAVES, ...LOWER_LEAVES);
const lines = stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/).map(
  (text) => parseLineId(text) ?? ('alice' as LineId),
);

test.each([
  // published vectors of FNV-1a 32: "a" e40c292c, "b" e70c2de5, "c" e60c2c52, "d" e10c2473, "e" e00c22e0, "f" e30c2799,
  // "fo" 6222e842, "foo" a9f37ed7, "foob" 3f5076ef, "fooba" 39aaa18a, "foobar" bf9cf968
  ['a', '2c'],
  ['b', 'e5'],
  ['c', '52'],
  ['d', '73'],
  ['e', 'e0'],
  ['f', '99'],
  ['fo', '42'],
  ['foo', 'd7'],
  ['foob', 'ef'],
  ['fooba', '8a'],
  ['foobar', '68'],
])('puts %j in shard %s', (line, shard) => {
  expect(shardOf(line as LineId)).toBe(shard);
});

test('spreads lines over the shards evenly', () => {
  const counts = new Map<string, number>();
  for (let line = 0; line < 25_600; line++) {
    const shard = shardOf(`line-${line}` as LineId);
    counts.set(shard, (counts.get(shard) ?? 0) + 1);
  }
  expect(counts.size).toBe(256);
  expect(Math.max(...counts.values())).toBeLessThan(200);
});

test('reads back every topic that it writes', async () => {
  await assert(
    property(lines, leaves, (line, leaf) => {
      expect(parseTopic(topicOf(line, leaf))).toEqual({ line, leaf });
    }),
  );
});

test('takes any text without throwing, and only its own writing for a topic', async () => {
  const own = property(
    oneof(
      string(),
      string().map((end) => `porchlight/1/d4/bob/${end}`),
    ),
    (text) => {
      const topic = parseTopic(text);
      if (topic) expect(topicOf(topic.line, topic.leaf)).toBe(text);
    },
  );
  await assert(own);
  const altered = property(lines, leaves, string({ minLength: 1 }), (line, leaf, noise) => {
    expect(parseTopic(`${topicOf(line, leaf)}${noise}`)).toBeUndefined();
    expect(parseTopic(`${noise}${topicOf(line, leaf)}`)).toBeUndefined();
  });
  await assert(altered);
});

test.each([
  'porchlight/1/00/alice/alive',
  'porchlight/2/0c/alice/alive',
  'porchlight/1/+/alice/alive',
  'porchlight/1/all/announcement',
  'porchlight/1/0C/alice/alive',
  'porchlight/1//alice/alive',
  '/porchlight/1/0c/alice/alive',
])('does not take %j for a topic of a line', (text) => {
  expect(parseTopic(text)).toBeUndefined();
});

test('tells what agents publish from what the gateway publishes', () => {
  expect(UPPER_LEAVES.filter(isUpperLeaf)).toEqual([...UPPER_LEAVES]);
  expect(LOWER_LEAVES.filter(isUpperLeaf)).toEqual([]);
});
