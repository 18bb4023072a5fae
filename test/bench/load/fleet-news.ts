import type { FleetTally } from './simulated-line.ts';

/** What the fleet tells. */
export interface FleetNews extends Readonly<FleetTally> {
  /** Set once: from the first connection attempt to the last line's `live`. */
  readonly allLiveAfterMs: number | null;
  /** The worst delay of the fleet's own event loop since then. */
  readonly lagMs: number;
}
