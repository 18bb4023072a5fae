import { posted } from './posting.ts';

/** An open message counts as read; without scripts its button does the same. */
export function startLetters(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-reads]');
  if (form && !document.hidden) void markRead(form);
}

async function markRead(form: HTMLFormElement): Promise<void> {
  if (!(await posted(form, form.action))) return;
  form.action = form.action.replace(/read$/, 'unread');
  const button = form.querySelector('button');
  if (button) button.textContent = 'Mark as unread';
  const entry = document.querySelector('.letters a[aria-current]')?.closest('li');
  entry?.classList.remove('unread');
  entry?.querySelector('.visually-hidden')?.remove();
  countDown();
}

function countDown(): void {
  const count = document.querySelector('.head .count');
  if (!count) return;
  const left = Number(count.textContent) - 1;
  if (left > 0) count.textContent = String(left);
  else count.remove();
}
