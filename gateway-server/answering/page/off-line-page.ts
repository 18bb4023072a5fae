import type { Instant } from '../../../runtime/clock.ts';
import type { Called } from '../called.ts';
import { html, type Markup } from '../html.ts';
import { EMPTY_DRAFT } from '../message-form.ts';
import { texts } from '../texts.ts';
import { messageForm } from './message-form.ts';
import { notifyForm } from './notify-form.ts';
import { type OwnerView, ownerSection } from './owner-section.ts';
import { largeName, sheet } from './sheet.ts';

export interface OffLinePage {
  readonly called: Extract<Called, { readonly kind: 'off-line' }>;
  readonly now: Instant;
  readonly leaveUrl: string;
  readonly seal: string;
  readonly owner: OwnerView;
  /** The script that records; null where nothing is recorded. */
  readonly recorder: string | null;
  /** Whether "tell me when back" is offered. */
  readonly notifies: boolean;
  readonly provider: string;
}

/** "Visitor, line off": the page that answers in the line's place. */
export function offLinePage({
  called,
  now,
  leaveUrl,
  seal,
  owner,
  recorder,
  notifies,
  provider,
}: OffLinePage): string {
  const { domain, since } = called;
  return sheet({
    title: texts.offline.title(domain),
    lamp: 'unlit',
    heading: largeName(domain),
    sentence: html`<span class="while-off">${texts.offline.sentence}</span>`,
    content: html`${since !== null && quietSince(since, now)}
<div class="news" role="status" data-status><p class="card" hidden><span>${texts.offline.back}</span> <a class="action" href="/">${texts.offline.go}</a></p></div>
${ownerSection(owner)}
${messageForm({ to: domain, leaveUrl, seal, draft: EMPTY_DRAFT, mistakes: {}, records: recorder !== null })}
${notifies && notifyForm(domain, leaveUrl, seal)}`,
    script: recorder,
    provider,
  });
}

function quietSince(since: Instant, now: Instant): Markup {
  const duration = texts.duration(Math.max(0, now - since));
  return html`<p class="since while-off">${texts.offline.quietSince} ${moment(since)} ${texts.offline.quietFor(duration)}</p>`;
}

function moment(instant: Instant): Markup {
  return html`<time datetime="${new Date(instant).toISOString()}">${texts.moment(instant)}</time>`;
}
