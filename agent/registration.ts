import type { Queued } from '../protocol/message.ts';
import type { Clock, Elapsed } from '../runtime/clock.ts';
import type { Happening } from './conversation.ts';
import type { Claim } from './lease-watch.ts';

/** The connection as registration sees it. */
export interface RegisteringTalk {
  register(claim: Claim): void;
  next(deadline: number, signal: AbortSignal): Promise<Happening>;
}

/** What the rest of the agent wants to know while a registration is under way. */
export interface RegistrationNotices {
  registered(claim: Claim): void;
  queued(message: Queued): void;
  notLiveInTime(): void;
  noReply(tries: number): void;
}

const REPLY_MS = 10_000;
const TRIES = 3;
const LIVE_GRACE_MS = 15_000;

/** Figure 4, blocks 408-440: names domain and addresses, and stays with it until the gateway says that the name is live. */
export async function register(
  talk: RegisteringTalk,
  claim: Claim,
  parts: { readonly clock: Clock; readonly notices: RegistrationNotices },
  signal: AbortSignal,
): Promise<Happening> {
  const { clock, notices } = parts;
  let tries = 0;
  while (tries < TRIES) {
    tries++;
    talk.register(claim);
    notices.registered(claim);
    let happening = await talk.next(clock.elapsed() + REPLY_MS, signal);
    while (happening.kind === 'queued') {
      tries = 0;
      notices.queued(happening);
      happening = await talk.next(liveBy(clock, happening), signal);
    }
    if (happening.kind === 'too-late') {
      if (tries === 0) notices.notLiveInTime();
      else notices.noReply(tries);
    } else if (happening.kind !== 'register-again') return happening;
  }
  return { kind: 'unanswered' };
}

/** When to give up waiting for the `live` that a `queued` promises. */
export function liveBy(clock: Clock, { liveInMs }: Queued): Elapsed {
  return clock.elapsed() + liveInMs + LIVE_GRACE_MS;
}
