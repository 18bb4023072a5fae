import { type Address, type AddressSet, sameAddresses } from '../protocol/address.ts';
import type { LineId } from '../protocol/line-id.ts';
import type { RefusalReason, Register, Signal } from '../protocol/message.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { AgentLink, Connection } from './agent-link.ts';
import type { AliveTerms } from './line/alive-terms.ts';
import { type ClaimRules, judgeClaim } from './line/claim.ts';
import type { Contests } from './line/contest.ts';
import { isVerdict } from './line/departures.ts';
import type { LineBook } from './line/line-book.ts';
import type { Presence } from './line/presence.ts';
import type { RegistrationPace } from './line/registration-pace.ts';
import type { Sessions } from './line/sessions.ts';
import type { StandingKeeper } from './line/standing-keeper.ts';
import { StoreUnavailable } from './store/store.ts';
import type { LiveNotices } from './subscriber/live-notices.ts';
import type { Update } from './zone/update.ts';
import type { UpdateQueue } from './zone/update-queue.ts';

export interface Registration {
  readonly connection: Connection;
  readonly claim: Register;
}

interface Parts {
  readonly registrations: AsyncIterable<Registration>;
  readonly link: AgentLink;
  readonly book: LineBook;
  readonly standings: StandingKeeper;
  readonly sessions: Sessions;
  readonly presence: Presence;
  readonly pace: RegistrationPace;
  readonly rules: () => ClaimRules;
  readonly contests: Contests;
  readonly queue: UpdateQueue;
  readonly notices: LiveNotices;
  readonly terms: () => AliveTerms;
  readonly clock: Clock;
  readonly log: Logger;
}

type Outcome =
  | { readonly kind: 'queued'; readonly losers: readonly LineId[] }
  | { readonly kind: 'live-already' }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly retryAfterMs: number };

const RETRY_AFTER_MS = 60_000;
const TRY_LATER_MS = 5_000;

/**
 * Figure 5, blocks 502-516: takes registrations, checks them, queues the update and tells the agent when it will be live.
 * Each line's registrations are worked on one after the other, the newest only; lines never wait for each other.
 */
export async function updateListeningLoop(parts: Parts, signal: AbortSignal): Promise<void> {
  const newest = new Map<LineId, Registration>();
  const busy = new Set<LineId>();
  parts.log.info('listening for updates', { block: 502 });
  for await (const registration of parts.registrations) {
    if (signal.aborted) return;
    const { line } = registration.connection;
    newest.set(line, registration);
    if (!busy.has(line)) void workOff(line);
  }

  async function workOff(line: LineId): Promise<void> {
    busy.add(line);
    for (let next = newest.get(line); next && !signal.aborted; next = newest.get(line)) {
      await placeFor(parts, line, signal);
      const latest = newest.get(line) ?? next;
      newest.delete(line);
      await register(parts, latest, signal).catch((error) => failed(parts, latest, error));
      parts.log.debug('listening again', { block: 516 });
    }
    busy.delete(line);
  }
}

async function placeFor({ pace, clock }: Parts, line: LineId, signal: AbortSignal): Promise<void> {
  for (let waitMs = pace.waitMs(line); waitMs > 0 && !signal.aborted; waitMs = pace.waitMs(line)) {
    await clock.sleep(waitMs, signal).catch(() => undefined);
  }
}

async function register(
  parts: Parts,
  { connection, claim }: Registration,
  signal: AbortSignal,
): Promise<void> {
  const { line } = connection;
  parts.log.debug('registration received', {
    block: 504,
    line,
    domain: claim.domain,
    session: claim.session,
  });
  if (!parts.sessions.register(line, claim)) {
    parts.log.debug('stale registration dropped', { line });
    return;
  }
  const liveInMs = parts.queue.untilNextBatchMs();
  const outcome = await examine(parts, connection, claim);
  if (signal.aborted) return;
  const isLogOn = parts.sessions.settle(line, claim.session, outcome.kind !== 'refused');
  if (outcome.kind === 'refused') {
    refuse(parts, connection, claim, outcome);
    return;
  }
  for (const loser of outcome.kind === 'queued' ? outcome.losers : []) parts.presence.down(loser);
  parts.presence.heard(line, 'register');
  if (isLogOn) parts.standings.loggedOn(line, claim.agent);
  accept(parts, { connection, claim }, outcome, liveInMs);
}

/** Blocks 506 and 508: is the claim valid, and is the line authorised for the domain? */
async function examine(parts: Parts, connection: Connection, claim: Register): Promise<Outcome> {
  const { line, source } = connection;
  const objection = objectionTo(parts, line, claim);
  if (objection) return refusal(objection);
  const verdict = judgeClaim(claim, source, parts.rules());
  if (verdict.kind === 'refused') return refusal(verdict.reason);
  parts.log.debug('claim is valid', { block: 506, line, source });
  parts.log.debug('authorised for the domain', { block: 508, line, domain: claim.domain });
  return settleClaim(parts, { connection, claim });
}

function objectionTo({ book }: Parts, id: LineId, claim: Register): RefusalReason | undefined {
  const line = book.get(id)?.line;
  if (!line) return 'no-domain-service';
  if (line.suspended) return 'suspended';
  if (line.domain === null) return 'no-domain-service';
  return line.domain === claim.domain ? undefined : 'not-your-domain';
}

/**
 * Contests the proved address with whoever holds it; losers leave it in the same batch in which the newcomer gets it. An address
 * of the other family that another line holds is left out of the claim: a mere claim pushes nobody off, nor keeps its owner off.
 */
