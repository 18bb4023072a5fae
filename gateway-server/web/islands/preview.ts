import { posted } from './posting.ts';

const PAUSE_MS = 600;

/** Shows what was typed as soon as the typing pauses, and warns before it is lost. */
export function startPreview(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-editor]');
  const frame = document.querySelector<HTMLIFrameElement>('iframe[name="preview"]');
  if (!form || !frame) return;
  const refresh = afterPause(() => void refreshed(form, frame));
  let isChanged = false;
  form.addEventListener('input', () => {
    isChanged = true;
    refresh();
  });
  form.addEventListener('submit', (event) => {
    if (!(event.submitter instanceof HTMLButtonElement && event.submitter.hasAttribute('formtarget')))
      isChanged = false;
  });
  window.addEventListener('beforeunload', (event) => {
    if (isChanged) event.preventDefault();
  });
  startCounter(form);
}

async function refreshed(form: HTMLFormElement, frame: HTMLIFrameElement): Promise<void> {
  if (!(await posted(form, '/page/preview'))) return;
  const scrolled = frame.contentWindow?.scrollY ?? 0;
  frame.addEventListener('load', () => frame.contentWindow?.scrollTo(0, scrolled), { once: true });
  frame.contentWindow?.location.replace('/page/preview');
  await showRemoved(form);
}

async function showRemoved(form: HTMLFormElement): Promise<void> {
  const place = document.querySelector('[data-removed]');
  if (!place || !form.querySelector('[data-html]')) return;
  const answer = await window.fetch('/page/removed');
  if (!answer.ok) return;
  const text = await answer.text();
  place.replaceChildren(...new DOMParser().parseFromString(text, 'text/html').body.childNodes);
}

function afterPause(act: () => void): () => void {
  let waiting: number | undefined;
  return () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(act, PAUSE_MS);
  };
}

function startCounter(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLTextAreaElement>('textarea[data-most]');
  const hint = document.querySelector('#words-hint');
  if (!field || !hint) return;
  const most = Number(field.dataset['most']);
  const words = hint.textContent ?? '';
  field.addEventListener('input', () => {
    const left = most - [...field.value].length;
    hint.textContent =
      left > most / 10 ? words : left < 0 ? `${-left} characters too many.` : `${left} characters left.`;
  });
}
