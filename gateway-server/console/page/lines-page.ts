import { html, type Markup } from '../../answering/html.ts';
import type { Desk } from '../../operator/desk.ts';
import type { LineSort } from '../../operator/line-order.ts';
import type { LinePage } from '../../operator/line-pages.ts';
import { type LineQuestion, linesPath, STATES } from '../line-question.ts';
import { texts } from '../texts.ts';
import { lineRow } from './line-row.ts';
import { numberText } from './moment.ts';

export interface LinesView {
  readonly question: LineQuestion;
  readonly found: LinePage;
  readonly most: number;
  readonly mayChange: boolean;
  readonly notice: Markup | null;
}

const COLUMNS: readonly (readonly [LineSort, string])[] = [
  ['id', 'Name'],
  ['state', 'State'],
  ['address', 'Address'],
  ['since', 'Since'],
  ['heard', 'Last heard'],
  ['agent', 'Agent'],
];

/** The table of lines: one page of what was searched for. */
export function linesPage(desk: Desk, view: LinesView): Markup {
  const { question, found, notice, mayChange } = view;
  return html`${notice}<div class="top"><h1>Lines</h1>${mayChange && html`<div class="row"><a class="action" href="/add">Add a line</a><a class="quiet" href="/import">Import</a><a class="quiet" href="/lines.csv" download>Export</a></div>`}</div>
<form class="search" method="get" action="/lines" role="search">
<label class="visually-hidden" for="q">Search lines</label>
<input id="q" name="q" type="search" value="${question.search}" placeholder="Id, name or address" autofocus autocomplete="off" autocapitalize="none" spellcheck="false" data-search>
${question.state !== null && html`<input type="hidden" name="state" value="${question.state}">`}<button class="quiet" type="submit">Search</button>
</form>
<nav class="filters" aria-label="Filter by state">${filter(question, null, 'all')}${STATES.map((state) => filter(question, state, texts.states[state]))}</nav>
${found.total === 0 ? nothing(desk, question) : table(desk, view)}`;
}

function filter(question: LineQuestion, state: LineQuestion['state'], words: string): Markup {
  const path = linesPath(question, { state, page: 0 });
  return html`<a href="${path}"${question.state === state && html` aria-current="true"`}>${words}</a>`;
}

function nothing(desk: Desk, question: LineQuestion): Markup {
  const isAsked = question.search !== '' || question.state !== null;
  const words =
    desk.registry.book.size === 0
      ? html`There are no lines yet. Add the first one; its router then gets the secret that is shown.`
      : html`No line fits. ${isAsked && html`<a href="/lines">Show all ${numberText(desk.registry.book.size)}</a>`}`;
  return html`<div class="card empty"><p>${words}</p></div>`;
}

function table(desk: Desk, { question, found, most }: LinesView): Markup {
  const ids = found.rows.map(({ line }) => line.id).join(',');
  return html`<div class="card table-card"><div class="scroll"><table class="dense lines" data-stream="/live/lines?ids=${ids}" data-rows>
<thead><tr>${COLUMNS.map((column) => heading(question, ...column))}</tr></thead>
<tbody>
${found.rows.map((record) => lineRow(desk, record))}</tbody></table></div></div>
${pager(question, found, most)}`;
}

function heading(question: LineQuestion, sort: LineSort, words: string): Markup {
  const isThis = question.sort === sort;
  const path = linesPath(question, { sort, isDescending: isThis && !question.isDescending, page: 0 });
  const order = question.isDescending ? 'descending' : 'ascending';
  return html`<th scope="col"${isThis && html` aria-sort="${order}"`}><a href="${path}">${words}</a></th>`;
}

function pager(question: LineQuestion, { page, total, rows }: LinePage, most: number): Markup {
  const last = Math.ceil(total / most) - 1;
  const link = (to: number, words: string, rel: string) =>
    html`<a class="quiet" rel="${rel}" href="${linesPath(question, { page: to })}">${words}</a>`;
  return html`<div class="pages"><p>${numberText(page * most + 1)} to ${numberText(page * most + rows.length)} of ${numberText(total)}</p>
<p class="keys muted">Keys: <kbd>/</kbd> search, <kbd>↑</kbd> <kbd>↓</kbd> move, <kbd>Enter</kbd> open</p>
<div class="row">${page > 0 && link(page - 1, 'Previous', 'prev')}${page < last && link(page + 1, 'Next', 'next')}</div></div>`;
}
