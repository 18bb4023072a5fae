import type { LineId } from '../protocol/line-id.ts';
import {
  ANNOUNCEMENT_TOPIC,
  isUpperLeaf,
  type LowerLeaf,
  parseTopic,
  topicOf,
  type UpperLeaf,
} from '../protocol/topic.ts';

/** What a line may do with which topic: exactly its own leaves in its own shard, and the announcements (docs/protocol.md). */

/** The will is published by the broker alone. */
export type PublishableLeaf = Exclude<UpperLeaf, 'will'>;
export type SubscribableLeaf = LowerLeaf | 'announcement';

export interface WillNote {
  readonly topic: string;
  readonly qos: number;
  readonly isRetained: boolean;
  readonly payloadBytes: number;
}

/** The leaf of the line's own that the topic names, if the line itself may publish there. */
export function publishableLeaf(line: LineId, topic: string): PublishableLeaf | undefined {
  const named = parseTopic(topic);
  if (named?.line !== line || !isUpperLeaf(named.leaf) || named.leaf === 'will') return undefined;
  return named.leaf;
}

/** The leaf that the filter names, if the line may listen to it; filters with wildcards never are. */
export function subscribableLeaf(line: LineId, filter: string): SubscribableLeaf | undefined {
  if (filter === ANNOUNCEMENT_TOPIC) return 'announcement';
  const named = parseTopic(filter);
  return named?.line === line && !isUpperLeaf(named.leaf) ? named.leaf : undefined;
}

/** Whether the line may leave such a will: its own topic, QoS 0 or 1, not retained, the four bytes of a session. */
export function mayLeaveWill(line: LineId, will: WillNote): boolean {
  return will.topic === topicOf(line, 'will') && will.qos <= 1 && !will.isRetained && will.payloadBytes === 4;
}
