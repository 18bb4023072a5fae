import { html, type Markup } from '../../answering/html.ts';
import { type ApiToken, OWNER_SCOPES, type Scope, type Session } from '../../web/doorkeeper.ts';
import { WEBHOOK_EVENTS, type Webhook, type WebhookEvent } from '../../webhook/webhook.ts';
import { calledName, type PortalLine } from '../portal-lines.ts';
import { moment } from './moment.ts';

/** A secret that is shown this once. */
export interface ShownSecret {
  readonly of: 'token' | 'webhook';
  readonly name: string;
  readonly secret: string;
}

export interface AccountView {
  readonly line: PortalLine;
  readonly session: Session;
  readonly tokens: readonly ApiToken[];
  readonly webhooks: readonly Webhook[];
  readonly secret: ShownSecret | null;
  readonly notices: Markup | null;
  readonly token: Markup;
}

const SCOPE_WORDS: Readonly<Record<(typeof OWNER_SCOPES)[number], string>> = {
  'line:read': 'See how the line is and was',
  'line:write': 'Rehearse, and choose what the page answers with and whether it tells since when',
  'messages:read': 'Read messages',
  'messages:write': 'Mark and delete messages',
  'page:read': 'Read the page and files',
  'page:write': 'Change the page and files',
};

const EVENT_WORDS: Readonly<Record<WebhookEvent, string>> = {
  live: 'The line is live',
  'off-line': 'The line is off-line',
  message: 'Somebody has left a message',
};

/** Password, log-in, tokens, webhooks, and what the owner takes along or has deleted. */
export function accountPage(view: AccountView): Markup {
  return html`${view.notices}${view.secret && secretCard(view.secret)}<div class="top"><h1>Account</h1></div>
<div class="stack">
<div class="grid">${logInCard(view)}${takeAlongCard()}</div>
${tokensCard(view)}
${webhooksCard(view)}
${eraseCard(view)}
</div>`;
}

function secretCard({ of, name, secret }: ShownSecret): Markup {
  const words =
    of === 'token'
      ? html`The token <strong>${name}</strong> is made. Copy it now: it is shown this once.`
      : html`The webhook for <strong>${name}</strong> is kept. This secret signs what it is sent; it is shown this once.`;
  return html`<section class="card" role="status"><h2>Copy this now</h2><p>${words}</p><code class="secret" data-secret tabindex="0">${secret}</code></section>`;
}

function logInCard({ session, line }: AccountView): Markup {
  const { account, since, previousLogOn } = session;
  return html`<section class="card"><h2>Log-in</h2><dl class="facts">
<dt>You log in as</dt><dd>${account.login}</dd>
<dt>Logged in since</dt><dd>${moment(since)}</dd>
<dt>The time before</dt><dd>${previousLogOn === null ? 'this is the first time' : moment(previousLogOn)}</dd>
<dt>Names</dt><dd>${line.domain === null ? 'none' : [line.domain, ...line.names].join(', ')}</dd></dl>
<p class="hint">A new password ends every other log-in.</p>
<div class="actions"><a class="quiet" href="/password">${account.passwordHash === null ? 'Choose a password' : 'Change password'}</a></div></section>`;
}

function takeAlongCard(): Markup {
  return html`<section class="card"><h2>Everything that is kept of you</h2>
<p>One archive with your messages, recordings, page, files, times off-line and what was done with your account.</p>
<div class="actions"><a class="quiet" href="/export/everything.tar" download>Take everything along</a></div></section>`;
}

