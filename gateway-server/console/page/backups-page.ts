import type { Instant } from '../../../runtime/clock.ts';
import { html, type Markup } from '../../answering/html.ts';
import type { Desk } from '../../operator/desk.ts';
import type { SecondaryView } from '../../operator/secondaries.ts';
import { LAGS_KEPT_MS, type LagRecord, type LagSeries } from '../lag-record.ts';
import type { Sample } from '../samples.ts';
import { lineChart } from './line-chart.ts';
import { moment, numberText } from './moment.ts';
import { lagText, msText } from './overview-page.ts';

export interface BackupsView {
  /** Newest first. */
  readonly busyMinutes: readonly Sample[];
  readonly lags: Pick<LagRecord, 'of'>;
}

/** The secondaries with their lag over time, and the minutes with batches. */
export function backupsPage(desk: Desk, { busyMinutes, lags }: BackupsView): Markup {
  const { registry, service, clock } = desk;
  const secondaries = service?.secondaries() ?? [];
  const { last, lastMs, count } = registry.batches;
  return html`<div class="top"><h1>Batches and secondaries</h1></div>
<section class="card"><h2>Secondaries</h2>${secondaries.length === 0 ? none('No secondaries are set up: only this gateway answers for the zone.') : secondaryTable(secondaries, registry.zone.serial)}</section>
${secondaries.length > 0 && html`<div class="charts">${secondaries.map((secondary) => lagChart(secondary, lags.of(secondary.address), clock.now()))}</div>`}
<section class="card"><h2>Batches</h2>
<p class="lead">${numberText(count)} in all; serial ${registry.zone.serial}.${last && html` The last one, ${moment(last.at)}, took ${numberText(last.size)} ${last.size === 1 ? 'update' : 'updates'}${lastMs !== null && html` in ${Math.round(lastMs * 10) / 10} ms`}.`}</p>
${busyMinutes.length === 0 ? none('No minute with a batch in the last day. Minutes with batches appear here.') : minuteTable(busyMinutes)}</section>`;
}

function none(words: string): Markup {
  return html`<div class="empty"><p>${words}</p></div>`;
}

function secondaryTable(secondaries: readonly SecondaryView[], serial: number): Markup {
  const row = ({ address, serial: served, lagMs, proof, problem }: SecondaryView) =>
    html`<tr><th scope="row"><span class="address">${address}</span></th><td class="number">${served ?? '–'}</td><td><span class="pill ${lagMs === 0 ? 'live' : 'suspect'}">${lagText(lagMs)}</span></td><td>${proof ? 'waited for' : 'not waited for'}</td><td>${problem ?? ''}</td></tr>\n`;
  return html`<div class="scroll" tabindex="0"><table class="dense"><caption>The gateway is at serial ${serial}</caption><thead><tr><th scope="col">Address</th><th scope="col" class="number">Serial</th><th scope="col">Lag</th><th scope="col">Proof</th><th scope="col">Trouble</th></tr></thead><tbody>
${secondaries.map(row)}</tbody></table></div>`;
}

/** From the gateway's start on, a day at most. */
function lagChart({ address, lagMs }: SecondaryView, { times, worstMs }: LagSeries, now: Instant): Markup {
  return lineChart({
    title: `Lag of ${address}`,
    summary: `How far ${address} was behind at worst in each minute of the last day, as far as this gateway has run. Now ${lagText(lagMs)}.`,
    ...{ times, from: now - LAGS_KEPT_MS, until: now, timeText: clockText },
    series: [{ name: 'behind', tone: 'lamp', values: worstMs }],
    valueText: msText,
  });
}

function clockText(at: Instant): string {
  return new Date(at).toISOString().slice(11, 16);
}

function minuteTable(samples: readonly Sample[]): Markup {
  const row = ({ at, batches, largestBatch, slowestBatchMs }: Sample) =>
    html`<tr><td>${moment(at)}</td><td class="number">${numberText(batches)}</td><td class="number">${numberText(largestBatch)}</td><td class="number">${Math.round(slowestBatchMs * 10) / 10} ms</td></tr>\n`;
  return html`<div class="scroll" tabindex="0"><table class="dense"><caption>Minutes with batches, newest first</caption><thead><tr><th scope="col">Minute until</th><th scope="col" class="number">Batches</th><th scope="col" class="number">Largest</th><th scope="col" class="number">Slowest</th></tr></thead><tbody>
${samples.map(row)}</tbody></table></div>`;
}
