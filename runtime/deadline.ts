import type { Clock } from './clock.ts';

/** Gives what `work` gives, or `'too-late'` when `ms` have passed first. Work that loses the race is not stopped. */
export async function within<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  signal: AbortSignal,
): Promise<T | 'too-late'> {
  const done = new AbortController();
  const alarm = clock.sleep(ms, AbortSignal.any([signal, done.signal])).then(() => 'too-late' as const);
  // the loser of the race may reject after the race is over: that is expected and must not end the process
  alarm.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, alarm]);
  } finally {
    done.abort();
  }
}
