import { type Route, seeOther, type WebReply } from '../web/route.ts';
import { notice, noticeOf } from './notices.ts';
import { noted, type OwnerVisit, ownerRoute } from './owner-route.ts';
import { accountPage, eventsIn, type ShownSecret, scopesIn } from './page/account-page.ts';
import { portalPage, tokenField } from './portal-frame.ts';
import { calledName } from './portal-lines.ts';
import type { PortalParts } from './portal-parts.ts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 3_650;

/** What a change on the account's page says right there. */
interface Outcome {
  readonly secret: ShownSecret | null;
  readonly notice: { readonly words: string; readonly tone: 'good' | 'bad' } | null;
  readonly status: number;
}

/** Log-in, tokens, webhooks, and the deletion of everything. */
export function accountRoutes(parts: PortalParts): readonly Route[] {
  const at = (
    method: 'GET' | 'POST',
    path: string,
    run: (parts: PortalParts, visit: OwnerVisit) => Promise<WebReply>,
  ) => ownerRoute(parts.lines, { method, path }, (visit) => run(parts, visit));
  return [
    at('GET', '/account', show),
    at('POST', '/account/tokens', issueToken),
    at('POST', '/account/tokens/:id/revoke', revokeToken),
    at('POST', '/account/webhooks', addWebhook),
    at('POST', '/account/webhooks/:id/test', testWebhook),
    at('POST', '/account/webhooks/:id/delete', removeWebhook),
    at('POST', '/account/erase', erase),
  ];
}

function show(parts: PortalParts, visit: OwnerVisit, outcome: Outcome | null = null): Promise<WebReply> {
  const { doorkeeper, webhooks } = parts.house;
  const { session, line, request } = visit;
  const content = accountPage({
    line,
    session,
    tokens: doorkeeper.tokensOf(session.account.id),
    webhooks: webhooks.list(line.id),
    secret: outcome?.secret ?? null,
    notices: outcome?.notice ? notice(outcome.notice.words, outcome.notice.tone) : noticeOf(request.query),
    token: tokenField(visit),
  });
  return portalPage(parts, visit, {
    title: 'Account',
    current: '/account',
    content,
    status: outcome?.status ?? 200,
  });
}

/** The answer itself shows the secret: nothing that could be loaded again does. */
async function issueToken(parts: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const { fields } = visit.request;
  const name = (fields.get('name') ?? '').trim();
  const scopes = scopesIn(fields);
  const days = Math.min(MOST_DAYS, Number.parseInt(fields.get('days') ?? '', 10) || 0);
  if (name === '' || scopes.length === 0)
    return show(parts, visit, refused('Not made: give the token a name and tick what it may do.'));
  const expiresAt = days > 0 ? parts.clock.now() + days * DAY_MS : null;
  const issued = await parts.house.doorkeeper.issueToken(visit.session.account, { name, scopes, expiresAt });
  if ('problem' in issued) return show(parts, visit, refused(`Not made: ${issued.problem}.`));
  await noted(parts.house.audit, visit, 'token issue', `${name}: ${scopes.join(', ')}`);
  return show(parts, visit, {
    secret: { of: 'token', name, secret: issued.secret },
    notice: null,
    status: 200,
  });
}

async function revokeToken(parts: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const id = visit.request.params['id'] ?? '';
  const isRevoked = await parts.house.doorkeeper.revokeToken(visit.session.account.id, id);
  if (isRevoked) await noted(parts.house.audit, visit, 'token revoke', id);
  return seeOther('/account?done=token-revoked');
}

async function addWebhook(parts: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const { fields } = visit.request;
  const events = eventsIn(fields);
  if (events.length === 0) return show(parts, visit, refused('Not added: tick what it is told of.'));
  const url = (fields.get('url') ?? '').trim();
  const outcome = await parts.house.webhooks.register({ line: visit.line.id, url, events });
  if (outcome.kind === 'refused') return show(parts, visit, refused(`Not added: ${outcome.why}.`));
  await noted(
    parts.house.audit,
    visit,
    'webhook add',
    `${outcome.webhook.id} ${outcome.webhook.events.join(' ')}`,
  );
  const secret: ShownSecret = { of: 'webhook', name: url, secret: outcome.secret };
  return show(parts, visit, { secret, notice: null, status: 200 });
}

async function testWebhook(parts: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const { ok, detail } = await parts.house.webhooks.test(visit.line.id, visit.request.params['id'] ?? '');
  const words = ok ? `The webhook was reached: ${detail}` : `The webhook was not reached: ${detail}`;
  return show(parts, visit, { secret: null, notice: { words, tone: ok ? 'good' : 'bad' }, status: 200 });
}

async function removeWebhook(parts: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const id = visit.request.params['id'] ?? '';
  if (await parts.house.webhooks.remove(visit.line.id, id))
    await noted(parts.house.audit, visit, 'webhook remove', id);
  return seeOther('/account?done=webhook-removed');
}

async function erase(parts: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const { line, request } = visit;
  if ((request.fields.get('confirm') ?? '').trim().toLowerCase() !== calledName(line))
    return show(parts, visit, refused(`Nothing was deleted: to confirm, write ${calledName(line)}.`));
  await eraseContent(parts, visit);
  await eraseKeys(parts, visit);
  await noted(parts.house.audit, visit, 'erase everything');
  return seeOther('/account?done=erased');
}

async function eraseContent({ house, lines }: PortalParts, { line }: OwnerVisit): Promise<void> {
  await house.mailbox.erase(line.id);
  for (const { id } of house.shelf.offers(line.id)) await house.shelf.remove(line.id, id);
  await house.shelf.keepPage(line.id, { kind: 'words', html: '', status: 503, showsCopy: false });
  await house.copies.remove(line.id);
  await lines.setWords(line.id, '');
}

async function eraseKeys({ house }: PortalParts, { line, session }: OwnerVisit): Promise<void> {
  const { id } = session.account;
  for (const token of house.doorkeeper.tokensOf(id)) await house.doorkeeper.revokeToken(id, token.id);
  for (const webhook of house.webhooks.list(line.id)) await house.webhooks.remove(line.id, webhook.id);
}

function refused(words: string): Outcome {
  return { secret: null, notice: { words, tone: 'bad' }, status: 422 };
}
