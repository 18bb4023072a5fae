import type { Markup } from '../answering/html.ts';
import { OPERATOR_SCOPES } from '../web/doorkeeper.ts';
import { type Route, seeOther, type WebReply } from '../web/route.ts';
import { WEBHOOK_EVENTS } from '../webhook/webhook.ts';
import type { ConsoleParts } from './console-parts.ts';
import { badNotice, notice, noticeOf } from './notices.ts';
import { consolePage, operatorRoute, secretBox, type Visit } from './operator-route.ts';
import { keysPage } from './page/keys-page.ts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 3_650;

/** What programs get in with, and what is told of news. */
export function keysRoutes(parts: ConsoleParts): readonly Route[] {
  const post = (path: string, run: (parts: ConsoleParts, visit: Visit) => Promise<WebReply>) =>
    operatorRoute({ method: 'POST', path: `/keys/${path}`, for: 'admin' }, (visit) => run(parts, visit));
  return [
    operatorRoute({ method: 'GET', path: '/keys', for: 'admin' }, (visit) =>
      keys(parts, visit, noticeOf(visit.request.query)),
    ),
    post('tokens', issueToken),
    post('tokens/:id/revoke', revokeToken),
    post('webhooks', addWebhook),
    post('webhooks/:id/test', testWebhook),
    post('webhooks/:id/remove', removeWebhook),
  ];
}

function keys({ desk, look }: ConsoleParts, visit: Visit, said: Markup | null, status = 200): WebReply {
  const { doorkeeper, webhooks } = desk.house;
  const tokens = doorkeeper.operators().flatMap(({ id }) => doorkeeper.tokensOf(id));
  const content = keysPage(visit, { tokens, webhooks: webhooks.list(null), said });
  return consolePage(look, visit, { title: 'Keys', current: '/keys', content, status });
}

/** The answer itself shows the secret: nothing that could be loaded again does. */
async function issueToken(parts: ConsoleParts, visit: Visit): Promise<WebReply> {
  const { fields } = visit.request;
  const name = fields.get('name')?.trim() ?? '';
  const scopes = OPERATOR_SCOPES.filter((scope) => fields.has(`scope-${scope}`));
  if (name === '' || scopes.length === 0)
    return keys(parts, visit, badNotice('not made: give the token a name and tick what it may do'), 422);
  const days = Math.min(MOST_DAYS, Math.max(0, Number.parseInt(fields.get('days') ?? '', 10) || 0));
  const expiresAt = days > 0 ? parts.desk.clock.now() + days * DAY_MS : null;
  const issued = await parts.desk.house.doorkeeper.issueToken(visit.session.account, {
    name,
    scopes,
    expiresAt,
  });
  if ('problem' in issued) return keys(parts, visit, badNotice(`not made: ${issued.problem}`), 422);
  await noted(parts, visit, { action: 'token issue', subject: name, detail: scopes.join(', ') });
  const words = secretBox(`The token “${name}”. It is shown only this once.`, issued.secret);
  return keys(parts, visit, notice(words, 'good'));
}

async function revokeToken(parts: ConsoleParts, visit: Visit): Promise<WebReply> {
  const { doorkeeper } = parts.desk.house;
  const tokens = doorkeeper.operators().flatMap((account) => doorkeeper.tokensOf(account.id));
  const token = tokens.find(({ id }) => id === visit.request.params['id']);
  if (token && (await doorkeeper.revokeToken(token.account.id, token.id)))
    await noted(parts, visit, {
      action: 'token revoke',
      subject: token.name,
      detail: `of ${token.account.login}`,
    });
  return seeOther('/keys?done=token-revoked');
}

async function addWebhook(parts: ConsoleParts, visit: Visit): Promise<WebReply> {
  const { fields } = visit.request;
  const events = WEBHOOK_EVENTS.filter((event) => fields.has(`event-${event}`));
  if (events.length === 0) return keys(parts, visit, badNotice('not added: tick what it is told of'), 422);
  const url = fields.get('url')?.trim() ?? '';
  const outcome = await parts.desk.house.webhooks.register({ line: null, url, events });
  if (outcome.kind === 'refused') return keys(parts, visit, badNotice(`not added: ${outcome.why}`), 422);
  await noted(parts, visit, { action: 'webhook add', subject: outcome.webhook.id, detail: url });
  const words = secretBox(`Signs what ${url} is told. It is shown only this once.`, outcome.secret);
  return keys(parts, visit, notice(words, 'good'));
}

async function testWebhook(parts: ConsoleParts, visit: Visit): Promise<WebReply> {
  const { ok, detail } = await parts.desk.house.webhooks.test(null, visit.request.params['id'] ?? '');
  return keys(
    parts,
    visit,
    ok ? notice(`It was reached: ${detail}`, 'good') : badNotice(`it was not reached: ${detail}`),
  );
}

async function removeWebhook(parts: ConsoleParts, visit: Visit): Promise<WebReply> {
  const id = visit.request.params['id'] ?? '';
  if (await parts.desk.house.webhooks.remove(null, id))
    await noted(parts, visit, { action: 'webhook remove', subject: id, detail: '' });
  return seeOther('/keys?done=webhook-removed');
}

interface Note {
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
}

async function noted({ desk }: ConsoleParts, { actor }: Visit, note: Note): Promise<void> {
  await desk.house.audit.note({ actor, ...note });
}
