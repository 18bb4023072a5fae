import { Type } from 'typebox';
import { statusOf } from '../../operator/status.ts';
import { BAD_CURSOR, cursorOf, numberAt } from '../cursor.ts';
import { problem, value } from '../operation.ts';
import {
  Announcement as AnnouncementSchema,
  AuditEntry,
  Batches,
  NewAnnouncement,
  Secondary,
  Status,
} from '../schema/gateway.ts';
import { limitOf, listOf, PAGING, Paging } from '../schema/paging.ts';
import { closed, timeOf, timeOrNull } from '../schema/scalars.ts';
import {
  type OperatorOperation,
  type OperatorParts,
  operatorOperation,
  orRefusal,
} from './operator-caller.ts';

const TO_READ = { topic: 'gateway', scopes: ['gateway:read'] } as const;

/** The gateway itself: how it does, what it has told everybody, and who did what. */
export function gatewayOperations(parts: OperatorParts): readonly OperatorOperation[] {
  return [
    showing(parts),
    batching(parts),
    backing(parts),
    announced(parts),
    announcing(parts),
    auditing(parts),
  ];
}

function showing({ desk }: OperatorParts) {
  return operatorOperation({
    ...TO_READ,
    id: 'showStatus',
    method: 'GET',
    path: '/status',
    summary: 'How the gateway does',
    answers: { 200: Status },
    run: async () => {
      const { version, uptimeMs, zone, serial, mode, halted, lines, batches, brake, probe } =
        await statusOf(desk);
      const shown = { ...batches, lastAt: timeOrNull(batches.lastAt) };
      return value({
        ...{ version, uptimeMs, zone, serial, mode, halted, lines },
        ...{ batches: shown, brake, probe },
      });
    },
  });
}

function batching({ desk }: OperatorParts) {
  return operatorOperation({
    ...TO_READ,
    id: 'showBatches',
    method: 'GET',
    path: '/batches',
    summary: 'What has entered the zone, and what waits',
    answers: { 200: Batches },
    run: () => {
      const { batches, queue } = desk.registry;
      const { count, last, lastMs } = batches;
      return value({
        count,
        lastAt: timeOrNull(last?.at ?? null),
        lastSize: last?.size ?? null,
        lastMs,
        waiting: queue.size,
      });
    },
  });
}

function backing({ desk }: OperatorParts) {
  return operatorOperation({
    ...TO_READ,
    id: 'listSecondaries',
    method: 'GET',
    path: '/secondaries',
    summary: 'Backup name servers, and how far behind they are',
    query: Paging,
    answers: { 200: listOf(Secondary) },
    // so few that one page always holds them
    run: () => {
      const items = (desk.service?.secondaries() ?? []).map(
        ({ address, serial, lagMs, proof, problem: trouble }) => {
          return { address, serial, lagMs, proof, problem: trouble };
        },
      );
      return value({ items, next: null });
    },
  });
}

function announced({ desk }: OperatorParts) {
  return operatorOperation({
    ...TO_READ,
    id: 'listAnnouncements',
    method: 'GET',
    path: '/announcements',
    summary: 'What all subscribers are told now, oldest first',
    query: Paging,
    answers: { 200: listOf(AnnouncementSchema) },
    run: () =>
      value({
        items: desk.announcements.current.map(({ id, at, text }) => ({ id, at: timeOf(at), text })),
        next: null,
      }),
  });
}

function announcing({ desk, commands }: OperatorParts) {
  return operatorOperation({
    topic: 'gateway',
    id: 'announce',
    method: 'POST',
    path: '/announcements',
    summary: 'Tells all subscribers',
    scopes: ['announce'],
    body: NewAnnouncement,
    answers: { 201: AnnouncementSchema },
    run: ({ caller: { actor }, body: { text } }) =>
      orRefusal(async () => {
        await commands.carryOut(actor, { command: 'announce', args: { text } });
        const newest = desk.announcements.current.at(-1);
        if (!newest) return problem(409, 'The announcement has made way for others already.');
        return value({ id: newest.id, at: timeOf(newest.at), text: newest.text }, 201);
      }),
  });
}

function auditing({ house: { audit } }: OperatorParts) {
  return operatorOperation({
    ...TO_READ,
    id: 'listAudit',
    method: 'GET',
    path: '/audit',
    summary: 'Who did what, newest first',
    query: closed({
      ...PAGING,
      subject: Type.Optional(
        Type.String({ maxLength: 200, description: 'the line, account or webhook that it was done to' }),
      ),
    }),
    answers: { 200: listOf(AuditEntry) },
    run: async ({ query }) => {
      const before = numberAt(query.cursor);
      if (before === undefined) return problem(400, BAD_CURSOR);
      const most = limitOf(query);
      const entries = await audit.entries({ before, most: most + 1, subject: query.subject ?? null });
      const items = entries.slice(0, most);
      const last = items.at(-1);
      return value({
        items: items.map((entry) => ({ ...entry, at: timeOf(entry.at) })),
        next: entries.length > most && last ? cursorOf(last.number) : null,
      });
    },
  });
}
