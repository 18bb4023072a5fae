import { html, type Markup, type Piece } from '../answering/html.ts';
import { texts } from './texts.ts';

type NoticeName = keyof typeof texts.notices;

/** What a change says on the page to which it leads: `?done=NAME`. Names that are not ours say nothing. */
export function noticeOf(query: URLSearchParams): Markup | null {
  const name = query.get('done');
  if (name === null || !isNotice(name)) return null;
  const { words, isBad } = texts.notices[name];
  return notice(words, isBad ? 'bad' : 'good');
}

/** A sentence above the page's content, with what can be done about it. */
export function notice(words: Piece, tone: 'good' | 'bad' | 'plain', deed: Piece = null): Markup {
  const role = tone === 'bad' ? 'alert' : 'status';
  return html`<div class="notice${tone !== 'plain' && ` ${tone}`}" role="${role}"><p>${words}</p>${deed}</div>`;
}

function isNotice(name: string): name is NoticeName {
  return Object.hasOwn(texts.notices, name);
}
