import type { LineId } from '../../protocol/line-id.ts';
import { keepNewest } from '../keep-newest.ts';
import { MEDIA_TYPES } from '../subscriber/media-types.ts';
import type { Offer, OwnerPage, Shelf } from '../subscriber/shelf.ts';
import type { CopiedPicture, SiteCopies, SiteCopy } from '../subscriber/site-copy.ts';
import { OWN_PATH } from './assets.ts';
import { wantedOf } from './byte-range.ts';
import { framedPage } from './page/framed-page.ts';
import { contentReply, framedReply, type Headers } from './reply.ts';
import type { Sanitiser } from './sanitiser.ts';
import type { Reply, Target, Visit } from './visit.ts';

export interface OwnerContentParts {
  readonly shelf: Pick<Shelf, 'page' | 'offers' | 'offer' | 'read'>;
  readonly copies: SiteCopies;
  readonly sanitiser: Sanitiser;
  /** Whose pages may frame the owner's; null while there is no portal. */
  readonly portalOrigin: () => string | null;
}

/** Where an owner's things lie on the owner's own name; a preview in the portal has other places. */
export interface OwnerPlaces {
  readonly page: string;
  readonly copy: string;
  readonly file: string;
}

export const OWNER_PLACES: OwnerPlaces = {
  page: `${OWN_PATH}page`,
  copy: `${OWN_PATH}copy`,
  file: `${OWN_PATH}file`,
};
const MOST_CLEANED = 200;

/** What owners show: their HTML in a frame that can do nothing, their files as bytes and never as pages. */
export class OwnerContent {
  readonly #parts: OwnerContentParts;
  /** Sanitising costs more than sending: the newest pages are kept. */
  readonly #cleaned = new Map<LineId, { readonly page: OwnerPage; readonly html: string }>();

  constructor(parts: OwnerContentParts) {
    this.#parts = parts;
  }

  /** Undefined when the path is none of the owner's things. */
  async answer(line: LineId, target: Target, visit: Visit): Promise<Reply | undefined> {
    const page = this.#parts.shelf.page(line);
    if (page.takenDown !== null) return undefined;
    if (target.path === OWNER_PLACES.page && page.kind === 'html')
      return this.framed(this.#htmlOf(line, page));
    if (page.showsCopy && target.path.startsWith(OWNER_PLACES.copy)) return this.#copyAt(line, target.path);
    return this.#fileAt(line, target.path, visit);
  }

  /** The copied page, or one of its pictures: `/.porchlight/copy/1` is the first. */
  async #copyAt(line: LineId, path: string): Promise<Reply | undefined> {
    const copy = await this.#parts.copies.copyOf(line);
    if (copy && path === OWNER_PLACES.copy) return this.framed(copy.html);
    const picture = copy && pictureOf(copy, path.slice(OWNER_PLACES.copy.length));
    return picture && contentReply(200, picture.body, { 'content-type': picture.mediaType });
  }

  /** An owner's HTML, cleaned before, as the document of the frame. */
  framed(html: string): Reply {
    return framedReply(framedPage(html), this.#parts.portalOrigin());
  }

  #htmlOf(line: LineId, page: OwnerPage): string {
    const known = this.#cleaned.get(line);
    if (known?.page === page) return known.html;
    const { html } = this.#parts.sanitiser.clean(page.html);
    keepNewest(this.#cleaned, line, { page, html }, MOST_CLEANED);
    return html;
  }

  async #fileAt(line: LineId, path: string, visit: Visit): Promise<Reply | undefined> {
    const [, id = ''] = /^\/([\w-]+)(?:\/[^/]*)?$/.exec(path.slice(OWNER_PLACES.file.length)) ?? [];
    const offer = path.startsWith(`${OWNER_PLACES.file}/`) ? this.#parts.shelf.offer(line, id) : undefined;
    return offer && offerReply(offer, visit, (range, signal) => this.#parts.shelf.read(offer, range, signal));
  }
}

type Read = (
  range: { readonly first: number; readonly last: number } | null,
  signal: AbortSignal,
) => Promise<AsyncIterable<Uint8Array> | undefined>;

/** Also what the portal plays: the same bytes with the same headers. */
async function offerReply(
  { name, mediaType, bytes, id }: Pick<Offer, 'name' | 'mediaType' | 'bytes' | 'id'>,
  { range, method, signal }: Pick<Visit, 'range' | 'method' | 'signal'>,
  read: Read,
): Promise<Reply | undefined> {
  const wanted = wantedOf(range, bytes);
  const common: Headers = {
    'content-type': mediaType,
    'content-disposition': dispositionOf(name, mediaType),
    'accept-ranges': 'bytes',
    etag: `"${id}"`,
  };
  if (wanted.kind === 'unsatisfiable')
    return contentReply(416, '', { ...common, 'content-range': `bytes */${bytes}` });
  const part = wanted.kind === 'part' ? wanted.range : null;
  const length = part ? part.last - part.first + 1 : bytes;
  const headers = {
    ...common,
    'content-length': String(length),
    ...(part ? { 'content-range': `bytes ${part.first}-${part.last}/${bytes}` } : {}),
  };
  const body = method === 'HEAD' ? '' : await read(part, signal);
  return body === undefined ? undefined : contentReply(part ? 206 : 200, body, headers);
}

/** RFC 6266: only what is known to be quiet is shown in place. */
function dispositionOf(name: string, mediaType: string): string {
  const kind = MEDIA_TYPES.has(mediaType) ? 'inline' : 'attachment';
  const plain = name.replace(/[^\w.-]+/g, '_');
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, escaped)}`;
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** `rest` is what stands behind the place of the copy. */
function pictureOf({ pictures }: SiteCopy, rest: string): CopiedPicture | undefined {
  const [, number = '0'] = /^\/([1-9]\d{0,2})$/.exec(rest) ?? [];
  return pictures[Number(number) - 1];
}
