/** What the gateway tells every agent about its alive signals. */
export interface AliveTerms {
  readonly aliveMs: number;
  /** The window over which agents shall spread a reconnection. */
  readonly spreadMs: number;
}

const LINES_WITHOUT_SPREAD = 1_000;
/** A core takes some 400 registrations over TLS a second. */
const SPREAD_MS_PER_LINE = 2.5;

/** A third of the time-out, so that two signals may be lost. */
export function aliveTerms(timeoutMs: number, lines: number): AliveTerms {
  const wantedMs = lines <= LINES_WITHOUT_SPREAD ? 0 : Math.ceil(lines * SPREAD_MS_PER_LINE);
  // an agent whose own connection broke waits for it, too: it must be back before it is missed
  const spreadMs = Math.min(wantedMs, Math.round(timeoutMs / 2));
  return { aliveMs: Math.max(100, Math.round(timeoutMs / 3)), spreadMs };
}
