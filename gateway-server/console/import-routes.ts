import { html, type Markup } from '../answering/html.ts';
import { namesOf } from '../line/line-book.ts';
import { newLine } from '../line/new-line.ts';
import { CommandError, type Desk } from '../operator/desk.ts';
import type { ImportRow } from '../operator/line-commands.ts';
import { parseCsvLines } from '../operator/line-csv.ts';
import type { Route, Upload, WebReply } from '../web/route.ts';
import type { ConsoleParts } from './console-parts.ts';
import { badNotice } from './notices.ts';
import { consolePage, operatorRoute, orRefused, tokenField, type Visit } from './operator-route.ts';
import { numberText } from './page/moment.ts';
import { PendingImports } from './pending-imports.ts';

const MOST_BYTES = 32 * 1024 * 1024;
const ROWS_SHOWN = 20;
const PROBLEMS_SHOWN = 50;
const HASH = '0'.repeat(64);

/** Many lines from a file: looked through first, then all of them or none. */
export function importRoutes(parts: ConsoleParts): readonly Route[] {
  const pending = new PendingImports(parts.desk.clock);
  return [
    operatorRoute({ method: 'GET', path: '/import', for: 'keeper' }, (visit) => form(parts, visit, null)),
    operatorRoute({ method: 'POST', path: '/import', for: 'keeper', takesUpload: true }, (visit) =>
      orRefused(
        () => preview(parts, visit, pending),
        (sentence) => form(parts, visit, badNotice(sentence), 422),
      ),
    ),
    operatorRoute({ method: 'POST', path: '/import/all', for: 'keeper' }, (visit) =>
      orRefused(
        () => importAll(parts, visit, pending),
        (sentence) => form(parts, visit, badNotice(sentence), 422),
      ),
    ),
  ];
}

function form({ look }: ConsoleParts, visit: Visit, said: Markup | null, status = 200): WebReply {
  const content = html`<div class="narrow stack">${said}<div><p class="trail"><a href="/lines">Lines</a></p><h1>Import lines</h1><p class="lead">A table (CSV) with the columns id, domain, names and secret. You see what is in it before anything is set up.</p></div>
<form class="card" method="post" action="/import" enctype="multipart/form-data">${tokenField(visit)}
<div class="field"><label for="file">File</label><input id="file" name="file" type="file" accept=".csv,text/csv" required><p class="hint">Names are separated by spaces; “-” for a domain means none; an empty secret is drawn. What Export gives can be imported.</p></div>
<div class="actions"><button class="action" type="submit">Look through</button> <a class="quiet" href="/lines">Not now</a></div></form></div>`;
  return consolePage(look, visit, { title: 'Import lines', current: '/lines', content, status });
}

async function preview(
  { desk, look }: ConsoleParts,
  visit: Visit,
  pending: PendingImports,
): Promise<WebReply> {
  const { upload } = visit.request;
  if (!upload) throw new CommandError('nothing was imported: choose a file');
  const rows = parseCsvLines(await textOf(upload));
  if (rows.length === 0) throw new CommandError('nothing was imported: there is no line in the file');
  const problems = problemsIn(desk, rows);
  if (problems.length === 0) pending.keep(visit.session.account.id, rows);
  const content = html`<div class="top"><div><h1>Import ${numberText(rows.length)} ${rows.length === 1 ? 'line' : 'lines'}</h1><p class="lead">${upload.name}</p></div></div>
${problems.length > 0 ? refused(problems) : agreement(visit, rows.length)}
<section class="card"><h2>The first rows</h2><div class="scroll" tabindex="0"><table class="dense"><thead><tr><th scope="col" class="number">Row</th><th scope="col">Id</th><th scope="col">Domain</th><th scope="col">Names</th><th scope="col">Secret</th></tr></thead><tbody>
${rows.slice(0, ROWS_SHOWN).map(rowOf)}</tbody></table></div></section>`;
  return consolePage(look, visit, {
    ...{ title: 'Import lines', current: '/lines', content },
    status: problems.length > 0 ? 422 : 200,
  });
}

function agreement(visit: Visit, count: number): Markup {
  return html`<form class="card" method="post" action="/import/all">${tokenField(visit)}<p>No problem found. All ${numberText(count)} are set up together; the secrets that are drawn come as a file.</p>
<div class="actions"><button class="action" type="submit">Import all</button> <a class="quiet" href="/import">Another file</a></div></form>`;
}

function refused(problems: readonly string[]): Markup {
  const more = problems.length - PROBLEMS_SHOWN;
  return html`<div class="notice bad" role="alert"><p>Nothing was imported: ${numberText(problems.length)} ${problems.length === 1 ? 'row needs' : 'rows need'} another look.</p><a class="quiet" href="/import">Another file</a><ul class="problems">${problems.slice(0, PROBLEMS_SHOWN).map((words) => html`<li>${words}</li>\n`)}${more > 0 && html`<li>and ${numberText(more)} more</li>`}</ul></div>`;
}

function rowOf({ row, id, domain, hasDomain, names, secret, secretHash }: ImportRow): Markup {
  const kept = secretHash === null ? 'is drawn' : 'by its hash';
  return html`<tr><td class="number">${row}</td><td>${id}</td><td>${hasDomain ? (domain ?? html`<span class="muted">by its id</span>`) : 'none'}</td><td>${names.join(' ')}</td><td>${secret === null ? kept : 'given'}</td></tr>\n`;
}

/** What can be seen before anything is set up; the import itself looks again. */
function problemsIn({ registry, zoneName, clock }: Desk, rows: readonly ImportRow[]): readonly string[] {
  const place = { book: registry.book, zone: registry.zone, zoneName };
  const rowByName = new Map<string, number>();
  return rows.flatMap((row) => {
    const line = newLine(row, HASH, clock.now(), place);
    if (typeof line === 'string') return [`row ${row.row}: ${line}`];
    const names = [line.id, ...namesOf(line)];
    const twice = names.find((name) => rowByName.has(name));
    if (twice !== undefined)
      return [`row ${row.row}: ${twice} stands in row ${rowByName.get(twice)} already`];
    for (const name of names) rowByName.set(name, row.row);
    return [];
  });
}

async function importAll(
  { commands }: ConsoleParts,
  visit: Visit,
  pending: PendingImports,
): Promise<WebReply> {
  const rows = pending.take(visit.session.account.id);
  if (!rows) throw new CommandError('nothing was imported: choose the file again');
  const answer = await commands.carryOut(visit.actor, { command: 'line import', args: { rows } });
  const { lines } = answer as {
    readonly lines: readonly { readonly id: string; readonly secret: string | null }[];
  };
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="new-secrets.csv"',
  };
  const body = ['id,secret', ...lines.map(({ id, secret }) => `${id},${secret ?? ''}`)].join('\n');
  return { status: 200, headers, body: `${body}\n` };
}

async function textOf({ source }: Upload): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > MOST_BYTES)
      throw new CommandError(`nothing was imported: ${MOST_BYTES / 2 ** 20} MB are the most`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}
