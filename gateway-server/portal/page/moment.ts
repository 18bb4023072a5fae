import type { Instant } from '../../../runtime/clock.ts';
import { html, type Markup } from '../../answering/html.ts';
import { texts } from '../../answering/texts.ts';

/** A time, told in the reader's own zone where scripts run. */
export function moment(at: Instant): Markup {
  return html`<time datetime="${new Date(at).toISOString()}">${texts.moment(at)}</time>`;
}

/** As `38 minutes`. */
export function lengthText(ms: number): string {
  return texts.duration(Math.max(0, ms));
}

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const;

/** As `2.4 MB`, in steps of 1,024. */
export function sizeText(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** step;
  const digits = step === 0 || amount >= 100 ? 0 : 1;
  return `${amount.toFixed(digits)} ${UNITS[step] ?? 'bytes'}`;
}
