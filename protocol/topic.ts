import { type LineId, parseLineId } from './line-id.ts';

export const UPPER_LEAVES = ['register', 'alive', 'offline', 'will', 'answer'] as const;
export const LOWER_LEAVES = ['queued', 'live', 'refused', 'challenge', 'tune'] as const;
/** What an agent publishes. */
export type UpperLeaf = (typeof UPPER_LEAVES)[number];
/** What the gateway publishes to one line. */
export type LowerLeaf = (typeof LOWER_LEAVES)[number];
export type Leaf = UpperLeaf | LowerLeaf;

export const ANNOUNCEMENT_TOPIC = 'porchlight/1/all/announcement';

export interface LineTopic {
  readonly line: LineId;
  readonly leaf: Leaf;
}

export function topicOf(line: LineId, leaf: Leaf): string {
  return `porchlight/1/${shardOf(line)}/${line}/${leaf}`;
}

/** Understands exactly what `topicOf` writes: a wrong shard, a wildcard or a further level is no line's topic. */
export function parseTopic(topic: string): LineTopic | undefined {
  const [, , , lineText = '', leafText = ''] = topic.split('/');
  const line = parseLineId(lineText);
  const leaf = [...UPPER_LEAVES, ...LOWER_LEAVES].find((candidate) => candidate === leafText);
  return line && leaf && topic === topicOf(line, leaf) ? { line, leaf } : undefined;
}

/** Two hex digits: the lowest byte of FNV-1a 32 of the line id, so that several gateways can share the lines out. */
export function shardOf(line: LineId): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < line.length; i++) hash = Math.imul(hash ^ line.charCodeAt(i), 0x01000193);
  return (hash & 0xff).toString(16).padStart(2, '0');
}

export function isUpperLeaf(leaf: Leaf): leaf is UpperLeaf {
  return UPPER_LEAVES.some((upper) => upper === leaf);
}
