import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { ByteRange } from './content.ts';

/** What the owner shows in the line's place. */
export interface OwnerPage {
  /** `words`: the line's plain text; `html`: the owner's own HTML, framed. */
  readonly kind: 'words' | 'html';
  /** As the owner wrote it; whoever shows it sanitises it first. Kept also while `kind` is `words`. */
  readonly html: string;
  /** 200 only where the owner wants it. */
  readonly status: 503 | 200;
  /** Whether the gateway keeps a copy of the owner's own web page and shows it (opt-in). */
  readonly showsCopy: boolean;
  /** Why the provider has taken the page down; null when it has not. Nothing of the owner's is shown then. */
  readonly takenDown: string | null;
  readonly changedAt: Instant;
}

export const NO_PAGE: OwnerPage = {
  kind: 'words',
  html: '',
  status: 503,
  showsCopy: false,
  takenDown: null,
  changedAt: 0 as Instant,
};

/** Longest HTML that an owner may write, in bytes. */
export const MOST_HTML_BYTES = 256 * 1024;
/** Longest plain text, in characters. */
export const MOST_WORDS = 2_000;

/** Something that the owner offers visitors: a file to fetch, the greeting, a picture in the page. */
export interface Offer {
  readonly id: string;
  readonly line: LineId;
  readonly role: 'file' | 'greeting' | 'picture';
  /** The file's name as the owner gave it, without a path. */
  readonly name: string;
  /** One of MEDIA_TYPES, or `application/octet-stream`. */
  readonly mediaType: string;
  readonly bytes: number;
  readonly at: Instant;
}

export interface IncomingOffer {
  readonly role: Offer['role'];
  readonly name: string;
  readonly mediaType: string;
  readonly source: AsyncIterable<Uint8Array>;
}

export type Offering =
  | { readonly kind: 'kept'; readonly offer: Offer }
  | { readonly kind: 'too-large'; readonly roomBytes: number }
  | { readonly kind: 'too-many' }
  | { readonly kind: 'broken-off' }
  | { readonly kind: 'unavailable' };

/** What a line holds of its quota, in bytes: half of the quota is for what the owner offers, half for messages. */
export interface Usage {
  readonly offered: number;
  readonly messages: number;
  readonly mostOffered: number;
  readonly mostMessages: number;
}

/** What the owners offer, for the visitor's side, the portal and the API alike. */
export interface Shelf {
  /** From memory: visitors ask often. NO_PAGE for a line without one. */
  page(line: LineId): OwnerPage;
  /** Resolves when it is on disk. */
  keepPage(
    line: LineId,
    change: Partial<Omit<OwnerPage, 'changedAt'>>,
  ): Promise<'kept' | 'too-large' | 'unavailable'>;
  /** From memory, newest first. */
  offers(line: LineId): readonly Offer[];
  offer(line: LineId, id: string): Offer | undefined;
  /** Checks the quota while the bytes come in; a new greeting takes the place of the one before. */
  put(line: LineId, incoming: IncomingOffer): Promise<Offering>;
  remove(line: LineId, id: string): Promise<void>;
  read(
    offer: Offer,
    range: ByteRange | null,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array> | undefined>;
  usage(line: LineId): Promise<Usage>;
}
