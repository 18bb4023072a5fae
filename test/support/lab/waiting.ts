const PAUSE_MS = 25;

/** Asks again and again until the condition gives something, and gives that; throws after `limitMs`. */
export async function until<T>(
  what: string,
  limitMs: number,
  condition: () => T | Promise<T>,
): Promise<Exclude<T, undefined | null | false>> {
  const start = performance.now();
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== null && found !== false) {
      return found as Exclude<T, undefined | null | false>;
    }
    if (performance.now() - start > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await pause(PAUSE_MS);
  }
}

/** Watches for `periodMs` that the condition stays true; throws as soon as it does not. */
export async function staysTrue(
  what: string,
  periodMs: number,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < periodMs) {
    const afterMs = Math.round(performance.now() - start);
    if (!(await condition())) throw new Error(`no longer true after ${afterMs} ms: ${what}`);
    await pause(PAUSE_MS * 4);
  }
}

/** For the rhythm of polling; a test never waits for a fixed time instead of a condition. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
