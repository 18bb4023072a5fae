import type { LineId } from '../../protocol/line-id.ts';

/** What lies on disk for a line: a greeting, a file to fetch, a recorded message. The id says nothing about it. */
interface StoredContent {
  readonly id: string;
  readonly bytes: number;
}

export type Storing =
  | { readonly kind: 'stored'; readonly content: StoredContent }
  /** More came than `mostBytes`; reading ended there, and nothing is kept. */
  | { readonly kind: 'too-large' }
  /** The sender went away before the end; nothing is kept. */
  | { readonly kind: 'broken-off' }
  /** The disk is full or cannot be written; nothing is kept. */
  | { readonly kind: 'no-room' };

/** The first and the last byte, both included, as in RFC 9110 §14.1.2. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Files of the lines, on disk. What nobody refers to is swept away at start. */
export interface ContentFiles {
  /** Reads `source` to its end or to the limit; `stored` only when it is on disk (fsync). */
  put(line: LineId, source: AsyncIterable<Uint8Array>, mostBytes: number): Promise<Storing>;
  /** The bytes of the range, or all, piece by piece; undefined when there is no such file. Ends by `signal`. */
  read(
    line: LineId,
    id: string,
    range: ByteRange | null,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array> | undefined>;
  remove(line: LineId, id: string): Promise<void>;
  /** Everything of the line. */
  removeAll(line: LineId): Promise<void>;
  /** Removes what `isReferred` denies: left over from a crash between file and record. */
  sweep(isReferred: (line: LineId, id: string) => boolean): Promise<void>;
}
