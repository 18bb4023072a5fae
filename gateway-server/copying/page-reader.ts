/** What a page tells of itself in its HTML. */
export interface PageFacts {
  /** Addresses of its pictures as they are written, each once, in their order. */
  readonly pictures: readonly string[];
  /** `noarchive` or `none` for robots. */
  readonly forbidsKeeping: boolean;
  /** What its addresses are relative to; null for the page's own. */
  readonly base: string | null;
}

/** Reads and cleans somebody's HTML. */
export interface PageReader {
  factsOf(html: string): PageFacts;
  /** `placeOf` says where a picture lies now; one that lies nowhere is left out. */
  clean(html: string, placeOf: (source: string) => string | undefined): string;
}

const MOST_LOOKED_AT = 1_024;
const META_CHARSET = /<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{1,40})/i;

/** The text of a page, by its header's charset, its own, or UTF-8 (HTML §13.2.3.2, in short). */
export function textOf(body: Uint8Array, contentType: string): string {
  const named = /charset\s*=\s*"?\s*([\w-]{1,40})/i.exec(contentType)?.[1];
  const start = new TextDecoder('latin1').decode(body.subarray(0, MOST_LOOKED_AT));
  return decoderFor(named ?? META_CHARSET.exec(start)?.[1]).decode(body);
}

function decoderFor(label: string | undefined): Pick<InstanceType<typeof TextDecoder>, 'decode'> {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
