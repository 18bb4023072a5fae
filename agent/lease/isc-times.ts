import type { EpochSeconds } from './lease.ts';

/** "0 2026/11/22 20:51:46" (weekday, UTC), "epoch 1795380706" or "never" (dhcpd.leases(5), DATES). */
export function iscTime(words: readonly string[] | undefined): EpochSeconds | 'never' | null {
  const [first = '', second = '', third = ''] = words ?? [];
  if (first === 'never') return 'never';
  if (first === 'epoch') return /^\d{1,12}$/.test(second) ? Number(second) : null;
  const date = /^(\d{4})\/(\d{1,2})\/(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})$/.exec(`${second} ${third}`);
  if (!date) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second60 = 0] = date.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second60) / 1000;
}

/** The same, where only a point in time is of use. */
export function iscInstant(words: readonly string[] | undefined): EpochSeconds | null {
  const time = iscTime(words);
  return time === 'never' ? null : time;
}
