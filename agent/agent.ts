import { sameAddresses } from '../protocol/address.ts';
import type { Live, Queued, Refused } from '../protocol/message.ts';
import type { Clock, Elapsed } from '../runtime/clock.ts';
import { within } from '../runtime/deadline.ts';
import type { Logger } from '../runtime/log.ts';
import { AliveSwitch, Pace } from './alive-loop.ts';
import { BackOff, type Ending } from './back-off.ts';
import type { Broker, Connecting } from './broker.ts';
import { Conversation, type Happening, type Identity } from './conversation.ts';
import { type FarewellReason, farewell } from './farewell.ts';
import { type Claim, holdsAddress, nextChange, type WanWatch } from './lease-watch.ts';
import { liveBy, register } from './registration.ts';
import type { Story } from './story.ts';

export interface AgentParts {
  readonly identity: Identity;
  readonly watch: WanWatch;
  readonly broker: Broker;
  readonly story: Story;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
}

/** Aborts with this reason say no farewell: the agent goes on at once with other settings. */
export const RELOAD = new Error('the settings are read again');

const CONNECT_MS = 5_000;
const SHORTEST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 3_600_000;

/** One connection, from its first packet to its end. */
interface Attempt extends AgentParts {
  readonly talk: Conversation;
  readonly alive: AliveSwitch;
  readonly pace: Pace;
  /** What was claimed last. */
  claim: Claim;
  acceptedAt: Elapsed | null;
}

/** Figure 4: from the lease to the live name, and back to the start whenever something breaks. */
export async function runAgent(parts: AgentParts, signal: AbortSignal): Promise<void> {
  const { watch, story, clock } = parts;
  const pace = new Pace();
  const backOff = new BackOff(clock, parts.random);
  while (!signal.aborted) {
    if (!holdsAddress(watch.claim)) {
      story.noLease(watch.lossReason);
      await nextChange(watch, signal);
      backOff.reset();
      continue;
    }
    story.wanUp(watch.claim); // 400
    const attempt = attemptOf(parts, pace);
    const ending = await connection(attempt, signal);
    await pause(backOff, attempt, ending, signal);
  }
  story.ended(); // 460
}

function attemptOf(parts: AgentParts, pace: Pace): Attempt {
  const { identity, watch, story, clock, log, random } = parts;
  const announced = story.announced.bind(story);
  const talk = new Conversation({ identity, pace, clock, log, random, announced });
  const beat = () => {
    talk.sayAlive();
    story.alive(); // 452
  };
  const alive = new AliveSwitch({ pace, clock, random, beat });
  return { ...parts, talk, alive, pace, claim: watch.claim, acceptedAt: null };
}

async function connection(attempt: Attempt, signal: AbortSignal): Promise<Ending> {
  const { watch, talk, alive, story } = attempt;
  const overtaken = new AbortController();
  const forget = watch.subscribe((change) => {
    if (change === 'prefix') story.wanUp(watch.claim);
    if (change !== 'claim') return;
    overtaken.abort();
    talk.claimChanged();
  });
  try {
    story.connecting();
    const failure = await logIn(attempt, AbortSignal.any([signal, overtaken.signal]));
    if (signal.aborted && failure) return { kind: 'stopped' };
    if (overtaken.signal.aborted && failure) return { kind: 'own-event' };
    if (failure) return failure;
    story.connected(talk.session); // 404
    return await stayRegistered(attempt, signal);
  } finally {
    overtaken.abort();
    forget();
    alive.end();
    talk.cut();
  }
}

/** Connects, is identified by the gateway, and listens; gives what went wrong, or null. */
async function logIn(attempt: Attempt, signal: AbortSignal): Promise<Ending | null> {
  const { broker, talk, claim, clock } = attempt;
  const giveUp = new AbortController();
  const connecting = broker.connect(talk.logIn(claim), talk, AbortSignal.any([signal, giveUp.signal]));
  const result = await within(clock, CONNECT_MS, connecting, signal).catch(failedWith);
  if (result === 'too-late') {
    giveUp.abort();
    return broken(`no connection within ${CONNECT_MS / 1000} s`, attempt);
  }
  if (result.kind === 'wrong-credentials') return result;
  if (result.kind === 'failed') return broken(result.why, attempt);
  const isListening = await talk.begin(result.link, signal);
  return isListening ? null : broken('the broker did not confirm the subscriptions', attempt);
}

