/** Tells a person who waits how far the run is. */
export type Progress = (text: string) => void;

/** A line of progress every so many turns, and at the last. */
export function sayEvery(turns: number, done: number, all: number, say: () => void): void {
  if (done % turns === 0 || done === all) say();
}
