import type { Instant } from '../../../runtime/clock.ts';
import { html, type Markup } from '../../answering/html.ts';
import { roundAbove, spread } from './scale.ts';

export interface Series {
  readonly name: string;
  /** Names its colour. */
  readonly tone: 'live' | 'queued' | 'suspect' | 'offline' | 'unknown' | 'lamp';
  /** One for each time; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

export interface Chart {
  readonly title: string;
  /** What is shown, for who does not see it. */
  readonly summary: string;
  readonly times: readonly Instant[];
  readonly from: Instant;
  readonly until: Instant;
  readonly series: readonly Series[];
  readonly valueText: (value: number) => string;
  readonly timeText: (at: Instant) => string;
}

const WIDTH = 1_000;
const HEIGHT = 160;
const LABEL_GAP = 18;
const TICKS = 5;
const ROWS_IN_TABLE = 48;

/** A quiet line chart: three gridlines, the lines, and at the end of each its name and its newest value. */
export function lineChart(chart: Chart): Markup {
  const { title, summary, series } = chart;
  const top = roundAbove(Math.max(...series.flatMap(({ values }) => values.map((value) => value ?? 0)), 0));
  const yOf = (value: number) => round(HEIGHT - (value / top) * HEIGHT);
  return html`<figure class="card chart-card"><figcaption><h2>${title}</h2></figcaption>
${chart.times.length < 2 ? empty() : plot(chart, top, yOf)}
${chart.times.length >= 2 && html`<details><summary>As a table</summary>${table(chart)}</details>`}<p class="visually-hidden">${summary}</p></figure>`;
}

function empty(): Markup {
  return html`<div class="empty"><p>Nothing yet. A figure is taken down each minute; the line begins with the second.</p></div>`;
}

function plot(chart: Chart, top: number, yOf: (value: number) => number): Markup {
  const { summary, series, from, until, timeText, valueText } = chart;
  const marks = [top, top / 2, 0];
  const ticks = Array.from({ length: TICKS }, (_, tick) => from + ((until - from) * tick) / (TICKS - 1));
  const grid = marks.map(
    (mark) => html`<line class="grid-line" x1="0" x2="${WIDTH}" y1="${yOf(mark)}" y2="${yOf(mark)}"/>`,
  );
  return html`<div class="plot"><div class="scale" aria-hidden="true">${marks.map((mark) => html`<span>${valueText(mark)}</span>`)}</div>
<svg class="lines" viewBox="0 -4 ${WIDTH} ${HEIGHT + 8}" preserveAspectRatio="none" role="img" aria-label="${summary}">${grid}${series.map((one) => drawn(chart, one, yOf))}</svg>
${labels(chart, yOf)}
<div class="ticks" aria-hidden="true">${ticks.map((tick) => html`<span>${timeText(tick)}</span>`)}</div></div>`;
}

function drawn(chart: Chart, { tone, values }: Series, yOf: (value: number) => number): Markup {
  const stretches = stretchesOf(chart, values, yOf);
  const line = stretches.map((points) => `M${points.map(([x, y]) => `${x} ${y}`).join('L')}`).join('');
  const areas = stretches.map((points) => {
    const [first, last] = [points.at(0), points.at(-1)];
    return `M${first?.[0] ?? 0} ${HEIGHT}L${points.map(([x, y]) => `${x} ${y}`).join('L')}L${last?.[0] ?? 0} ${HEIGHT}Z`;
  });
  return html`${chart.series.length === 1 && html`<path class="area ${tone}" d="${areas.join('')}"/>`}<path class="stroke ${tone}" d="${line}" vector-effect="non-scaling-stroke"/>`;
}

/** The line breaks off where nobody measured: a gateway that did not run is no gateway without lines. */
function stretchesOf(
  { times, from, until }: Chart,
  values: Series['values'],
  yOf: (value: number) => number,
) {
  const usualMs = (until - from) / Math.max(1, times.length - 1);
  const steps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const gapMs = 3 * Math.max(steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? usualMs, 60_000);
  const stretches: [number, number][][] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const [index, at] of times.entries()) {
    const value = values[index] ?? null;
    if (value === null) continue;
    if (at - lastAt > gapMs) stretches.push([]);
    stretches.at(-1)?.push([round(((at - from) / (until - from)) * WIDTH), yOf(value)]);
    lastAt = at;
  }
  // a stretch of one point would not be seen
  return stretches.map((points) => (points.length > 1 ? points : [...points, ...points.map(beside)]));
}

function beside([x, y]: [number, number]): [number, number] {
  return [x + 2, y];
}

function labels({ series, valueText }: Chart, yOf: (value: number) => number): Markup {
  const newest = series.map(({ values }) => values.findLast((value) => value !== null) ?? null);
  const heights = spread(
    newest.map((value) => yOf(value ?? 0)),
    LABEL_GAP,
    HEIGHT,
  );
  const label = ({ name, tone }: Series, index: number) =>
    html`<text class="${tone}" x="8" y="${round((heights[index] ?? 0) + 4)}">${name} <tspan class="value">${valueText(newest[index] ?? 0)}</tspan></text>`;
  return html`<svg class="ends" viewBox="0 -4 124 ${HEIGHT + 8}" width="124" height="${HEIGHT + 8}" aria-hidden="true">${series.map(label)}</svg>`;
}

function table({ title, times, series, valueText }: Chart): Markup {
  const every = Math.max(1, Math.ceil(times.length / ROWS_IN_TABLE));
  const rows = times
    .map((at, index) => ({ at, index }))
    .filter(({ index }) => (times.length - 1 - index) % every === 0);
  const row = ({ at, index }: { readonly at: Instant; readonly index: number }) => {
    const cells = series.map(({ values }) => values[index] ?? null);
    return html`<tr><td><time datetime="${new Date(at).toISOString()}">${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}</time></td>${cells.map((value) => html`<td class="number">${value === null ? '–' : valueText(value)}</td>`)}</tr>\n`;
  };
  return html`<div class="scroll short" tabindex="0"><table class="dense"><caption class="visually-hidden">${title}</caption><thead><tr><th scope="col">Time (UTC)</th>${series.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead><tbody>
${rows.toReversed().map(row)}</tbody></table></div>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
