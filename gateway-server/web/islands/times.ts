const FULL = { dateStyle: 'medium', timeStyle: 'short' } as const;
const BRIEF = { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' } as const;

/** Times in the reader's own zone and manner; the exact time stays as a tooltip. */
export function localiseTimes(root: ParentNode): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>('time[datetime]:not([title])')) {
    time.title = time.textContent ?? '';
    time.textContent = new Date(time.dateTime).toLocaleString([], time.closest('.letters') ? BRIEF : FULL);
  }
}
