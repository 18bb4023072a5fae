import type { Registry } from '../registry.ts';
import { inSlices } from '../slices.ts';
import { type LineState, stateOf } from './line-view.ts';

/** How many lines are in each state. */
export async function lineCounts(
  registry: Registry,
  othersTurn: () => Promise<void>,
): Promise<Readonly<Record<LineState, number>>> {
  const counts: Record<LineState, number> = { live: 0, queued: 0, suspect: 0, offline: 0, unknown: 0 };
  await inSlices([...registry.book.all()], othersTurn, (record) => {
    counts[stateOf(registry, record)] += 1;
  });
  return counts;
}
