import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';

/** The owner's own web page as it was while the line was up; sanitised. */
export interface SiteCopy {
  readonly at: Instant;
  readonly html: string;
  /** The first is `/.porchlight/copy/1`. */
  readonly pictures: readonly CopiedPicture[];
}

export interface CopiedPicture {
  /** One of MEDIA_TYPES. */
  readonly mediaType: string;
  readonly body: Uint8Array;
}

/** How the last try to copy a line's page went. */
export interface CopyState {
  /** When the copy that is kept was made; null for none. */
  readonly copiedAt: Instant | null;
  /** Why the last try gave none, in words for the owner; null when it did, or there was none. */
  readonly trouble: string | null;
}

/** The copies that are shown in the place of lines that are off. */
export interface SiteCopies {
  /** From memory. */
  stateOf(line: LineId): CopyState;
  copyOf(line: LineId): Promise<SiteCopy | undefined>;
  /** For good; the next one is made when its time comes, if it is wanted. */
  remove(line: LineId): Promise<void>;
}

/** Copies on disk; every promise of a change resolves when it is, or rejects with StoreUnavailable. */
export interface SiteCopyStore {
  times(): Promise<ReadonlyMap<LineId, Instant>>;
  read(line: LineId): Promise<SiteCopy | undefined>;
  /** Takes the place of the one before. Nothing is kept for a line that was removed meanwhile. */
  put(line: LineId, copy: SiteCopy): Promise<void>;
  remove(line: LineId): Promise<void>;
}
