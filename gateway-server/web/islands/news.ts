import { localiseTimes } from './times.ts';

const PALE_MS = 2_000;
/** What has happened is written down a moment after it is told. */
const SETTLED_MS = 1_000;

/** Puts what changes into its places, `data-live` by `data-live`; nothing else of the page is drawn again. */
export function followNews(): void {
  const place = document.querySelector<HTMLElement>('[data-stream]');
  const { stream: path, whole } = place?.dataset ?? {};
  if (!path) return;
  const news = new EventSource(path);
  const isTold = lostNotice();
  let isFirst = true;
  let showing = 0;
  news.addEventListener('message', ({ data }: MessageEvent<string>) => {
    isTold(false);
    const cells: unknown = JSON.parse(data);
    show(cells, isFirst);
    if (whole && !isFirst && hasMoved(cells)) {
      clearTimeout(showing);
      showing = window.setTimeout(() => void showParts(whole), SETTLED_MS);
    }
    isFirst = false;
  });
  news.addEventListener('error', () => isTold(true));
  // a page that is kept for going back holds no stream open
  window.addEventListener('pagehide', () => news.close());
  window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
}

function show(cells: unknown, isFirst: boolean): void {
  for (const [key, text] of Object.entries(cells ?? {}))
    for (const place of document.querySelectorAll<HTMLElement>(`[data-live="${CSS.escape(key)}"]`))
      if (typeof text === 'string') replace(place, text, isFirst);
}

/** Signals alone change nothing but when the line was heard. */
function hasMoved(cells: unknown): boolean {
  return Object.keys(cells ?? {}).some((key) => !key.endsWith('.heard'));
}

/** The parts of the page that follow from a line's state, as the server draws them now; the forms are left as they are. */
async function showParts(path: string): Promise<void> {
  const answer = await window.fetch(path).catch(() => undefined);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  localiseTimes(fresh);
  for (const part of fresh.querySelectorAll<HTMLElement>('[data-part]'))
    document.querySelector(`[data-part="${part.dataset['part']}"]`)?.replaceChildren(...part.childNodes);
}

/** The text is the server's own HTML, escaped there. */
function replace(place: HTMLElement, text: string, isFirst: boolean): void {
  const fresh = new DOMParser().parseFromString(text, 'text/html').body;
  localiseTimes(fresh);
  const isSame = fresh.textContent === place.textContent;
  place.replaceChildren(...fresh.childNodes);
  if (isSame || isFirst || place.dataset['live']?.endsWith('.heard')) return;
  place.classList.add('changed');
  window.setTimeout(() => place.classList.remove('changed'), PALE_MS);
}

/** Says that what is seen may be old while there is no connection. */
function lostNotice(): (isLost: boolean) => void {
  const words = document.createElement('p');
  words.className = 'connection';
  words.setAttribute('role', 'status');
  words.hidden = true;
  words.textContent = 'No connection to the gateway: this may be old';
  document.body.append(words);
  return (isLost) => {
    words.hidden = !isLost;
  };
}
