import type { Instant } from '../../../runtime/clock.ts';
import { html, type Markup } from '../../answering/html.ts';
import type { Message } from '../../subscriber/mailbox.ts';
import type { Usage } from '../../subscriber/shelf.ts';
import { calledName, type PortalLine } from '../portal-lines.ts';
import type { PresenceDay } from '../presence-days.ts';
import { texts } from '../texts.ts';
import { messageList } from './message-list.ts';
import { lengthText, moment } from './moment.ts';
import { presenceStrip } from './presence-strip.ts';
import { quotaMeters } from './quota.ts';

export interface HomeView {
  readonly line: PortalLine;
  readonly now: Instant;
  readonly days: readonly PresenceDay[];
  readonly offThisMonthMs: number;
  readonly newest: readonly Message[];
  readonly count: { readonly all: number; readonly unread: number };
  readonly usage: Usage;
  /** How many asked to be told by mail when the line is back. */
  readonly waiting: number;
  /** What stands above everything else. */
  readonly notices: Markup | null;
}

/** Four figures, the last 30 days, the newest messages and the state of the quota. */
export function homePage(view: HomeView): Markup {
  return html`${view.notices}<div class="top"><h1>${calledName(view.line)}</h1></div>
<div class="stack">
${figures(view)}
<section class="card"><h2>The last 30 days</h2>${presenceStrip(view.days)}</section>
<div class="grid">
<section class="card"><h2>Newest messages</h2>${newest(view.newest)}</section>
<section class="card"><h2>Room</h2>${quotaMeters(view.usage)}</section>
</div></div>`;
}

function figures({ line, now, offThisMonthMs, count, waiting }: HomeView): Markup {
  return html`<dl class="figures">
<div><dt>Now</dt><dd>${present(line, now)}${waiting > 0 && html`<small>${waiting} ${waiting === 1 ? 'visitor wants' : 'visitors want'} a mail when it is back</small>`}</dd></div>
<div><dt>Last log-on of your router</dt><dd>${logOns(line)}</dd></div>
<div><dt>Off-line this month</dt><dd>${offThisMonth(line, offThisMonthMs)}${hits(line)}</dd></div>
<div><dt>Unread messages</dt><dd>${count.unread}<small>of ${count.all} in all</small></dd></div>
</dl>`;
}

function offThisMonth({ standing }: PortalLine, ms: number): string {
  if (ms > 0) return lengthText(ms);
  return standing.logOn === null ? 'not heard yet' : 'not at all';
}

function present(line: PortalLine, now: Instant): Markup {
  const pill = html`<span class="pill ${line.state}">${texts.states[line.state]}</span>`;
  const { published, absence } = line.standing;
  switch (line.state) {
    case 'live':
      return html`${pill}<small>since ${moment(published.since)} (${lengthText(now - published.since)})</small>`;
    case 'queued':
      return html`${pill}<small>your router is back; your name follows in a moment</small>`;
    case 'suspect':
      return html`${pill}<small>your router has said nothing for a moment; being looked into</small>`;
    case 'unknown':
      return html`${pill}<small>your router has never logged on</small>`;
    case 'offline': {
      const since = absence?.until === null ? absence.since : published.since;
      return html`${pill}<small>since ${moment(since)} (${lengthText(now - since)}): ${reasonOf(line)}</small>`;
    }
  }
}

function reasonOf({ standing: { published, absence } }: PortalLine): string {
  const reason = published.kind === 'answering' ? published.reason : (absence?.reason ?? null);
  return reason === null ? 'your router has not registered since' : texts.reasons[reason];
}

function logOns({ standing: { logOn, previousLogOn } }: PortalLine): Markup {
  if (logOn === null) return html`never yet`;
  return html`${moment(logOn)}${previousLogOn !== null && html`<small>before that ${moment(previousLogOn)}</small>`}`;
}

function hits({ standing: { absence } }: PortalLine): Markup | null {
  if (absence === null) return null;
  const words = absence.until === null ? 'since it went off' : 'the last time it was off';
  return html`<small>${absence.hits} ${absence.hits === 1 ? 'visit' : 'visits'} ${words}</small>`;
}

function newest(messages: readonly Message[]): Markup {
  if (messages.length === 0) {
    return html`<div class="empty"><p>Nothing yet. What visitors leave while your line is off appears here.</p></div>`;
  }
  return html`${messageList(messages, null)}<div class="actions"><a class="quiet" href="/messages">All messages</a></div>`;
}
