import type { OfflineReason } from '../../protocol/message.ts';
import type { PingOutcome } from './prober.ts';

/** All that is known of a suspect when its verification ends; times in milliseconds. */
export interface Evidence {
  readonly ping: PingOutcome;
  /** Since its last accepted signal. */
  readonly silentMs: number;
  /** Since its address first answered a ping; null when it had not before this verification. */
  readonly answeredForMs: number | null;
  /** Until the grace after a restart, or after the brake, is over; 0 when it is. */
  readonly graceMs: number;
  readonly isBrakeOn: boolean;
  /** The reference address did not answer either: our own network may be the fault. */
  readonly isReferenceSilent: boolean;
}

export interface Patience {
  readonly timeoutMs: number;
  readonly patienceMs: number;
}

export type Verdict =
  | { readonly kind: 'off-line'; readonly reason: OfflineReason }
  /** Nothing but the time-out is missing. */
  | { readonly kind: 'off-line-in'; readonly ms: number }
  | { readonly kind: 'verify-again'; readonly ms: number; readonly because: string };

const HELD_MS = 2_000;

/** Figure 5, block 548, beyond the figure: what follows from a verification (DESIGN section 3, "Suspect"). */
export function judge(evidence: Evidence, { timeoutMs, patienceMs }: Patience): Verdict {
  const { ping, silentMs, answeredForMs } = evidence;
  const held = heldBack(evidence);
  if (held) return held;
  if (ping === 'silent') {
    return silentMs >= timeoutMs
      ? { kind: 'off-line', reason: 'silent' }
      : { kind: 'off-line-in', ms: timeoutMs - silentMs };
  }
  const waitedMs = ping === 'answered' ? (answeredForMs ?? 0) : silentMs;
  const leftMs = Math.max(patienceMs - waitedMs, timeoutMs - silentMs);
  if (leftMs <= 0) return { kind: 'off-line', reason: 'unproven' };
  const because = ping === 'answered' ? 'the address answers, the agent does not' : 'no ping is possible';
  return { kind: 'verify-again', ms: leftMs, because };
}

/** True when what was found out cannot count for now, whatever it is. */
export function isHeldBack(evidence: Evidence): boolean {
  return heldBack(evidence) !== undefined;
}

function heldBack({ graceMs, isBrakeOn, isReferenceSilent }: Evidence): Verdict | undefined {
  if (graceMs > 0) return { kind: 'verify-again', ms: graceMs, because: 'agents need time to come back' };
  if (isReferenceSilent)
    return { kind: 'verify-again', ms: HELD_MS, because: 'the reference address is silent' };
  return isBrakeOn ? { kind: 'verify-again', ms: HELD_MS, because: 'the brake is on' } : undefined;
}
