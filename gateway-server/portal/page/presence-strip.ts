import { html, type Markup } from '../../answering/html.ts';
import type { PresenceDay } from '../presence-days.ts';
import { lengthText } from './moment.ts';

const HEIGHT = 64;
const STEP = 24;
const WIDTH = 12;
/** What is off must be seen, however short it was. */
const LEAST = 4;

/** A thin bar for each day; what was off stands on top of it. */
export function presenceStrip(days: readonly PresenceDay[]): Markup {
  return html`<svg class="strip" viewBox="0 0 ${days.length * STEP} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${summary(days)}">
${days.map(bar)}</svg>
<p class="legend"><span>${dayText(days[0])} to today, one bar a day (UTC)</span><span>${summary(days)}</span></p>
<details><summary>As a table</summary>${table(days)}</details>`;
}

function bar(day: PresenceDay, index: number): Markup {
  const x = index * STEP + (STEP - WIDTH) / 2;
  if (day.knownMs === 0)
    return html`<g><title>${wordsFor(day)}</title><rect class="before" x="${x}" y="${HEIGHT - LEAST}" width="${WIDTH}" height="${LEAST}"/></g>\n`;
  const off = day.offMs === 0 ? 0 : Math.max(LEAST, Math.round((HEIGHT * day.offMs) / day.knownMs));
  return html`<g><title>${wordsFor(day)}</title><rect class="up" x="${x}" y="${off}" width="${WIDTH}" height="${HEIGHT - off}"/>${off > 0 && html`<rect class="off" x="${x}" y="0" width="${WIDTH}" height="${off}"/>`}</g>\n`;
}

function table(days: readonly PresenceDay[]): Markup {
  const row = (day: PresenceDay) =>
    html`<tr><td>${dayText(day)}</td><td>${day.knownMs === 0 ? 'not heard yet' : day.offMs === 0 ? 'none' : lengthText(day.offMs)}</td><td class="number">${day.spans}</td></tr>\n`;
  return html`<div class="scroll"><table class="dense"><caption>Days in UTC, newest first</caption><thead><tr><th scope="col">Day</th><th scope="col">Time off-line</th><th scope="col" class="number">Times</th></tr></thead><tbody>
${days.toReversed().map(row)}</tbody></table></div>`;
}

function wordsFor(day: PresenceDay): string {
  if (day.knownMs === 0) return `${dayText(day)}: not heard yet`;
  if (day.offMs === 0) return `${dayText(day)}: never off-line`;
  return `${dayText(day)}: off-line ${lengthText(day.offMs)}, ${day.spans} ${day.spans === 1 ? 'time' : 'times'}`;
}

function summary(days: readonly PresenceDay[]): string {
  const known = days.filter(({ knownMs }) => knownMs > 0);
  const off = known.filter(({ offMs }) => offMs > 0).length;
  if (known.length === 0) return 'Not heard yet';
  const all = known.length === 1 ? '1 day' : `${known.length} days`;
  return off === 0 ? `Never off-line in ${all}` : `Off-line on ${off} of ${all}`;
}

function dayText(day: PresenceDay | undefined): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    day?.start ?? 0,
  );
}
