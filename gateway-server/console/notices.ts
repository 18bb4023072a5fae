import { html, type Markup, type Piece } from '../answering/html.ts';
import { texts } from './texts.ts';

type NoticeName = keyof typeof texts.notices;

/** The sentence that `?done=NAME` asks for; names that are not ours say nothing. */
export function noticeOf(query: URLSearchParams): Markup | null {
  const name = query.get('done');
  return name !== null && isNotice(name) ? notice(texts.notices[name], 'good') : null;
}

/** A sentence above the page's content. */
export function notice(words: Piece, tone: 'good' | 'bad'): Markup {
  const role = tone === 'bad' ? 'alert' : 'status';
  return html`<div class="notice ${tone}" role="${role}"><p>${words}</p></div>\n`;
}

/** What went wrong, as a sentence for people: commands speak in small letters, and some of them at length. */
export function badNotice(sentence: string): Markup {
  const [first = '', ...more] = sentence.split('\n').map((line) => line.trim());
  const words = `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
  const list = html`<ul class="problems">${more.map((line) => html`<li>${line}</li>\n`)}</ul>`;
  return html`<div class="notice bad" role="alert"><p>${words}</p>${more.length > 0 && list}</div>\n`;
}

function isNotice(name: string): name is NoticeName {
  return Object.hasOwn(texts.notices, name);
}
