import type { Instant } from '../../../runtime/clock.ts';
import type { Offer, OwnerPage } from '../../subscriber/shelf.ts';
import { html, type Markup } from '../html.ts';
import type { OwnerPlaces } from '../owner-content.ts';
import { texts } from '../texts.ts';

/** What the owner has put on the page. */
export interface OwnerView {
  readonly page: OwnerPage;
  /** The owner's own text; empty for none. */
  readonly words: string;
  readonly offers: readonly Offer[];
  /** When the copy of the owner's web page was made; null for none. */
  readonly copiedAt: Instant | null;
  readonly places: OwnerPlaces;
}

/** The owner's words or page, the greeting above them, a copy and files below; nothing of a page that was taken down. */
export function ownerSection(view: OwnerView): Markup | null {
  const { page, words, offers, copiedAt, places } = view;
  if (page.takenDown !== null) return null;
  const greeting = offers.find(({ role }) => role === 'greeting');
  const files = offers.filter(({ role }) => role === 'file');
  return html`${greeting !== undefined && player(greeting, places)}
${page.kind === 'html' ? frame(places.page, texts.offline.words) : words.trim() !== '' && ownersWords(words)}
${copiedAt !== null && copySection(copiedAt, places)}
${files.length > 0 && fileList(files, places)}`;
}

function player(greeting: Offer, places: OwnerPlaces): Markup {
  const src = placeOf(greeting, places);
  const isVideo = greeting.mediaType.startsWith('video/');
  return html`<section class="greeting" aria-label="${texts.offline.greeting}">
${isVideo ? html`<video controls preload="metadata" playsinline src="${src}"></video>` : html`<audio controls preload="metadata" src="${src}"></audio>`}
<p class="hint">${texts.offline.greeting}</p></section>`;
}

/** Without the right to run scripts, to open windows or to lead the outer page away. */
function frame(src: string, title: string): Markup {
  return html`<section class="owners"><iframe class="card" sandbox src="${src}" title="${title}" loading="lazy"></iframe>
<p class="alone"><a href="${src}">${texts.offline.alone}</a></p></section>`;
}

function copySection(copiedAt: Instant, places: OwnerPlaces): Markup {
  const date = html`<time datetime="${new Date(copiedAt).toISOString()}">${texts.moment(copiedAt)}</time>`;
  return html`<section class="copy"><h2>${texts.offline.copy}</h2>
<p class="lead">${texts.offline.copiedAt} ${date}.</p>
${frame(places.copy, texts.offline.copy)}</section>`;
}

function fileList(files: readonly Offer[], places: OwnerPlaces): Markup {
  const item = (file: Offer) =>
    html`<li><a href="${placeOf(file, places)}">${file.name}</a> <span class="hint">${texts.size(file.bytes)}</span></li>\n`;
  return html`<section class="card files"><h2>${texts.offline.files}</h2>
<ul>
${files.map(item)}</ul></section>`;
}

function placeOf({ id, name }: Offer, { file }: OwnerPlaces): string {
  return `${file}/${id}/${encodeURIComponent(name)}`;
}

/** Plain text: blank lines part paragraphs, single line ends stay. */
function ownersWords(words: string): Markup {
  const paragraphs = words
    .replace(/\r\n?/g, '\n')
    .trim()
    .split(/\n\s*\n/);
  return html`<section class="words" aria-label="${texts.offline.words}" dir="auto">
${paragraphs.map((paragraph) => html`<p>${paragraph}</p>\n`)}</section>`;
}
