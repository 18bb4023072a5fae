import { html, type Markup } from '../../answering/html.ts';
import type { LineRecord } from '../../line/line-book.ts';
import { buttonForm, tokenField, type Visit } from '../operator-route.ts';

interface Wish {
  readonly record: LineRecord;
  readonly takenDown: string | null;
  readonly hasPortal: boolean;
  readonly isLive: boolean;
}

/** What a keeper can do about a line. */
export function lineDeeds(visit: Visit, { record: { line }, takenDown, hasPortal, isLive }: Wish): Markup {
  const path = (deed: string) => `/lines/${line.id}/${deed}`;
  const suspension = line.suspended
    ? buttonForm(visit, path('resume'), 'Resume line')
    : buttonForm(visit, path('suspend'), 'Suspend line');
  const link = hasPortal && buttonForm(visit, path('portal-link'), 'Link for the owner');
  const drill = isLive && buttonForm(visit, path('drill'), 'Rehearse being off');
  return html`<div class="stack">
<section class="card"><h2>What can be done</h2>
<div class="row">${suspension}${buttonForm(visit, path('secret'), 'New secret')}${link}${drill}</div>
<p class="hint">A new secret puts the agent out that has the old one.${hasPortal && ' The link lets the owner into the portal once.'}</p></section>
<section class="card"><h2>The owner's page</h2>${takenDown === null ? takeDown(visit, path('take-down')) : buttonForm(visit, path('put-back'), 'Put page back')}</section>
<section class="card"><h2>Remove the line</h2>
<form method="post" action="${path('remove')}">${tokenField(visit)}<div class="field"><label for="confirm">Type <code>${line.id}</code> to remove it, with its page and its messages</label><input id="confirm" name="confirm" autocomplete="off" autocapitalize="none" spellcheck="false" required></div>
<div class="actions"><button class="danger" type="submit">Remove line</button></div></form></section>
</div>`;
}

function takeDown(visit: Visit, path: string): Markup {
  return html`<form method="post" action="${path}">${tokenField(visit)}<div class="field"><label for="why">Why it is taken down</label><input id="why" name="why" maxlength="300" required><p class="hint">The owner reads this. Visitors get the plain page until it is put back.</p></div>
<div class="actions"><button class="danger" type="submit">Take page down</button></div></form>`;
}
