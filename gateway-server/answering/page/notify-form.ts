import type { DomainName } from '../../../protocol/domain-name.ts';
import { html, type Markup } from '../html.ts';
import { FIELDS } from '../message-form.ts';
import { texts } from '../texts.ts';

/** "Tell me when the line is back". */
export function notifyForm(to: DomainName, leaveUrl: string, seal: string): Markup {
  const { heading, lead, email, send } = texts.notify;
  return html`<form class="card notify" method="post" action="${leaveUrl}notify" accept-charset="utf-8">
<h2>${heading}</h2>
<p class="lead">${lead}</p>
<input type="hidden" name="${FIELDS.to}" value="${to}">
<input type="hidden" name="${FIELDS.seal}" value="${seal}">
<div class="aside" aria-hidden="true"><label>${texts.form.trap} <input name="${FIELDS.trap}" tabindex="-1" autocomplete="off"></label></div>
<div class="field"><label for="email">${email}</label>
<input id="email" name="email" type="email" required maxlength="254" autocomplete="email"></div>
<div class="send"><button class="action" type="submit">${send}</button></div>
</form>`;
}
