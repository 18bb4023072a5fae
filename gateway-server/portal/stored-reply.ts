import { rangeOf } from '../api/byte-range.ts';
import type { ByteRange } from '../subscriber/content.ts';
import { listedMediaType } from '../subscriber/media-types.ts';
import { page, type WebReply } from '../web/route.ts';

interface Stored {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** `Range`, as received. */
  readonly range: string | null;
  readonly read: (range: ByteRange | null) => Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** A stored file, whole or in part: listed media types are shown, everything else is an attachment. */
export async function storedReply({
  name,
  mediaType,
  bytes,
  range: header,
  read,
}: Stored): Promise<WebReply> {
  const range = rangeOf(header, bytes);
  if (range === 'not-satisfiable') {
    return { status: 416, headers: { 'content-range': `bytes */${bytes}` }, body: '' };
  }
  const body = await read(range);
  if (!body) return page('The file is not there any more.', 404, { 'content-type': 'text/plain' });
  const type = listedMediaType(mediaType);
  const { first, last } = range ?? { first: 0, last: bytes - 1 };
  const isShown = type !== 'application/octet-stream';
  return {
    status: range ? 206 : 200,
    headers: {
      'content-type': type,
      'content-disposition': disposition(isShown ? 'inline' : 'attachment', name),
      'content-security-policy': "sandbox; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'",
      'content-length': String(last - first + 1),
      'accept-ranges': 'bytes',
      ...(range ? { 'content-range': `bytes ${first}-${last}/${bytes}` } : {}),
    },
    body,
  };
}

/** RFC 6266: the name in UTF-8 for all who read it, without one for the others. */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename*=UTF-8''${encoded}`;
}
