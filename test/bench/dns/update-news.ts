/** What the update server is to do: one update for each of the lines from `from` on. */
export interface Wish {
  readonly from: number;
  readonly count: number;
  readonly generation: number;
  /** `at-once`: all in one call. `gathering`: piece by piece while the next batch is not due yet, as many agents' come. */
  readonly comes: 'at-once' | 'gathering';
}

/** What it tells, each with the moment on the machine's monotonic clock. */
export type UpdateNews =
  /** It answers questions. */
  | { readonly kind: 'ready'; readonly at: number; readonly loadMs: number }
  /** The first update goes to the queue now. */
  | { readonly kind: 'handed'; readonly at: number }
  /** The loop has taken a batch. */
  | { readonly kind: 'taken'; readonly at: number; readonly updates: number };
