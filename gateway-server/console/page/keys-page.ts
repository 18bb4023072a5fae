import { html, type Markup } from '../../answering/html.ts';
import { type ApiToken, OPERATOR_SCOPES } from '../../web/doorkeeper.ts';
import { WEBHOOK_EVENTS, type Webhook } from '../../webhook/webhook.ts';
import { buttonForm, tokenField, type Visit } from '../operator-route.ts';
import { texts } from '../texts.ts';
import { moment } from './moment.ts';

interface View {
  readonly tokens: readonly ApiToken[];
  readonly webhooks: readonly Webhook[];
  readonly said: Markup | null;
}

/** Tokens of all operators, and the operator's own webhooks. */
export function keysPage(visit: Visit, { tokens, webhooks, said }: View): Markup {
  return html`${said}<div class="top"><h1>Keys</h1></div><div class="stack">
<section class="card"><h2>Tokens for programs</h2>
${tokens.length === 0 ? html`<p class="muted">None yet. With a token a program uses the API in the place of whoever made it.</p>` : tokenTable(visit, tokens)}
${tokenForm(visit)}</section>
<section class="card"><h2>Webhooks</h2>
${webhooks.length === 0 ? html`<p class="muted">None yet. A webhook is a web address that is told of news of all lines; each delivery is signed.</p>` : webhookTable(visit, webhooks)}
${webhookForm(visit)}</section></div>`;
}

function tokenTable(visit: Visit, tokens: readonly ApiToken[]): Markup {
  const row = ({ id, name, account, scopes, usedAt, expiresAt }: ApiToken) =>
    html`<tr><th scope="row">${name}</th><td>${account.login}</td><td>${scopes.join(', ')}</td><td>${usedAt === null ? 'never yet' : moment(usedAt)}</td><td>${expiresAt === null ? 'never' : moment(expiresAt)}</td><td>${buttonForm(visit, `/keys/tokens/${encodeURIComponent(id)}/revoke`, 'Revoke', 'danger')}</td></tr>\n`;
  return html`<div class="scroll" tabindex="0"><table class="dense deeds"><thead><tr><th scope="col">Name</th><th scope="col">Of</th><th scope="col">May</th><th scope="col">Last used</th><th scope="col">Ends</th><th scope="col"><span class="visually-hidden">Revoke</span></th></tr></thead><tbody>
${tokens.map(row)}</tbody></table></div>`;
}

function tokenForm(visit: Visit): Markup {
  return html`<details><summary>Make a token</summary><form method="post" action="/keys/tokens">${tokenField(visit)}
<div class="field"><label for="token-name">Name</label><input id="token-name" name="name" maxlength="80" required autocomplete="off"></div>
<fieldset class="field"><legend>What it may do</legend>${OPERATOR_SCOPES.map((scope) => choice(`scope-${scope}`, texts.scopes[scope]))}</fieldset>
<div class="field"><label for="token-days">Ends after</label><select id="token-days" name="days"><option value="30">30 days</option><option value="365">A year</option><option value="">Never</option></select></div>
<div class="actions"><button class="action" type="submit">Make token</button></div></form></details>`;
}

function webhookTable(visit: Visit, webhooks: readonly Webhook[]): Markup {
  const row = ({ id, url, events, failingSince, lastProblem }: Webhook) => {
    const path = (deed: string) => `/keys/webhooks/${encodeURIComponent(id)}/${deed}`;
    const trouble = html`<span class="pill suspect">not reached</span> since ${moment(failingSince ?? 0)}${lastProblem !== null && html`: ${lastProblem}`}`;
    return html`<tr><th scope="row" class="url">${url}</th><td>${events.join(', ')}</td><td>${failingSince === null ? html`<span class="pill live">well</span>` : trouble}</td><td><div class="row">${buttonForm(visit, path('test'), 'Test')}${buttonForm(visit, path('remove'), 'Remove', 'danger')}</div></td></tr>\n`;
  };
  return html`<div class="scroll" tabindex="0"><table class="dense deeds"><thead><tr><th scope="col">Address</th><th scope="col">Told of</th><th scope="col">State</th><th scope="col"><span class="visually-hidden">What can be done</span></th></tr></thead><tbody>
${webhooks.map(row)}</tbody></table></div>`;
}

function webhookForm(visit: Visit): Markup {
  return html`<details><summary>Add a webhook</summary><form method="post" action="/keys/webhooks">${tokenField(visit)}
<div class="field"><label for="webhook-url">Address</label><input id="webhook-url" name="url" type="url" maxlength="500" placeholder="https://" required></div>
<fieldset class="field"><legend>Told when</legend>${WEBHOOK_EVENTS.map((event) => choice(`event-${event}`, texts.events[event]))}</fieldset>
<div class="actions"><button class="action" type="submit">Add webhook</button></div></form></details>`;
}

function choice(name: string, words: string): Markup {
  return html`<label class="choice"><input type="checkbox" name="${name}" value="on"> ${words}</label>`;
}
