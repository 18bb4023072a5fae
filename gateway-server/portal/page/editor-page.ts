import { html, type Markup } from '../../answering/html.ts';
import { MOST_WORDS, type OwnerPage } from '../../subscriber/shelf.ts';
import type { CopyState } from '../../subscriber/site-copy.ts';
import type { EditorTab } from '../page-draft.ts';
import type { Draft } from '../portal-parts.ts';
import { moment } from './moment.ts';

export interface EditorView {
  readonly tab: EditorTab;
  readonly draft: Draft;
  /** What visitors get now. */
  readonly shown: EditorTab;
  readonly removed: readonly string[];
  readonly mistake: string | null;
  readonly notices: Markup | null;
  readonly isRehearsing: boolean;
  readonly copy: CopyState;
  readonly token: Markup;
}

export const PREVIEW_PLACE = '/page/preview';

/** Editor left, the true preview right; the preview's button needs no script. */
export function editorPage(view: EditorView): Markup {
  const { draft, notices, token, isRehearsing } = view;
  return html`${notices}${takenDown(draft)}<div class="top"><div><h1>Your page</h1><p class="lead">What visitors of your name see while your line is off.</p></div>${!isRehearsing && showMe(token)}</div>
${tabs(view)}
<div class="panes">
<section aria-label="Editor"><form class="card" method="post" action="/page" data-editor>${token}<input type="hidden" name="kind" value="${view.tab}">
${view.tab === 'words' ? wordsField(view) : htmlField(view)}
${options(view)}
<div class="actions"><button class="action" type="submit">Keep page</button> <button class="quiet" type="submit" formaction="${PREVIEW_PLACE}" formtarget="preview">Show the preview</button></div>
</form></section>
<section aria-labelledby="preview-heading"><h2 id="preview-heading" class="preview-heading">What visitors get</h2>
<iframe class="preview" name="preview" src="${PREVIEW_PLACE}" title="Preview of your page" sandbox="allow-same-origin"></iframe>
<div data-removed aria-live="polite">${removedList(view.tab === 'html' ? view.removed : [])}</div></section>
</div>`;
}

/** What the sanitiser took away; also sent alone to the page's script. */
export function removedList(removed: readonly string[]): Markup {
  if (removed.length === 0) return html``;
  const items = removed.map((what) => html`<li>${what}</li>\n`);
  return html`<div class="removed"><h3>Not shown to visitors</h3><p class="hint">For their safety and yours these parts are left out:</p><ul>
${items}</ul></div>`;
}

function tabs({ tab, shown }: EditorView): Markup {
  const link = (kind: EditorTab, words: string) =>
    html`<a href="/page?tab=${kind}"${tab === kind && html` aria-current="page"`}>${words}${shown === kind && html` <span class="hint">· shown now</span>`}</a>`;
  return html`<nav class="tabs" aria-label="How to write the page">${link('words', 'Words')}${link('html', 'HTML')}</nav>`;
}

function wordsField({ draft, mistake }: EditorView): Markup {
  return html`<div class="field"><label for="words">Your words</label><textarea id="words" name="words" rows="12" data-most="${MOST_WORDS}"${flaw(mistake)}>${draft.words.startsWith('\n') && '\n'}${draft.words}</textarea>${mistakeText(mistake)}<p class="hint" id="words-hint">Plain text, at most ${MOST_WORDS} characters. An empty line parts paragraphs.</p></div>`;
}

function htmlField({ draft, mistake }: EditorView): Markup {
  const { html: text } = draft.page;
  return html`<div class="field"><label for="html" id="html-label">Your HTML</label><textarea class="code" id="html" name="html" spellcheck="false" data-html${flaw(mistake)}>${text.startsWith('\n') && '\n'}${text}</textarea>${mistakeText(mistake)}<p class="hint" id="html-hint">Scripts, forms and things from other places are left out. Pictures: see <a href="/files">Greeting and files</a>. To leave the field by keyboard press Esc, then Tab.</p></div>`;
}

function flaw(mistake: string | null): Markup | null {
  return mistake === null ? null : html` aria-invalid="true" aria-describedby="mistake"`;
}

function mistakeText(mistake: string | null): Markup | null {
  return mistake === null ? null : html`<p class="mistake" id="mistake" role="alert">${mistake}</p>`;
}

function options({ draft: { page, tellsSince }, copy }: EditorView): Markup {
  return html`<fieldset class="field"><legend>Options</legend>
${box('tells-since', 'Tell since when the line is off', tellsSince)}
${box('shows-copy', 'Keep a copy of my own web page and show it', page.showsCopy)}
<p class="hint">${copyText(page, copy)}</p></fieldset>
<fieldset class="field"><legend>What programs are told</legend>
${radio('503', 'Come back later (503): right for nearly everybody', page.status === 503)}
${radio('200', 'This is the page (200): search engines may take it for your real one', page.status === 200)}</fieldset>`;
}

function copyText({ showsCopy }: OwnerPage, { copiedAt, trouble }: CopyState): Markup {
  if (!showsCopy)
    return html`For a web server of your own: its first page is looked at every six hours while your line is on.`;
  const kept = copiedAt === null ? html`No copy yet.` : html`Copied ${moment(copiedAt)}.`;
  return trouble === null ? kept : html`${kept} Not copied the last time: ${trouble}.`;
}

function box(name: string, words: string, isOn: boolean): Markup {
  return html`<label class="choice"><input type="checkbox" name="${name}" value="on"${isOn && html` checked`}> ${words}</label>`;
}

function radio(value: string, words: string, isOn: boolean): Markup {
  return html`<label class="choice"><input type="radio" name="status" value="${value}"${isOn && html` checked`}> ${words}</label>`;
}

function showMe(token: Markup): Markup {
  return html`<form method="post" action="/page/rehearsal">${token}<button class="quiet" type="submit" aria-describedby="show-me-hint">Show me</button> <span class="hint" id="show-me-hint">For two minutes your name leads here.</span></form>`;
}

function takenDown({ page }: Draft): Markup | null {
  if (page.takenDown === null) return null;
  return html`<div class="notice bad" role="status"><p>Your provider has taken this page down: ${page.takenDown}. Visitors see a plain page without anything of yours. You can go on editing; it is shown again when the provider puts it back.</p></div>`;
}
