import type { DomainName } from '../../../protocol/domain-name.ts';
import { assets } from '../assets.ts';
import { html, type Markup } from '../html.ts';
import { texts } from '../texts.ts';
import { lamp } from './lamp.ts';

/** One page of ours: everything that a visitor ever sees is set on this sheet. */
export interface Sheet {
  readonly title: string;
  readonly lamp: 'lit' | 'unlit';
  /** Where the line's name is the page's heading, its own label first and its zone in a quieter tone. */
  readonly heading: Markup;
  readonly sentence: Markup | string;
  readonly content: Markup | null;
  /** A script beside the one of every page; null for none. */
  readonly script?: string | null;
  readonly provider: string;
}

export function sheet({ title, lamp: light, heading, sentence, content, script, provider }: Sheet): string {
  return html`<!doctype html>
<html lang="${texts.language}" data-lamp="${light}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" type="image/svg+xml" href="${assets.icon.path}">
<link rel="stylesheet" href="${assets.style.path}">
<script src="${assets.script.path}" defer></script>
${typeof script === 'string' && html`<script src="${script}" type="module"></script>\n`}</head>
<body>
<main>
<header class="door">
${lamp}
<h1>${heading}</h1>
<p class="sentence">${sentence}</p>
</header>
${content}
</main>
<footer><p>${texts.footer(provider)}</p></footer>
</body>
</html>
`.text;
}

/** The name large: it may break before a dot, never within a label unless it must. */
export function largeName(domain: DomainName): Markup {
  const [own = '', ...rest] = domain.split('.');
  const zone = rest.map((label) => html`<wbr>.${label}`);
  return html`<span class="own">${own}</span><span class="zone">${zone}</span>`;
}
