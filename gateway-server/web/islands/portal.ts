import { startLetters } from './letters.ts';
import { startPreview } from './preview.ts';
import { attachRecorder } from './recorder.ts';
import { startTheme } from './theme.ts';
import { localiseTimes } from './times.ts';

startTheme();
localiseTimes(document);
startLetters();
startPreview();
startCountdown();
for (const box of document.querySelectorAll<HTMLElement>('[data-recorder]')) {
  const field = box.querySelector<HTMLInputElement>('input[type="file"]');
  if (field) attachRecorder(box, field);
}
for (const field of document.querySelectorAll<HTMLInputElement>('[data-copied]')) {
  field.addEventListener('focus', () => field.select());
}

/** How long the rehearsal goes on; then the page is asked for again. */
function startCountdown(): void {
  const place = document.querySelector<HTMLElement>('[data-countdown]');
  if (!place) return;
  let seconds = Number(place.dataset['countdown']);
  const tell = () => {
    place.textContent = ` (${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left)`;
    if (seconds === 0) location.assign(location.pathname);
    seconds -= 1;
  };
  tell();
  const ticking = window.setInterval(() => {
    tell();
    if (seconds < 0) window.clearInterval(ticking);
  }, 1_000);
}
