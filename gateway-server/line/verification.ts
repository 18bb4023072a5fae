import type { PingOutcome } from './prober.ts';

/** What a verification has found out, and what followed from it. */
export interface Verification {
  /** Put to the agent over MQTT; not possible when it was not connected. */
  readonly challenge: PingOutcome;
  /** Of the line's addresses. */
  readonly ping: PingOutcome;
  /** `off-line` may still have to wait for the time-out; `undecided` lines are verified again. */
  readonly verdict: 'up' | 'off-line' | 'undecided';
}

/** The event under which verifications stand in a line's history. */
export const VERIFIED = 'verified';

const TEXT = /^challenge ([a-z-]+), ping ([a-z-]+): ([a-z-]+)$/;
const OUTCOMES = ['answered', 'silent', 'not-possible'] as const;
const VERDICTS = ['up', 'off-line', 'undecided'] as const;

/** As the history keeps it. */
export function verificationText({ challenge, ping, verdict }: Verification): string {
  return `challenge ${challenge}, ping ${ping}: ${verdict}`;
}

/** Reads what the history keeps; undefined for any other text. */
export function parseVerification(text: string): Verification | undefined {
  const [, first, second, third] = TEXT.exec(text) ?? [];
  const challenge = OUTCOMES.find((word) => word === first);
  const ping = OUTCOMES.find((word) => word === second);
  const verdict = VERDICTS.find((word) => word === third);
  return challenge && ping && verdict ? { challenge, ping, verdict } : undefined;
}
