import sanitizeHtml from 'sanitize-html';
import type { Sanitiser } from '../../answering/sanitiser.ts';
import type { PageFacts, PageReader } from '../page-reader.ts';

const FORBIDS = /\b(?:noarchive|none)\b/i;

/** Reads pages with the parser of the sanitiser, so that both see the same elements. */
export function htmlReader(sanitiser: Sanitiser): PageReader {
  return { factsOf, clean: (html, placeOf) => sanitiser.clean(html, placeOf).html };
}

function factsOf(html: string): PageFacts {
  const pictures = new Set<string>();
  let forbidsKeeping = false;
  let base: string | null = null;
  sanitizeHtml(html, {
    allowedTags: [],
    allowedAttributes: {},
    onOpenTag: (name, { src, href, name: of, content }) => {
      if (name === 'img' && src) pictures.add(src);
      if (name === 'base' && href) base ??= href;
      if (name === 'meta' && of?.toLowerCase() === 'robots') forbidsKeeping ||= FORBIDS.test(content ?? '');
    },
  });
  return { pictures: [...pictures], forbidsKeeping, base };
}
