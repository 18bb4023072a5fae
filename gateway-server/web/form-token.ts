import { timingSafeEqual } from 'node:crypto';

/** Whether a posted form brought the token it should; compared in constant time. */
export function isToken(given: string | undefined, expected: string): boolean {
  const [ours, theirs] = [Buffer.from(expected), Buffer.from(given ?? '')];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}
