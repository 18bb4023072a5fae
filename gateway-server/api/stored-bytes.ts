import type { ByteRange } from '../subscriber/content.ts';
import { listedMediaType } from '../subscriber/media-types.ts';
import { rangeOf } from './byte-range.ts';
import { problem, type Reply } from './operation.ts';

interface Stored {
  readonly mediaType: string;
  readonly bytes: number;
  readonly range: string | null;
  readonly read: (range: ByteRange | null) => Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** A stored file, or the part of it that was asked for. */
export async function storedBytes({ mediaType, bytes, range: header, read }: Stored): Promise<Reply> {
  const range = rangeOf(header, bytes);
  if (range === 'not-satisfiable') {
    return problem(416, `There are ${bytes} bytes.`, { 'content-range': `bytes */${bytes}` });
  }
  const pieces = await read(range);
  if (!pieces) return problem(404, 'The file is not there any more.');
  const { first, last } = range ?? { first: 0, last: bytes - 1 };
  return {
    kind: 'bytes',
    status: range ? 206 : 200,
    headers: {
      'content-type': listedMediaType(mediaType),
      'content-disposition': 'attachment',
      'content-length': String(last - first + 1),
      'accept-ranges': 'bytes',
      ...(range ? { 'content-range': `bytes ${first}-${last}/${bytes}` } : {}),
    },
    pieces,
  };
}
