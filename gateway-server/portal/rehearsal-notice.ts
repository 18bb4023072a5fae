import type { Instant } from '../../runtime/clock.ts';
import { html, type Markup } from '../answering/html.ts';
import type { RehearsalStage } from '../line/rehearsals.ts';
import { notice } from './notices.ts';
import type { OwnerVisit } from './owner-route.ts';
import { moment } from './page/moment.ts';
import { tokenField } from './portal-frame.ts';

/** While a rehearsal is on, every page on which it matters says so and can end it. */
export function rehearsalNotice(stage: RehearsalStage, visit: OwnerVisit, now: Instant): Markup | null {
  const until = stage.until(visit.line.id);
  if (until === null) return null;
  const place = visit.line.domain;
  const words = html`You are rehearsing: visitors of your name get your page until ${moment(until)}<span data-countdown="${Math.max(0, Math.ceil((until - now) / 1_000))}"></span>.${place !== null && html` Look at it yourself: <a href="http://${place}/" target="_blank" rel="noopener">${place}</a>.`} Your browser may take half a minute to notice.`;
  const end = html`<form class="inline" method="post" action="/page/rehearsal/end">${tokenField(visit)}<button class="quiet" type="submit">End it now</button></form>`;
  return notice(words, 'plain', end);
}
