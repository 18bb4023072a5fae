import type { Islands } from '../islands.ts';

/** Put in by the build (packaging/build.ts); absent in a program that runs from source. */
declare const BUNDLED_ISLANDS: Islands | undefined;

/** The pages' scripts: those that were built in, or else bundled now, which takes a fraction of a second. */
export async function loadIslands(): Promise<Islands> {
  return typeof BUNDLED_ISLANDS === 'undefined'
    ? (await import('./bundle-islands.ts')).bundleIslands()
    : BUNDLED_ISLANDS;
}