async function settleClaim(parts: Parts, { connection, claim }: Registration): Promise<Outcome> {
  const { line, source } = connection;
  const losers: LineId[] = [];
  const nextRival = () => rivalFor(parts, source, line, losers);
  // looked up anew after each contest, as another newcomer may have won meanwhile
  for (let holder = nextRival(); holder; holder = nextRival()) {
    const result = await parts.contests.decide({ newcomer: line, holder, address: source });
    parts.log.info('address contested', { line, holder, address: source, result: result.kind });
    parts.standings.note(holder, 'address contested', `${source}, claimed by ${line}: ${result.kind}`);
    if (result.kind === 'holder-keeps-it') return refusal('address-in-use', result.retryAfterMs);
    // a holder that has moved away by itself while it was challenged has nothing to lose any more
    if (holdersOf(parts, source).includes(holder)) losers.push(holder);
  }
  // the operator may have changed the line meanwhile
  const objection = objectionTo(parts, line, claim);
  if (objection) return refusal(objection);
  const addresses = grantable(parts, connection, claim, losers);
  if (losers.length === 0 && isLiveAlready(parts, line, addresses)) return { kind: 'live-already' };
  const { session, seq } = claim;
  await parts.queue.put(...updatesFor(parts, line, addresses, { session, seq }, losers));
  return { kind: 'queued', losers };
}

function grantable(
  parts: Parts,
  { line, source }: Connection,
  { ipv4, ipv6 }: AddressSet,
  losers: readonly LineId[],
): AddressSet {
  const isFree = (address: Address | null) =>
    address === null || address === source || rivalFor(parts, address, line, losers) === undefined;
  const granted = { ipv4: isFree(ipv4) ? ipv4 : null, ipv6: isFree(ipv6) ? ipv6 : null };
  if (!sameAddresses(granted, { ipv4, ipv6 })) {
    parts.log.info('unproved address left out: another line holds it', { line, source, ipv4, ipv6 });
  }
  return granted;
}

function updatesFor(
  { clock }: Parts,
  line: LineId,
  addresses: AddressSet,
  signal: Signal,
  losers: readonly LineId[],
): readonly Update[] {
  const askedAt = clock.now();
  const leaving = losers.map(
    (loser): Update => ({ line: loser, askedAt, kind: 'to-gateway', reason: 'address-taken' }),
  );
  return [...leaving, { line, askedAt, kind: 'to-line', addresses, signal }];
}

function rivalFor(
  parts: Parts,
  address: Address,
  line: LineId,
  losers: readonly LineId[],
): LineId | undefined {
  return holdersOf(parts, address).find((other) => other !== line && !losers.includes(other));
}

/** The lines that have the address or are about to get it; one that is certain to leave it is none of them. */
function holdersOf({ book, queue }: Parts, address: Address): readonly LineId[] {
  const published = book.holderOf(address);
  const pending = published && queue.pendingOf(published);
  // a verdict may still be taken back by the holder's next signal
  const stays = pending === undefined || isVerdict(pending) ? published : undefined;
  return [queue.claimantOf(address), stays].filter((holder) => holder !== undefined);
}

function isLiveAlready(parts: Parts, line: LineId, claim: AddressSet): boolean {
  const published = parts.book.get(line)?.standing.published;
  const isPublished = published?.kind === 'addresses' && sameAddresses(published.addresses, claim);
  // whatever waits would lead the name elsewhere, or off again: the new registration outranks it
  return isPublished && parts.queue.pendingOf(line) === undefined;
}

function accept(
  parts: Parts,
  { connection, claim }: Registration,
  outcome: Exclude<Outcome, { kind: 'refused' }>,
  liveInMs: number,
): void {
  const { line } = connection;
  const signal = { session: claim.session, seq: claim.seq };
  const terms = parts.terms();
  if (outcome.kind === 'live-already') {
    parts.link.send(connection, { kind: 'tune', ...terms, registerAgain: false });
    parts.notices.tellLive(line, signal);
    return;
  }
  const { domain, ipv4, ipv6 } = claim;
  parts.log.info('update queued', { block: 512, line, domain, ipv4, ipv6 });
  parts.log.debug('update waits in the queue', { block: 518, line, waiting: parts.queue.size });
  parts.log.debug('expected time told', { block: 514, line, liveInMs });
  parts.link.send(connection, { kind: 'queued', ...signal, liveInMs, ...terms });
}

/** Block 510: tells the agent why, and changes nothing. */
function refuse(
  parts: Parts,
  connection: Connection,
  { session, seq, domain }: Register,
  { reason, retryAfterMs }: Extract<Outcome, { kind: 'refused' }>,
): void {
  const { line, source } = connection;
  parts.log.info('registration refused', { block: 510, line, domain, source, reason });
  parts.standings.note(line, 'registration refused', reason);
  parts.link.send(connection, { kind: 'refused', session, seq, reason, retryAfterMs });
}

/** Our own fault is never blamed on the agent: it is asked to try again. */
function failed(parts: Parts, { connection, claim }: Registration, error: unknown): void {
  const { line } = connection;
  if (error instanceof StoreUnavailable)
    parts.log.error('update could not be stored', { line, reason: error.message });
  else parts.log.error('registration failed', { line, reason: String(error) });
  const { session, seq } = claim;
  parts.link.send(connection, {
    kind: 'refused',
    session,
    seq,
    reason: 'try-later',
    retryAfterMs: TRY_LATER_MS,
  });
}

function refusal(reason: RefusalReason, retryAfterMs = RETRY_AFTER_MS): Outcome {
  return { kind: 'refused', reason, retryAfterMs };
}
