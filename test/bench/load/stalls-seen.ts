/** What the stall probe saw in one phase. */
export interface StallsSeen {
  /** Milliseconds from each question to its answer. */
  readonly waits: readonly number[];
  readonly lost: number;
  /** How late the probe itself was at worst, which is in `waits` as well. */
  readonly ownLatenessMs: number;
}
