import { StoreUnavailable } from '../store.ts';

/** Primary result codes (sqlite.org/rescode.html) and what they say to a person. */
const WORDS: ReadonlyMap<number, string> = new Map([
  [5, 'another program has locked it'],
  [6, 'another program has locked it'],
  [8, 'its file or folder is read-only'],
  [10, 'its disk fails'],
  [11, 'its file is damaged'],
  [13, 'its disk is full'],
  [14, 'its file cannot be opened for reading and writing'],
  [19, 'what is to be stored belongs to nothing that is there'],
  [26, 'its file is no SQLite database'],
]);
const LOCKED = [5, 6];

/** What went wrong, in words that fit after "cannot use the store: ". */
export function reasonOf(error: unknown): string {
  const known = WORDS.get(primaryCodeOf(error) ?? -1);
  return known ?? (error instanceof Error ? error.message : String(error));
}

/** True while another connection holds the lock: a moment later the same write may succeed. */
export function isLocked(error: unknown): boolean {
  return LOCKED.includes(primaryCodeOf(error) ?? -1);
}

export function unavailable(cause: unknown): StoreUnavailable {
  return new StoreUnavailable(`cannot use the store now: ${reasonOf(cause)}`, { cause });
}

/** The lowest byte of SQLite's extended code. */
function primaryCodeOf(error: unknown): number | undefined {
  const hasCode = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
  return hasCode ? Number(error.errcode) & 0xff : undefined;
}
