import type { Instant } from '../../../runtime/clock.ts';
import { html, type Markup } from '../../answering/html.ts';
import type { Cells } from '../live-rows.ts';
import type { Sample } from '../samples.ts';
import { texts } from '../texts.ts';
import { lineChart, type Series } from './line-chart.ts';
import { longText, numberText, roughly } from './moment.ts';

export interface SpanWish {
  readonly name: string;
  readonly words: string;
  readonly ms: number;
}

export const SPANS = [
  { name: 'hour', words: '1 hour', ms: 3_600_000 },
  { name: 'day', words: '1 day', ms: 86_400_000 },
  { name: 'week', words: '7 days', ms: 7 * 86_400_000 },
  { name: 'month', words: '30 days', ms: 30 * 86_400_000 },
] as const satisfies readonly SpanWish[];

export interface OverviewView {
  readonly figures: Cells;
  readonly span: SpanWish;
  readonly samples: readonly Sample[];
  readonly now: Instant;
  /** What needs a person, above everything else. */
  readonly warnings: Markup | null;
}

/** The gateway's figures now, and over time. */
export function overviewPage({ figures, span, samples, now, warnings }: OverviewView): Markup {
  const choice = ({ name, words }: SpanWish) =>
    html`<a href="/?span=${name}"${name === span.name && html` aria-current="true"`}>${words}</a>`;
  return html`${warnings}<div class="top"><h1>Overview</h1><nav class="filters" aria-label="Stretch of time">${SPANS.map(choice)}</nav></div>
<dl class="figures" data-stream="/live/overview">${[...figures].map(([name, content]) => html`<div><dt>${name}</dt><dd data-live="${name}">${content}</dd></div>\n`)}</dl>
<div class="charts">${charts(samples, span, now)}</div>`;
}

function charts(samples: readonly Sample[], span: SpanWish, now: Instant): Markup {
  const times = samples.map(({ at }) => at);
  const common = { times, from: now - span.ms, until: now, timeText: tickText(span.ms) };
  const of = (name: string, tone: Series['tone'], value: (sample: Sample) => number | null): Series => {
    return { name, tone, values: samples.map(value) };
  };
  const newest = samples.at(-1);
  const counted = newest
    ? `Now ${newest.live} live, ${newest.offline} off-line, ${newest.suspect} suspect and ${newest.queued} queued.`
    : 'No figures yet.';
  return html`${lineChart({
    ...common,
    title: 'Live lines',
    summary: `Live lines in the last ${span.words}. ${counted}`,
    series: [of(texts.states.live, 'live', ({ live }) => live)],
    valueText: numberText,
  })}${lineChart({
    ...common,
    title: 'Lines that are not live',
    summary: `Lines off-line, suspect and queued in the last ${span.words}. ${counted}`,
    series: [
      of('off-line', 'offline', ({ offline }) => offline),
      of('suspect', 'suspect', ({ suspect }) => suspect),
      of('queued', 'lamp', ({ queued }) => queued),
      of('unknown', 'unknown', ({ unknown }) => unknown),
    ],
    valueText: numberText,
  })}${lineChart({
    ...common,
    title: 'Largest batch',
    summary: `Updates in the largest batch of each stretch, in the last ${span.words}.`,
    series: [of('updates', 'lamp', ({ largestBatch }) => largestBatch)],
    valueText: numberText,
  })}${lineChart({
    ...common,
    title: 'Slowest batch',
    summary: `How long the slowest batch of each stretch took, in the last ${span.words}.`,
    series: [of('took', 'lamp', ({ slowestBatchMs }) => slowestBatchMs)],
    valueText: msText,
  })}${lineChart({
    ...common,
    title: 'From the last signal to off-line',
    summary: `How long silent lines were still published, half of them at most, in the last ${span.words}.`,
    series: [of('median', 'lamp', ({ detectionMs }) => detectionMs)],
    valueText: msText,
  })}`;
}

/** "1.5 ms", or longer times in words. */
export function msText(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms * 10) / 10} ms` : longText(ms);
}

function tickText(spanMs: number): (at: Instant) => string {
  return (at) => {
    const [day, time] = [new Date(at).toISOString().slice(5, 10), new Date(at).toISOString().slice(11, 16)];
    return spanMs > 2 * 86_400_000 ? day : time;
  };
}

/** "3 min", or "in step". */
export function lagText(lagMs: number | null): string {
  if (lagMs === null) return 'never heard';
  return lagMs === 0 ? 'in step' : `${roughly(lagMs)} behind`;
}
