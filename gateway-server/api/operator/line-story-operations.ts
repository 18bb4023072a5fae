import { explain } from '../../operator/explain.ts';
import { BAD_CURSOR, cursorOf, numberAt } from '../cursor.ts';
import { eventStream } from '../event-stream.ts';
import { problem, value } from '../operation.ts';
import { Explanation, HistoryEntry } from '../schema/line.ts';
import { limitOf, listOf, Paging } from '../schema/paging.ts';
import { timeOf } from '../schema/scalars.ts';
import {
  OneLine,
  type OperatorOperation,
  type OperatorParts,
  operatorOperation,
  withLine,
} from './operator-caller.ts';

const TO_READ = { topic: 'lines', scopes: ['lines:read'] } as const;

/** What has become of lines, and why. */
export function lineStoryOperations(parts: OperatorParts): readonly OperatorOperation[] {
  return [remembering(parts), explaining(parts), following(parts)];
}

function remembering(parts: OperatorParts) {
  return operatorOperation({
    ...TO_READ,
    id: 'listHistory',
    method: 'GET',
    path: '/lines/{id}/history',
    summary: 'What has happened to a line, newest first',
    params: OneLine,
    query: Paging,
    answers: { 200: listOf(HistoryEntry) },
    run: ({ params, query }) =>
      withLine(parts, params.id, async ({ id }) => {
        const skipped = numberAt(query.cursor);
        if (skipped === undefined) return problem(400, BAD_CURSOR);
        // what has happened up to now may still wait for its turn to be written
        await parts.desk.registry.standings.flush();
        const history = (await parts.desk.store.historyOf(id)).toReversed();
        const [from, most] = [skipped ?? 0, limitOf(query)];
        const items = history.slice(from, from + most).map(({ at, event, detail }) => {
          return { at: timeOf(at), event, detail };
        });
        return value({ items, next: from + most < history.length ? cursorOf(from + most) : null });
      }),
  });
}

function explaining(parts: OperatorParts) {
  return operatorOperation({
    ...TO_READ,
    id: 'explainLine',
    method: 'GET',
    path: '/lines/{id}/explain',
    summary: "Why the line's name answers what it answers",
    params: OneLine,
    answers: { 200: Explanation },
    run: ({ params }) =>
      withLine(parts, params.id, async ({ id }) => {
        const { name, serial, kind, served, words } = await explain(parts.desk, id);
        const { addresses, ttlSeconds } = served;
        return value({ name, serial, kind, served: { addresses, ttlSeconds }, words });
      }),
  });
}

function following({ desk, news }: OperatorParts) {
  return operatorOperation({
    ...TO_READ,
    id: 'followEvents',
    method: 'GET',
    path: '/events',
    summary: 'Server-sent events: lines that go live or off-line, and messages left',
    answers: { 200: 'text/event-stream' },
    run: ({ isStillAllowed, signal }) => {
      const following = news.follow();
      if (!following) {
        return problem(503, 'Too many follow the events already: try again later.', { 'retry-after': '60' });
      }
      return {
        kind: 'bytes',
        status: 200,
        headers: { 'content-type': 'text/event-stream; charset=utf-8' },
        pieces: eventStream({ following, isStillAllowed, clock: desk.clock }, signal),
      };
    },
  });
}
