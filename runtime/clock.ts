/** Milliseconds since the Unix epoch, by the wall clock: for people and records, never for a decision. */
export type Instant = number;

/** Milliseconds on a clock that only runs forward, from an origin of its own: for every deadline and interval. */
export type Elapsed = number;

/** The only source of time in the product; tests drive a ManualClock instead. */
export interface Clock {
  now(): Instant;
  elapsed(): Elapsed;
  /** Resolves after `ms`, or rejects with `signal.reason` when aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', aborted, { once: true });
      function done() {
        signal.removeEventListener('abort', aborted);
        resolve();
      }
      function aborted() {
        clearTimeout(timer);
        reject(signal.reason);
      }
    }),
};
