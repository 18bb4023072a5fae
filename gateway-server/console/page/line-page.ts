import { addressesIn } from '../../../protocol/address.ts';
import { html, type Markup, type Piece } from '../../answering/html.ts';
import type { LineRecord } from '../../line/line-book.ts';
import type { Desk } from '../../operator/desk.ts';
import { silentMs, stateOf } from '../../operator/line-view.ts';
import { presenceStrip } from '../../portal/page/presence-strip.ts';
import type { PresenceDay } from '../../portal/presence-days.ts';
import type { StoryEvent } from '../line-story.ts';
import { ago, moment, numberText, statePill } from './moment.ts';

export interface LineViewed {
  readonly record: LineRecord;
  /** What `explain` says. */
  readonly words: readonly string[];
  readonly story: readonly StoryEvent[];
  readonly days: readonly PresenceDay[];
  /** Why the owner's page is taken down; null when it is not. */
  readonly takenDown: string | null;
  readonly notice: Markup | null;
  /** The forms; null for who only looks. */
  readonly deeds: Markup | null;
}

/** All about one line. */
export function linePage(
  desk: Desk,
  { record, words, story, days, takenDown, notice, deeds }: LineViewed,
): Markup {
  const { line } = record;
  return html`${notice}<p class="trail"><a href="/lines">Lines</a></p>
<div class="top" data-stream="/live/lines?ids=${line.id}" data-whole="/live/lines/${line.id}"><h1>${line.domain ?? line.id}</h1><p data-live="${line.id}.state">${statePill(stateOf(desk.registry, record))}</p></div>
${takenDown !== null && html`<div class="notice bad"><p>Nothing of the owner's is shown: ${takenDown}</p></div>`}
<div class="grid two">
<section class="card" data-part="now"><h2>Now</h2>${factsOf(desk, record)}</section>
<section class="card" data-part="why"><h2>Why it leads where it leads</h2><div class="explained">${words.map((sentence) => html`<p>${sentence}</p>\n`)}</div></section>
</div>
<section class="card" data-part="days"><h2>The last 30 days</h2>${presenceStrip(days)}</section>
<div class="grid two below">
<section class="card" data-part="story"><h2>What happened</h2>${timeline(story)}</section>
${deeds}
</div>`;
}

function factsOf(desk: Desk, { line, standing }: LineRecord): Markup {
  const { published, logOn, agent, messages } = standing;
  const leadsTo =
    line.domain === null
      ? 'it has no name'
      : published.kind === 'addresses'
        ? addressesIn(published.addresses).map((address) => html`<span class="address">${address}</span> `)
        : 'the gateway, which answers in its place';
  const rows: readonly (readonly [string, Piece])[] = [
    ['Line', line.id],
    ['Extra names', line.names.length === 0 ? 'none' : line.names.map((name) => html`${name}<br>`)],
    ['Leads to', leadsTo],
    ['Since', html`<span data-live="${line.id}.since">${moment(published.since)}</span>`],
    ['Last heard', html`<span data-live="${line.id}.heard">${ago(silentMs(desk, line.id))}</span>`],
    ['Last log-on', logOn === null ? 'never yet' : moment(logOn)],
    ['Agent', agent ?? 'none heard yet'],
    ['Messages waiting', numberText(messages)],
    ['Set up', moment(line.createdAt)],
  ];
  return html`<dl class="facts">${rows.map(([what, how]) => html`<dt>${what}</dt><dd>${how}</dd>\n`)}</dl>`;
}

function timeline(story: readonly StoryEvent[]): Markup {
  if (story.length === 0)
    return html`<div class="empty"><p>Nothing yet. Log-ons, times off-line and their reasons appear here.</p></div>`;
  const item = ({ at, kind, words, detail }: StoryEvent) =>
    html`<li class="${kind}">${moment(at)}<strong>${words}</strong>${detail !== '' && html`<span class="detail">${detail}</span>`}</li>\n`;
  return html`<ol class="timeline" tabindex="0">${story.map(item)}</ol>`;
}
