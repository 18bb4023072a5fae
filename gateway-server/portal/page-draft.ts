import { MOST_HTML_BYTES, MOST_WORDS, type OwnerPage } from '../subscriber/shelf.ts';
import type { Draft } from './portal-parts.ts';
import { texts } from './texts.ts';

export type EditorTab = OwnerPage['kind'];

/** What the editor's form says, on top of what is kept: the other tab's text stays as it is. */
export function draftIn(fields: ReadonlyMap<string, string>, kept: Draft): Draft {
  const kind: EditorTab = fields.get('kind') === 'html' ? 'html' : 'words';
  return {
    words: (fields.get('words') ?? kept.words).replace(/\r\n?/g, '\n'),
    tellsSince: fields.has('tells-since'),
    page: {
      ...kept.page,
      kind,
      html: (fields.get('html') ?? kept.page.html).replace(/\r\n?/g, '\n'),
      status: fields.get('status') === '200' ? 200 : 503,
      showsCopy: fields.has('shows-copy'),
    },
  };
}

/** Why the draft cannot be kept, in words; null when it can. */
export function problemOf({ words, page }: Draft): string | null {
  const count = [...words].length;
  if (count > MOST_WORDS) return texts.page.tooLong(count, MOST_WORDS);
  return Buffer.byteLength(page.html) > MOST_HTML_BYTES ? texts.page.tooLarge : null;
}
