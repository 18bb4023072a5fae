import type { DomainName } from '../../../protocol/domain-name.ts';
import { html } from '../html.ts';
import { texts } from '../texts.ts';
import { largeName, sheet } from './sheet.ts';

export interface BackPage {
  readonly domain: DomainName;
  /** When the page goes through by itself; null when it has stopped trying. */
  readonly waitSeconds: number | null;
  /** Where the visitor wanted to go. */
  readonly goUrl: string;
  readonly provider: string;
}

/** "Visitor, line back": the line is live, the visitor's resolver is stale. */
export function backPage({ domain, waitSeconds, goUrl, provider }: BackPage): string {
  const { goingBefore, goingAfter, stopped } = texts.back;
  const explanation =
    waitSeconds === null
      ? html`${stopped}`
      : html`${goingBefore}<span class="count" data-count>${waitSeconds}</span>${goingAfter}`;
  return sheet({
    title: texts.back.title(domain),
    lamp: 'lit',
    heading: largeName(domain),
    sentence: texts.back.sentence,
    content: html`<div class="through"><p>${explanation}</p>
<p><a class="action" href="${goUrl}">${texts.back.go}</a></p></div>`,
    provider,
  });
}
