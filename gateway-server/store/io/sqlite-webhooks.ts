import type { DatabaseSync } from 'node:sqlite';
import type { LineId } from '../../../protocol/line-id.ts';
import type { Delivery } from '../../webhook/delivery.ts';
import { WEBHOOK_EVENTS } from '../../webhook/webhook.ts';
import type { Backlog, KeptWebhook, NewDeliveries, WebhookStore } from '../../webhook/webhook-store.ts';
import type { Row, SharedDatabase } from './shared-database.ts';

type Statements = ReturnType<typeof statementsOf>;

/** Webhooks and their deliveries in the embedded store. */
export function sqliteWebhooks({ database, writes }: SharedDatabase): WebhookStore {
  const statements = statementsOf(database);
  const changesOf = (changes: () => { readonly changes: number | bigint }) =>
    writes.add(() => Number(changes().changes));
  const change = async (work: () => { readonly changes: number | bigint }) => void (await changesOf(work));
  return {
    load: () => ({
      webhooks: statements.webhooks.all().map(webhookOf),
      backlogs: statements.backlogs.all().map(backlogOf),
      newestDelivery: statements.newest.all().map(({ id }) => String(id))[0] ?? null,
    }),
    add: ({ id, line, url, secret, events, createdAt }) =>
      change(() => statements.add.run(id, line, url, secret, events.join(','), createdAt)),
    remove: (id) => change(() => statements.remove.run(id)),
    noteHealth: (id, { failingSince, lastProblem }) =>
      change(() => statements.noteHealth.run(failingSince, lastProblem, id)),
    put: (news) => writes.add(() => put(statements, news)),
    oldest: (webhook) => statements.oldest.all(webhook).map(deliveryOf)[0],
    postpone: (id, attempts, nextAt) => change(() => statements.postpone.run(attempts, nextAt, id)),
    finish: (id) => changesOf(() => statements.finish.run(id)),
    finishAll: (webhook) => changesOf(() => statements.finishAll.run(webhook)),
  };
}

function statementsOf(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    webhooks: prepare('SELECT * FROM webhook ORDER BY created_at, id'),
    // beside min(), SQLite takes the bare column from the row that has the least id
    backlogs: prepare('SELECT webhook, count(*) AS pending, min(id), next_at FROM delivery GROUP BY webhook'),
    newest: prepare('SELECT id FROM delivery ORDER BY id DESC LIMIT 1'),
    add: prepare('INSERT INTO webhook (id, line, url, secret, events, created_at) VALUES (?, ?, ?, ?, ?, ?)'),
    remove: prepare('DELETE FROM webhook WHERE id = ?'),
    noteHealth: prepare('UPDATE webhook SET failing_since = ?, last_problem = ? WHERE id = ?'),
    // a webhook that was removed meanwhile takes nothing more, and does no harm to what was written with it
    put: prepare(`INSERT INTO delivery (id, webhook, body, attempts, next_at)
      SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM webhook WHERE id = ?2)`),
    drop: prepare(
      'DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE webhook = ? ORDER BY id LIMIT ?)',
    ),
    oldest: prepare('SELECT * FROM delivery WHERE webhook = ? ORDER BY id LIMIT 1'),
    postpone: prepare('UPDATE delivery SET attempts = ?, next_at = ? WHERE id = ?'),
    finish: prepare('DELETE FROM delivery WHERE id = ?'),
    finishAll: prepare('DELETE FROM delivery WHERE webhook = ?'),
  };
}

function put(statements: Statements, { deliveries, dropped }: NewDeliveries): NewDeliveries['dropped'] {
  for (const { id, webhook, body, attempts, nextAt } of deliveries) {
    statements.put.run(id, webhook, body, attempts, nextAt);
  }
  return new Map(
    [...dropped].map(([webhook, most]) => [webhook, Number(statements.drop.run(webhook, most).changes)]),
  );
}

function webhookOf(row: Row): KeptWebhook {
  const listed = String(row['events']).split(',');
  return {
    id: String(row['id']),
    // written by `add` alone, from an id that was parsed
    line: row['line'] === null ? null : (String(row['line']) as LineId),
    url: String(row['url']),
    secret: String(row['secret']),
    events: WEBHOOK_EVENTS.filter((event) => listed.includes(event)),
    createdAt: Number(row['created_at']),
    failingSince: row['failing_since'] === null ? null : Number(row['failing_since']),
    lastProblem: row['last_problem'] === null ? null : String(row['last_problem']),
  };
}

function backlogOf(row: Row): Backlog {
  return {
    webhook: String(row['webhook']),
    pending: Number(row['pending']),
    nextAt: Number(row['next_at']),
  };
}

function deliveryOf(row: Row): Delivery {
  return {
    id: String(row['id']),
    webhook: String(row['webhook']),
    body: String(row['body']),
    attempts: Number(row['attempts']),
    nextAt: Number(row['next_at']),
  };
}