/** Blocks 408-452, again for each new address and whenever the gateway asks. */
async function stayRegistered(attempt: Attempt, signal: AbortSignal): Promise<Ending> {
  const { watch, talk, clock, story } = attempt;
  const notices = {
    registered: story.registered.bind(story),
    noReply: story.noReply.bind(story),
    notLiveInTime: story.notLiveInTime.bind(story),
    queued: (message: Queued) => {
      accepted(attempt);
      story.queued(message); // 412, 440
    },
  };
  for (;;) {
    const { claim } = watch;
    if (!holdsAddress(claim)) return leave(attempt, 'lease-lost');
    const isNew = !sameAddresses(claim.addresses, attempt.claim.addresses);
    attempt.claim = claim;
    if (isNew && !talk.comesFrom(claim)) return { kind: 'own-event' };
    story.wanUp(claim);
    let outcome: Happening = await register(talk, claim, { clock, notices }, signal); // 408
    if (outcome.kind === 'live') outcome = await stayLive(attempt, outcome, signal);
    const ending = await endingAfter(attempt, outcome, signal);
    if (ending) return ending;
  }
}

/** Blocks 424-452: gives the first thing after which the name may no longer be live. */
async function stayLive(attempt: Attempt, live: Live, signal: AbortSignal): Promise<Happening> {
  const { talk, story, pace, clock } = attempt;
  let happening: Happening = live;
  accepted(attempt);
  while (happening.kind === 'live' || happening.kind === 'queued') {
    if (happening.kind === 'live')
      story.live(happening); // 424-444
    else story.queued(happening);
    if (happening === live) story.aliveBegins(pace.aliveMs); // 448
    const deadline = happening.kind === 'live' ? Number.POSITIVE_INFINITY : liveBy(clock, happening);
    happening = await talk.next(deadline, signal);
  }
  return happening;
}

/** Gives null when the line has to be registered again on the same connection. */
async function endingAfter(
  attempt: Attempt,
  outcome: Happening,
  signal: AbortSignal,
): Promise<Ending | null> {
  switch (outcome.kind) {
    case 'closed':
      return broken(outcome.why, attempt);
    case 'unanswered':
      return broken('no reply to three registrations', attempt);
    case 'stopped':
      return signal.reason === RELOAD ? outcome : leave(attempt, 'stop'); // 456
    case 'refused':
      return sitOut(attempt, outcome, signal);
    default:
      return null;
  }
}

/** A refused line says nothing until the gateway's time is over, or something has changed. */
async function sitOut(attempt: Attempt, refused: Refused, signal: AbortSignal): Promise<Ending | null> {
  const { alive, clock, story, talk } = attempt;
  alive.end();
  const waitMs = Math.min(Math.max(refused.retryAfterMs, SHORTEST_RETRY_MS), LONGEST_RETRY_MS);
  story.refused(refused, waitMs);
  const until = clock.elapsed() + waitMs;
  let happening: Happening = refused;
  while (happening.kind === 'refused' || happening.kind === 'queued' || happening.kind === 'live') {
    happening = await talk.next(until, signal);
  }
  if (happening.kind !== 'closed') return endingAfter(attempt, happening, signal);
  return { kind: 'put-off', why: happening.why, ms: Math.max(SHORTEST_RETRY_MS, until - clock.elapsed()) };
}

/** Block 456. */
async function leave(attempt: Attempt, reason: FarewellReason): Promise<Ending> {
  const { talk, alive, clock, story } = attempt;
  alive.end();
  story.saidOffline(reason, await farewell(talk, reason, clock));
  return { kind: reason === 'stop' ? 'stopped' : 'lease-lost' };
}

/** Waits for the next attempt's time, or for an event of our own, which starts the count anew. */
async function pause(backOff: BackOff, attempt: Attempt, ending: Ending, signal: AbortSignal): Promise<void> {
  const { watch, clock, story, pace, claim } = attempt;
  const waitMs = backOff.after(ending, pace.spreadMs);
  if (ending.kind === 'broken') story.failed(ending.why, waitMs);
  if (ending.kind === 'wrong-credentials')
    story.failed('the gateway does not accept line and secret', waitMs);
  const over = new AbortController();
  const change = sameAddresses(watch.claim.addresses, claim.addresses)
    ? nextChange(watch, AbortSignal.any([signal, over.signal]))
    : Promise.resolve();
  const outcome = await within(clock, waitMs, change, signal).catch(() => 'stopped');
  over.abort();
  if (outcome !== 'too-late') backOff.reset();
}

/** From the first acceptance on the line counts as heard, queued or live, and can fall silent. */
function accepted(attempt: Attempt): void {
  attempt.acceptedAt ??= attempt.clock.elapsed();
  attempt.alive.begin();
}

function broken(why: string, { acceptedAt, clock }: Pick<Attempt, 'acceptedAt' | 'clock'>): Ending {
  return { kind: 'broken', why, stoodMs: acceptedAt === null ? 0 : clock.elapsed() - acceptedAt };
}

function failedWith(error: unknown): Connecting {
  return { kind: 'failed', why: String(error) };
}
