import type { Socket } from 'node:net';
import type { Clock } from '../../runtime/clock.ts';
import { RELEASED_AT } from '../version.ts';
import type { Validity } from './certificate-chain.ts';

const LOOK_MS = 5_000;

/** Looks at the dates of a connection's certificates as soon as the clock is right, and ends it when they are wrong. */
export async function recheckWithClock(socket: Socket, validity: Validity, clock: Clock): Promise<void> {
  const over = new AbortController();
  socket.once('close', () => over.abort());
  while (clock.now() < RELEASED_AT && !over.signal.aborted) {
    await clock.sleep(LOOK_MS, over.signal).catch(() => undefined);
  }
  const now = clock.now();
  if (over.signal.aborted || (now >= validity.from && now < validity.until)) return;
  socket.destroy(new Error("the gateway's certificate is not valid at the time that is known by now"));
}
