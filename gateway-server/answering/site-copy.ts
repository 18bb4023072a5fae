import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';

/** The owner's own web page as it was while the line was up; sanitised. */
interface SiteCopy {
  readonly at: Instant;
  readonly html: string;
  /** By the last part of `/.porchlight/copy/<n>`. */
  readonly pictures: ReadonlyMap<string, { readonly mediaType: string; readonly body: Uint8Array }>;
}

export interface SiteCopies {
  copyOf(line: LineId): SiteCopy | undefined;
}
