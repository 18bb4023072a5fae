import type { Instant } from '../../../runtime/clock.ts';
import { html, type Markup } from '../../answering/html.ts';
import { durationText, timeText } from '../../operator/time-text.ts';
import { texts } from '../texts.ts';

/** A time, told in the reader's own zone where scripts run; the exact one stays as a tooltip. */
export function moment(at: Instant): Markup {
  return html`<time datetime="${new Date(at).toISOString()}">${timeText(at)}</time>`;
}

/** "3 min ago"; the exact time is the tooltip. */
export function ago(ms: number | null): Markup {
  if (ms === null) return html`<span class="muted">–</span>`;
  return html`${roughly(Math.max(0, ms))} ago`;
}

/** In one unit, as a column has little room. */
export function roughly(ms: number): string {
  if (ms < 60_000) return `${Math.floor(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.floor(ms / 3_600_000)} h`;
  return `${Math.floor(ms / 86_400_000)} d`;
}

/** "2,104". */
export function numberText(value: number): string {
  return value.toLocaleString('en-GB');
}

export function longText(ms: number): string {
  return durationText(ms);
}

export function statePill(state: keyof typeof texts.states): Markup {
  return html`<span class="pill ${state}">${texts.states[state]}</span>`;
}
