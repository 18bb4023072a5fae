import type { Clock } from '../runtime/clock.ts';
import { within } from '../runtime/deadline.ts';

export type FarewellReason = 'stop' | 'lease-lost';

const FAREWELL_MS = 1_000;

export interface Leaver {
  /** Resolves when the broker has the message. */
  sayOffline(reason: FarewellReason): Promise<void>;
  /** Says DISCONNECT. */
  leave(): Promise<void>;
}

/** Figure 4, block 456: the off-line message, then DISCONNECT. Gives false when the broker did not take it in a second. */
export async function farewell(talk: Leaver, reason: FarewellReason, clock: Clock): Promise<boolean> {
  const never = new AbortController().signal;
  const taken = await within(clock, FAREWELL_MS, settled(talk.sayOffline(reason)), never);
  await within(clock, FAREWELL_MS, settled(talk.leave()), never);
  return taken === true;
}

/** An agent that is about to end has no use for the reason why a message could not be sent. */
function settled(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
