import type { LineId } from '../../protocol/line-id.ts';
import type { Scope } from '../web/doorkeeper.ts';
import type { Webhook, Webhooks } from '../webhook/webhook.ts';
import { NOTHING, type Operation, operation, problem, value } from './operation.ts';
import { listOf, Paging } from './schema/paging.ts';
import { timeOf, timeOrNull } from './schema/scalars.ts';
import {
  NewWebhook,
  WebhookId,
  Webhook as WebhookSchema,
  WebhookTest,
  WebhookWithSecret,
} from './schema/webhook.ts';

interface Parts<Caller> {
  readonly webhooks: Webhooks;
  readonly scopes: { readonly toRead: readonly Scope[]; readonly toChange: readonly Scope[] };
  /** Whose webhooks they are; null for those of all lines. */
  readonly lineOf: (caller: Caller) => LineId | null;
  readonly note: (caller: Caller, action: string, hook: string, detail: string) => Promise<void>;
}

/** Webhooks, of one line or of the operator: the same operations for both. */
export function webhookOperations<Caller>(parts: Parts<Caller>): readonly Operation<Caller>[] {
  return [listing(parts), registering(parts), removing(parts), testing(parts)];
}

function listing<Caller>({ webhooks, scopes, lineOf }: Parts<Caller>) {
  return operation<Caller>()({
    id: 'listWebhooks',
    method: 'GET',
    path: '/webhooks',
    topic: 'webhooks',
    summary: 'Who is told of news, and whether it gets through',
    scopes: scopes.toRead,
    query: Paging,
    answers: { 200: listOf(WebhookSchema) },
    // so few that one page always holds them
    run: ({ caller }) => value({ items: webhooks.list(lineOf(caller)).map(webhookValue), next: null }),
  });
}

function registering<Caller>({ webhooks, scopes, lineOf, note }: Parts<Caller>) {
  return operation<Caller>()({
    id: 'registerWebhook',
    method: 'POST',
    path: '/webhooks',
    topic: 'webhooks',
    summary: 'Has an address told of news; the secret that signs them is told this once',
    scopes: scopes.toChange,
    body: NewWebhook,
    answers: { 201: WebhookWithSecret },
    run: async ({ caller, body }) => {
      const { url, events } = body;
      const registering = await webhooks.register({ line: lineOf(caller), url, events });
      if (registering.kind === 'refused') return problem(422, registering.why);
      const { webhook, secret } = registering;
      await note(caller, 'webhook add', webhook.id, webhook.events.join(' '));
      return value({ ...webhookValue(webhook), secret }, 201);
    },
  });
}

function removing<Caller>({ webhooks, scopes, lineOf, note }: Parts<Caller>) {
  return operation<Caller>()({
    id: 'removeWebhook',
    method: 'DELETE',
    path: '/webhooks/{id}',
    topic: 'webhooks',
    summary: 'Tells that address nothing more',
    scopes: scopes.toChange,
    params: WebhookId,
    answers: { 204: null },
    run: async ({ caller, params: { id } }) => {
      if (!(await webhooks.remove(lineOf(caller), id))) return noWebhook(id);
      await note(caller, 'webhook remove', id, '');
      return NOTHING;
    },
  });
}

function testing<Caller>({ webhooks, scopes, lineOf }: Parts<Caller>) {
  return operation<Caller>()({
    id: 'testWebhook',
    method: 'POST',
    path: '/webhooks/{id}/test',
    topic: 'webhooks',
    summary: 'Sends a ping now and tells what came of it',
    scopes: scopes.toChange,
    params: WebhookId,
    answers: { 200: WebhookTest },
    run: async ({ caller, params: { id } }) => {
      const line = lineOf(caller);
      if (!webhooks.list(line).some((webhook) => webhook.id === id)) return noWebhook(id);
      const { ok, detail } = await webhooks.test(line, id);
      return value({ ok, detail });
    },
  });
}

function noWebhook(id: string) {
  return problem(404, `There is no webhook ${id}.`);
}

export function webhookValue({ id, url, events, createdAt, failingSince, lastProblem }: Webhook) {
  return {
    id,
    url,
    events,
    createdAt: timeOf(createdAt),
    failingSince: timeOrNull(failingSince),
    lastProblem,
  };
}
