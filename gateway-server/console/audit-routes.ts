import { html, type Markup } from '../answering/html.ts';
import type { AuditEntry } from '../operator/audit.ts';
import type { Route, WebReply } from '../web/route.ts';
import type { ConsoleParts } from './console-parts.ts';
import { consolePage, operatorRoute, type Visit } from './operator-route.ts';
import { moment } from './page/moment.ts';

const ROWS = 50;

/** Who did what, newest first. */
export function auditRoutes(parts: ConsoleParts): readonly Route[] {
  return [operatorRoute({ method: 'GET', path: '/audit', for: 'viewer' }, (visit) => audit(parts, visit))];
}

async function audit({ desk, look }: ConsoleParts, visit: Visit): Promise<WebReply> {
  const { query } = visit.request;
  const subject = query.get('subject')?.trim() ?? '';
  const before = Number(query.get('before') ?? Number.NaN);
  const entries = await desk.house.audit.entries({
    before: Number.isSafeInteger(before) && before > 0 ? before : null,
    most: ROWS + 1,
    subject: subject === '' ? null : subject,
  });
  const shown = entries.slice(0, ROWS);
  const content = html`<div class="top"><h1>Audit log</h1></div>
<form class="search" method="get" action="/audit" role="search"><label class="visually-hidden" for="subject">Line, account or webhook</label><input id="subject" name="subject" type="search" value="${subject}" placeholder="Line, account or webhook" autocapitalize="none" spellcheck="false"><button class="quiet" type="submit">Filter</button></form>
${shown.length === 0 ? nothing(subject) : table(shown)}
<div class="pages"><p></p><div class="row">${query.has('before') && html`<a class="quiet" href="${auditPath(subject)}">Newest</a>`}${entries.length > ROWS && html`<a class="quiet" rel="next" href="${auditPath(subject, shown.at(-1)?.number)}">Older</a>`}</div></div>`;
  return consolePage(look, visit, { title: 'Audit log', current: '/audit', content });
}

function nothing(subject: string): Markup {
  const words =
    subject === ''
      ? 'Nothing yet. Every change, with who made it, appears here.'
      : 'Nothing is noted about that.';
  return html`<div class="card empty"><p>${words}</p></div>`;
}

function table(entries: readonly AuditEntry[]): Markup {
  return html`<div class="card table-card"><div class="scroll" tabindex="0"><table class="dense"><thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">To what</th><th scope="col">In words</th></tr></thead><tbody>
${entries.map(row)}</tbody></table></div></div>`;
}

function auditPath(subject: string, before?: number): string {
  const query = new URLSearchParams();
  if (subject !== '') query.set('subject', subject);
  if (before !== undefined) query.set('before', String(before));
  return query.size === 0 ? '/audit' : `/audit?${query}`;
}

function row({ at, actor, action, subject, detail }: AuditEntry): Markup {
  return html`<tr><td>${moment(at)}</td><td>${actor}</td><td>${action}</td><td>${subject !== '' && html`<a href="${auditPath(subject)}">${subject}</a>`}</td><td class="detail">${detail}</td></tr>\n`;
}
