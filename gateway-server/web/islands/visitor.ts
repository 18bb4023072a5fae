import { attachRecorder } from './recorder.ts';

for (const box of document.querySelectorAll<HTMLElement>('[data-recorder]')) {
  const field = box.querySelector<HTMLInputElement>('input[type="file"]');
  if (field) attachRecorder(box, field);
}
