import type { Progress } from '../loop/progress.ts';

/** What one part of the bench works with. */
export interface Part {
  /** All its files go here. */
  readonly folder: string;
  /** A trial: it shows that everything runs, its figures say little. */
  readonly isShort: boolean;
  readonly say: Progress;
  /** Called with what is not measured, and why. */
  readonly absent: (what: string) => void;
}