function tokensCard({ tokens, token }: AccountView): Markup {
  const row = (each: ApiToken) =>
    html`<tr><td>${each.name}</td><td>${each.scopes.join(', ')}</td><td>${each.usedAt === null ? 'never' : moment(each.usedAt)}</td><td>${each.expiresAt === null ? 'never' : moment(each.expiresAt)}</td><td><form class="inline" method="post" action="/account/tokens/${each.id}/revoke">${token}<button class="quiet" type="submit">Revoke<span class="visually-hidden"> ${each.name}</span></button></form></td></tr>\n`;
  const table = html`<div class="scroll"><table><thead><tr><th scope="col">Name</th><th scope="col">May</th><th scope="col">Last used</th><th scope="col">Ends</th><th scope="col"><span class="visually-hidden">Revoke</span></th></tr></thead><tbody>
${tokens.map(row)}</tbody></table></div>`;
  return html`<section class="card"><h2>Tokens for programs</h2><p class="muted">With a token a program of yours uses the API in your place.</p>
${tokens.length > 0 && table}
<details><summary>Make a token</summary><form method="post" action="/account/tokens">${token}
<div class="field"><label for="token-name">Name</label><input id="token-name" name="name" maxlength="60" required autocomplete="off"></div>
<fieldset class="field"><legend>What it may do</legend>${OWNER_SCOPES.map((scope) => choice(`scope-${scope}`, SCOPE_WORDS[scope]))}</fieldset>
<div class="field"><label for="token-days">Ends after</label><select id="token-days" name="days"><option value="30">30 days</option><option value="365">A year</option><option value="">Never</option></select></div>
<div class="actions"><button class="action" type="submit">Make token</button></div></form></details></section>`;
}

function webhooksCard({ webhooks, token }: AccountView): Markup {
  const row = (each: Webhook) =>
    html`<tr><td class="mono">${each.url}</td><td>${each.events.join(', ')}</td><td>${webhookState(each)}</td><td class="row"><form class="inline" method="post" action="/account/webhooks/${each.id}/test">${token}<button class="quiet" type="submit">Test</button></form><form class="inline" method="post" action="/account/webhooks/${each.id}/delete">${token}<button class="quiet" type="submit">Remove</button></form></td></tr>\n`;
  const table = html`<div class="scroll"><table><thead><tr><th scope="col">Address</th><th scope="col">Told of</th><th scope="col">State</th><th scope="col"><span class="visually-hidden">What can be done</span></th></tr></thead><tbody>
${webhooks.map(row)}</tbody></table></div>`;
  return html`<section class="card"><h2>Webhooks</h2><p class="muted">A web address of yours that is told when something happens. Every delivery is signed.</p>
${webhooks.length > 0 && table}
<details><summary>Add a webhook</summary><form method="post" action="/account/webhooks">${token}
<div class="field"><label for="webhook-url">Address</label><input id="webhook-url" name="url" type="url" maxlength="500" required placeholder="https://"></div>
<fieldset class="field"><legend>Told when</legend>${WEBHOOK_EVENTS.map((event) => choice(`event-${event}`, EVENT_WORDS[event]))}</fieldset>
<div class="actions"><button class="action" type="submit">Add webhook</button></div></form></details></section>`;
}

function webhookState({ failingSince, lastProblem }: Webhook): Markup {
  if (failingSince === null) return html`<span class="pill live">Well</span>`;
  return html`<span class="pill suspect">Not reached</span> since ${moment(failingSince)}${lastProblem !== null && html`: ${lastProblem}`}`;
}

function eraseCard({ line, token }: AccountView): Markup {
  return html`<section class="card"><h2>Delete everything</h2>
<p>Deletes your messages, recordings, words, page, greeting, files, webhooks and tokens. The line itself and its names stay: they are your provider's to remove.</p>
<form method="post" action="/account/erase">${token}
<div class="field"><label for="confirm">To confirm, write <span class="mono">${calledName(line)}</span></label><input id="confirm" name="confirm" required autocomplete="off" autocapitalize="none" spellcheck="false"></div>
<div class="actions"><button class="danger" type="submit">Delete everything</button></div></form></section>`;
}

function choice(name: string, words: string): Markup {
  return html`<label class="choice"><input type="checkbox" name="${name}" value="on"> ${words}</label>`;
}

/** The scopes that were ticked in the form above. */
export function scopesIn(fields: ReadonlyMap<string, string>): readonly Scope[] {
  return OWNER_SCOPES.filter((scope) => fields.has(`scope-${scope}`));
}

export function eventsIn(fields: ReadonlyMap<string, string>): readonly WebhookEvent[] {
  return WEBHOOK_EVENTS.filter((event) => fields.has(`event-${event}`));
}
