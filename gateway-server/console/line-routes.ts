import type { LineId } from '../../protocol/line-id.ts';
import { parseLineId } from '../../protocol/line-id.ts';
import { html, type Markup } from '../answering/html.ts';
import type { LineRecord } from '../line/line-book.ts';
import type { CommandCall } from '../operator/commands.ts';
import { lineFacts } from '../operator/line-facts.ts';
import { stateOf } from '../operator/line-view.ts';
import { lineWords } from '../operator/line-words.ts';
import { servedNow } from '../operator/served-now.ts';
import { firstHeard, lookBackTo, presenceDays } from '../portal/presence-days.ts';
import { mayDo } from '../web/account.ts';
import { type Route, seeOther, type WebReply } from '../web/route.ts';
import type { ConsoleParts } from './console-parts.ts';
import { storyOf } from './line-story.ts';
import { LIVE } from './live-reply.ts';
import { badNotice, notice, noticeOf } from './notices.ts';
import { consolePage, operatorRoute, orRefused, secretBox, type Visit } from './operator-route.ts';
import { lineDeeds } from './page/line-deeds.ts';
import { linePage } from './page/line-page.ts';
import type { texts } from './texts.ts';

type Done = keyof typeof texts.notices;

/** A deed on the line's page: what it asks for, and what is said when it is done. */
const DEEDS: readonly (readonly [path: string, command: string, done: Done])[] = [
  ['suspend', 'line suspend', 'suspended'],
  ['resume', 'line resume', 'resumed'],
  ['take-down', 'page take-down', 'taken-down'],
  ['put-back', 'page put-back', 'put-back'],
  ['drill', 'drill', 'drill'],
];

/** One line: what is known of it, and what can be done about it. */
export function lineRoutes(parts: ConsoleParts): readonly Route[] {
  const deed = (path: string, run: (visit: Visit, id: string) => Promise<WebReply>) =>
    operatorRoute({ method: 'POST', path: `/lines/:id/${path}`, for: 'keeper' }, (visit) => {
      const id = visit.request.params['id'] ?? '';
      return orRefused(
        () => run(visit, id),
        (sentence) => linePageFor(parts, visit, badNotice(sentence), 409),
      );
    });
  return [
    operatorRoute({ method: 'GET', path: '/lines/:id', for: 'viewer' }, (visit) =>
      linePageFor(parts, visit, noticeOf(visit.request.query)),
    ),
    // what an open page puts in its place when the line has changed
    operatorRoute({ ...LIVE, path: '/live/lines/:id' }, (visit) => linePageFor(parts, visit, null)),
    ...DEEDS.map(([path, command, done]) =>
      deed(path, async (visit, id) => {
        const why = visit.request.fields.get('why');
        await carryOut(parts, visit, { command, args: { id, ...(why === undefined ? {} : { why }) } });
        return seeOther(`/lines/${id}?done=${done}`);
      }),
    ),
    deed('secret', (visit, id) => newSecret(parts, visit, id)),
    deed('portal-link', (visit, id) => portalLink(parts, visit, id)),
    deed('remove', (visit, id) => remove(parts, visit, id)),
  ];
}

async function linePageFor(
  parts: ConsoleParts,
  visit: Visit,
  said: Markup | null,
  status = 200,
): Promise<WebReply> {
  const { desk, look } = parts;
  const id = parseLineId(visit.request.params['id'] ?? '');
  const record = id && desk.registry.book.get(id);
  if (!id || !record) return noSuchLine(parts, visit);
  const { shelf, portalUrl } = desk.house;
  const { takenDown } = shelf.page(id);
  const isLive = stateOf(desk.registry, record) === 'live' && record.line.domain !== null;
  const wish = { record, takenDown, hasPortal: portalUrl !== null, isLive };
  const deeds = mayDo(visit.role, 'keeper') ? lineDeeds(visit, wish) : null;
  const content = linePage(desk, {
    ...(await known(parts, id, record)),
    record,
    takenDown,
    notice: said,
    deeds,
  });
  return consolePage(look, visit, { title: record.line.domain ?? id, current: '/lines', content, status });
}

async function known({ desk }: ConsoleParts, id: LineId, record: LineRecord) {
  const { registry, house, store, clock } = desk;
  const now = clock.now();
  const [facts, spans, history] = await Promise.all([
    lineFacts(desk, record),
    house.diary.spans(id, lookBackTo(now)),
    store.historyOf(id),
  ]);
  const { domain } = record.line;
  const words =
    domain === null
      ? ['The line has no domain service, and so no name that could lead anywhere.']
      : lineWords(desk, { name: domain, record, served: servedNow(registry.zone, domain), facts });
  const days = presenceDays({ spans, knownFrom: firstHeard(record.line.createdAt, record.standing), now });
  return { words, story: storyOf(history, spans), days };
}

function noSuchLine({ look }: ConsoleParts, visit: Visit): WebReply {
  const content = html`<h1>There is no such line</h1><p>It may have been removed. <a href="/lines">All lines</a></p>`;
  return consolePage(look, visit, { title: 'No such line', current: '/lines', content, status: 404 });
}

async function newSecret(parts: ConsoleParts, visit: Visit, id: string): Promise<WebReply> {
  const answer = await carryOut(parts, visit, { command: 'line secret', args: { id } });
  return linePageFor(
    parts,
    visit,
    toldOnce(`The new secret of ${id}. It is shown only this once.`, answer['secret']),
  );
}

async function portalLink(parts: ConsoleParts, visit: Visit, id: string): Promise<WebReply> {
  const answer = await carryOut(parts, visit, { command: 'line portal', args: { id } });
  return linePageFor(parts, visit, toldOnce('Lets the owner in once, within 7 days.', answer['url']));
}

function toldOnce(label: string, secret: unknown): Markup {
  return notice(secretBox(label, String(secret)), 'good');
}

/** Typed confirmation: a slip of the hand must not take a subscriber's page and messages. */
async function remove(parts: ConsoleParts, visit: Visit, id: string): Promise<WebReply> {
  if (visit.request.fields.get('confirm')?.trim() !== id) {
    const said = badNotice(`nothing was removed: type the line's id, ${id}, to confirm`);
    return linePageFor(parts, visit, said, 422);
  }
  await carryOut(parts, visit, { command: 'line remove', args: { id } });
  return seeOther('/lines?done=removed');
}

async function carryOut({ commands }: ConsoleParts, { actor }: Visit, call: CommandCall) {
  const answer = await commands.carryOut(actor, call);
  return { ...(typeof answer === 'object' ? answer : {}) } as Readonly<Record<string, unknown>>;
}
