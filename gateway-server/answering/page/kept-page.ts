import type { Called } from '../called.ts';
import { html, type Markup } from '../html.ts';
import type { Draft } from '../message-form.ts';
import { texts } from '../texts.ts';
import { sheet } from './sheet.ts';

export interface KeptPage {
  readonly called: Extract<Called, { readonly kind: 'off-line' | 'live' }>;
  readonly draft: Draft;
  /** Back to the line's own name. */
  readonly returnUrl: string;
  readonly provider: string;
}

export function keptPage({ called, draft, returnUrl, provider }: KeptPage): string {
  const { domain } = called;
  const isBack = called.kind === 'live';
  return sheet({
    title: texts.kept.title(domain),
    lamp: isBack ? 'lit' : 'unlit',
    heading: html`${texts.kept.heading}`,
    sentence: isBack ? texts.kept.whenBack(domain) : texts.kept.whileOff(domain),
    content: html`<section class="card kept"><h2>${texts.kept.yours}</h2>
<p class="letter" dir="auto">${draft.text}</p>
${signature(draft)}</section>
<p class="onward"><a href="${returnUrl}">${texts.kept.return(domain)}</a></p>`,
    provider,
  });
}

function signature({ name, contact }: Draft): Markup | null {
  if (name === '' && contact === '') return null;
  const entry = (label: string, value: string) =>
    value !== '' && html`<div><dt>${label}</dt><dd dir="auto">${value}</dd></div>`;
  return html`<dl>${entry(texts.kept.from, name)}${entry(texts.kept.reach, contact)}</dl>`;
}
