import { html } from '../answering/html.ts';
import type { Route, WebReply } from '../web/route.ts';
import { noticeOf } from './notices.ts';
import { type OwnerVisit, ownerRoute } from './owner-route.ts';
import { homePage } from './page/home-page.ts';
import { portalPage } from './portal-frame.ts';
import type { PortalParts } from './portal-parts.ts';
import { firstHeard, lookBackTo, offThisMonthMs, presenceDays } from './presence-days.ts';
import { rehearsalNotice } from './rehearsal-notice.ts';

const NEWEST = 5;

/** The portal's first page. */
export function homeRoutes(parts: PortalParts): readonly Route[] {
  return [ownerRoute(parts.lines, { method: 'GET', path: '/' }, (visit) => home(parts, visit))];
}

async function home(parts: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const { house, clock } = parts;
  const { line, request } = visit;
  const now = clock.now();
  const [spans, newest, count, usage] = await Promise.all([
    house.diary.spans(line.id, lookBackTo(now)),
    house.mailbox.list(line.id, { before: null, most: NEWEST }),
    house.mailbox.count(line.id),
    house.shelf.usage(line.id),
  ]);
  const content = homePage({
    line,
    now,
    days: presenceDays({ spans, knownFrom: firstHeard(line.createdAt, line.standing), now }),
    offThisMonthMs: offThisMonthMs(spans, now),
    newest,
    count,
    usage,
    waiting: house.waiting(line.id),
    notices: html`${noticeOf(request.query)}${rehearsalNotice(house.stage, visit, now)}`,
  });
  return portalPage(parts, visit, { title: 'Home', current: '/', content });
}
