import { html, type Markup } from '../../answering/html.ts';
import type { Usage } from '../../subscriber/shelf.ts';
import { sizeText } from './moment.ts';

const HIGH = 0.8;

/** How full both halves of the quota are; from 80 % on with a warning. */
export function quotaMeters({ offered, mostOffered, messages, mostMessages }: Usage): Markup {
  return html`<div class="stack">
${meter('Greeting, files and pictures', offered, mostOffered)}
${meter('Voice and video messages', messages, mostMessages)}
</div>`;
}

function meter(label: string, used: number, most: number): Markup {
  const share = most === 0 ? 1 : Math.min(1, used / most);
  const percent = Math.round(share * 100);
  const isHigh = used >= most * HIGH;
  return html`<div><p>${label}: <strong>${sizeText(used)}</strong> of ${sizeText(most)}</p>
<svg class="meter${isHigh && ' high'}" viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label="${percent} % full"><rect class="room" width="100" height="12"/><rect class="used" width="${percent}" height="12"/></svg>
${isHigh && html`<p class="mistake">${percent} % full. ${share >= 1 ? 'Nothing more fits' : 'Soon nothing more will fit'}: delete what is not needed any more. Text messages always fit.</p>`}</div>`;
}
