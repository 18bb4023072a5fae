import { Type } from 'typebox';
import { addressesIn } from '../../../protocol/address.ts';
import type { LineId } from '../../../protocol/line-id.ts';
import type { Clock, Instant } from '../../../runtime/clock.ts';
import type { LineRecord } from '../../line/line-book.ts';
import { stateOf } from '../../operator/line-view.ts';
import type { Registry } from '../../registry.ts';
import type { Diary, OffLineSpan } from '../../subscriber/diary.ts';
import type { House } from '../../web/house.ts';
import { BAD_CURSOR, cursorOf, numberAt } from '../cursor.ts';
import { NOTHING, problem, value } from '../operation.ts';
import { OwnLine, Rehearsal, Span } from '../schema/line.ts';
import { limitOf, listOf, PAGING } from '../schema/paging.ts';
import { closed, Time, timeOf, timeOrNull } from '../schema/scalars.ts';
import { type Note, type OwnerOperation, ownerOperation } from './owner-caller.ts';

const MONTH_MS = 30 * 86_400_000;
const TOPIC = { topic: 'line' } as const;

export interface LineParts {
  readonly registry: Registry;
  readonly house: Pick<House, 'mailbox' | 'diary' | 'stage' | 'waiting'>;
  readonly clock: Clock;
}

/** How the line is and was. */
export function lineOperations(parts: LineParts & { readonly note: Note }): readonly OwnerOperation[] {
  return [showing(parts), remembering(parts), rehearsing(parts), ending(parts)];
}

function showing(parts: LineParts) {
  return ownerOperation({
    ...TOPIC,
    id: 'showLine',
    method: 'GET',
    path: '/line',
    summary: 'How the line is now',
    scopes: ['line:read'],
    answers: { 200: OwnLine },
    run: async ({ caller: { line } }) => {
      const shown = await ownLineValue(parts, line);
      return shown ? value(shown) : problem(404, 'The line is not there any more.');
    },
  });
}

function remembering({ house: { diary }, clock }: LineParts) {
  return ownerOperation({
    ...TOPIC,
    id: 'listOffLineSpans',
    method: 'GET',
    path: '/off-line-spans',
    summary: 'When the gateway has answered in its place, oldest first',
    scopes: ['line:read'],
    query: closed({
      ...PAGING,
      from: Type.Optional(
        Type.Unsafe<string>({
          ...Time,
          description: 'spans that touch the time from then on; else of 30 days',
        }),
      ),
    }),
    answers: { 200: listOf(Span) },
    run: async ({ caller: { line }, query }) => {
      const after = numberAt(query.cursor);
      if (after === undefined) return problem(400, BAD_CURSOR);
      const from = query.from === undefined ? clock.now() - MONTH_MS : Date.parse(query.from);
      if (Number.isNaN(from)) return problem(400, '"from" is no time: give one as 2026-03-01T00:00:00Z.');
      const spans = await diary.spans(line, from);
      const most = limitOf(query);
      const left = spans.filter(({ since }) => after === null || since > after);
      const items = left.slice(0, most);
      const last = items.at(-1);
      return value({
        items: items.map(spanValue),
        next: left.length > most && last ? cursorOf(last.since) : null,
      });
    },
  });
}

function rehearsing({ house: { stage }, note }: LineParts & { readonly note: Note }) {
  return ownerOperation({
    ...TOPIC,
    id: 'beginRehearsal',
    method: 'POST',
    path: '/rehearsal',
    summary: 'For two minutes visitors get what they get when the line is off',
    scopes: ['line:write'],
    answers: { 200: Rehearsal },
    run: async ({ caller }) => {
      const rehearsing = await stage.begin(caller.line);
      if (rehearsing.kind !== 'rehearsing')
        return problem(409, 'The line is not live now: visitors get its page already.');
      await note(caller, 'rehearsal', '');
      return value({ until: timeOf(rehearsing.until) });
    },
  });
}

function ending({ house: { stage }, note }: LineParts & { readonly note: Note }) {
  return ownerOperation({
    ...TOPIC,
    id: 'endRehearsal',
    method: 'DELETE',
    path: '/rehearsal',
    summary: 'Ends the rehearsal now',
    scopes: ['line:write'],
    answers: { 204: null },
    run: async ({ caller }) => {
      await stage.end(caller.line);
      await note(caller, 'rehearsal end', '');
      return NOTHING;
    },
  });
}

/** The line as its owner sees it; undefined when it was removed. */
export async function ownLineValue({ registry, house, clock }: LineParts, id: LineId) {
  const record = registry.book.get(id);
  if (!record) return undefined;
  const { line, standing } = record;
  const { published, absence } = standing;
  const { unread } = await house.mailbox.count(id);
  return {
    id,
    domain: line.domain,
    names: line.names,
    state: stateOf(registry, record),
    published: publishedValue(record),
    reason: published.kind === 'answering' ? published.reason : null,
    lastLogOn: timeOrNull(standing.logOn),
    previousLogOn: timeOrNull(standing.previousLogOn),
    offLine: {
      last: absence && spanValue(absence),
      thisMonthMs: await offLineThisMonth(house.diary, id, clock.now()),
    },
    hits: absence?.hits ?? 0,
    unread,
    waiting: house.waiting(id),
    rehearsalUntil: timeOrNull(house.stage.until(id)),
  };
}

export function publishedValue({ standing: { published } }: LineRecord) {
  return {
    kind: published.kind,
    addresses: published.kind === 'addresses' ? addressesIn(published.addresses) : [],
    since: timeOf(published.since),
    serial: published.serial,
  };
}

async function offLineThisMonth(diary: Diary, line: LineId, now: Instant): Promise<number> {
  const today = new Date(now);
  const first = Date.UTC(today.getUTCFullYear(), today.getUTCMonth());
  const spans = await diary.spans(line, first);
  const ms = spans.map(({ since, until }) => Math.max(0, (until ?? now) - Math.max(since, first)));
  return ms.reduce((sum, one) => sum + one, 0);
}

export function spanValue({ since, until, reason, hits }: OffLineSpan) {
  return { since: timeOf(since), until: timeOrNull(until), reason, hits };
}
