import { html, Markup } from '../html.ts';
import { texts } from '../texts.ts';

const STYLE = `:root { color-scheme: light dark; } body { margin: 16px; font: 100%/1.6 system-ui, sans-serif; overflow-wrap: anywhere; color: #1e2430; background: #fff; } img, video { max-width: 100%; height: auto; } audio { max-width: 100%; } a[href] { color: #b45309; }`;

/** The owner's HTML as a document of its own: `cleaned` has passed the sanitiser. */
export function framedPage(cleaned: string): string {
  return html`<!doctype html>
<html lang="${texts.language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${texts.offline.words}</title><style>${new Markup(STYLE)}</style></head>
<body>
${new Markup(cleaned)}
</body>
</html>
`.text;
}
