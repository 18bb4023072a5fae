import type { Instant } from '../../runtime/clock.ts';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** The exact time, to the second. */
export function timeText(at: Instant): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

/** How long, in the two largest units that matter: "3.2 s", "12 min 5 s", "2 d 3 h". */
export function durationText(ms: number): string {
  if (ms < 60_000) return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.floor(ms / 1_000)} s`;
  const total = Math.floor(ms / 1_000);
  const first = UNITS.findIndex(([, seconds]) => total >= seconds);
  return UNITS.slice(first, first + 2)
    .map(([unit, seconds], index) => {
      const larger = index === 0 ? Number.POSITIVE_INFINITY : (UNITS[first]?.[1] ?? 1);
      return [Math.floor((total % larger) / seconds), unit] as const;
    })
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
