import { html, type Markup } from '../../answering/html.ts';

interface FrameLink {
  readonly path: string;
  readonly text: string;
  /** A number beside it, as of unread messages; null for none. */
  readonly count: number | null;
}

/** One page for people who are logged in, or on their way. */
export interface Frame {
  readonly title: string;
  /** `Porchlight`, or the provider's name. */
  readonly brand: string;
  /** Empty before log-in. */
  readonly links: readonly FrameLink[];
  /** The link that is shown as the present one. */
  readonly current: string | null;
  /** Who is logged in, and what a log-out posts; null before log-in. */
  readonly person: { readonly name: string; readonly formToken: string } | null;
  readonly content: Markup;
  /** `src` of the scripts, all deferred modules. */
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
  readonly icon: string;
}

/** The same frame in the portal and the console: a head with the lamp, the links and the person, then the page. */
export function frame({
  title,
  brand,
  links,
  current,
  person,
  content,
  scripts,
  styles,
  icon,
}: Frame): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" type="image/svg+xml" href="${icon}">
${styles.map((path) => html`<link rel="stylesheet" href="${path}">\n`)}${scripts.map((path) => html`<script src="${path}" type="module"></script>\n`)}</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="head">
<a class="brand" href="/">${brand}</a>
${links.length > 0 && navigation(links, current)}
${person && personBox(person)}
</header>
<main id="content" tabindex="-1">
${content}
</main>
</body>
</html>
`.text;
}

function navigation(links: readonly FrameLink[], current: string | null): Markup {
  const item = ({ path, text, count }: FrameLink) =>
    html`<li><a href="${path}"${path === current && html` aria-current="page"`}>${text}${count !== null && count > 0 && html` <span class="count">${count}</span>`}</a></li>\n`;
  return html`<nav aria-label="Pages"><ul>
${links.map(item)}</ul></nav>`;
}

function personBox({ name, formToken }: NonNullable<Frame['person']>): Markup {
  return html`<form class="person" method="post" action="/log-out"><input type="hidden" name="token" value="${formToken}">
${themeSwitch}<span class="who">${name}</span> <button class="quiet" type="submit">Log out</button></form>`;
}

/** Light, dark or as the system has it; the page's script shows it. */
const themeSwitch = html`<button class="quiet theme" type="button" data-theme-switch aria-label="Light or dark" hidden><svg viewBox="0 0 18 18" aria-hidden="true"><circle cx="9" cy="9" r="7" fill="none" stroke-width="1.5"/><path d="M9 2a7 7 0 0 1 0 14z" stroke="none"/></svg></button>`;
