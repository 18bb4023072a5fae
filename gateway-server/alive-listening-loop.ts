import { type Address, addressesIn } from '../protocol/address.ts';
import type { LineId } from '../protocol/line-id.ts';
import type { Clock, Elapsed } from '../runtime/clock.ts';
import { within } from '../runtime/deadline.ts';
import type { Logger } from '../runtime/log.ts';
import { every } from '../runtime/loop.ts';
import type { AgentLink } from './agent-link.ts';
import type { Brake } from './line/brake.ts';
import type { Challenges } from './line/challenges.ts';
import type { Departures } from './line/departures.ts';
import type { Grace } from './line/grace.ts';
import type { Hindrance } from './line/hindrance.ts';
import type { LineBook } from './line/line-book.ts';
import type { Presence } from './line/presence.ts';
import type { PingOutcome, Prober } from './line/prober.ts';
import type { StandingKeeper } from './line/standing-keeper.ts';
import { type Evidence, isHeldBack, judge, type Patience, type Verdict } from './line/verdict.ts';
import { VERIFIED, type Verification, verificationText } from './line/verification.ts';
import type { UpdateQueue } from './zone/update-queue.ts';

interface Parts {
  readonly presence: Presence;
  readonly brake: Brake;
  readonly link: Pick<AgentLink, 'connectionOf'>;
  readonly challenges: Challenges;
  readonly prober: Prober;
  /** An address that always answers while our own network is well; null for none. */
  readonly reference: () => Address | null;
  readonly book: LineBook;
  readonly queue: UpdateQueue;
  readonly patience: () => Patience;
  readonly grace: Grace;
  readonly departures: Departures;
  readonly standings: Pick<StandingKeeper, 'note'>;
  readonly hindrance: Hindrance;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What was found out about a suspect. */
interface Findings {
  readonly ping: PingOutcome;
  /** Null when nothing was asked anew: the line had been found silent before. */
  readonly challenge: PingOutcome | null;
  readonly isReferenceSilent: boolean;
}

const PROVED_SILENT: Findings = { ping: 'silent', challenge: null, isReferenceSilent: false };
const TURN_MS = 100;
const PROBE_MOST_MS = 4_000;

/** Figure 5, blocks 540-552: finds lines that have missed their signal, verifies them, and declares the silent ones off-line. */
export async function aliveListeningLoop(parts: Parts, signal: AbortSignal): Promise<void> {
  parts.log.info('listening for alive signals', { block: 540 });
  await every({ periodMs: TURN_MS, ...parts }, signal, async () => {
    doubtSilentLines(parts);
    watchBrake(parts);
    const due = suspectsToCheck(parts);
    // groups are verified side by side: a thousand suspects do not wait for the thousand before them
    if (due.length > 0)
      void verify(parts, due, signal).catch((error) => verificationFailed(parts, due, error));
  });
}

/** Block 544: was every line heard within the interval? */
function doubtSilentLines({ presence, patience, log }: Parts): void {
  for (const line of presence.upButSilentFor(patience().timeoutMs)) {
    presence.doubt(line, 'missed-signal');
    log.info('alive signal missed', { block: 544, line });
  }
}

function watchBrake({ brake, grace, log }: Parts): void {
  const change = brake.look();
  if (change === 'pulled') {
    log.error('brake on: very many lines fell silent at once, nobody is declared off-line', {
      lines: brake.silentLines,
    });
  }
  if (change === 'released') {
    // the others reconnect by their back-off; what was found silent under the brake proves nothing
    grace.beginAgain();
    log.info('brake off: enough lines are heard again');
  }
}

function suspectsToCheck({ presence, clock }: Parts): LineId[] {
  const now = clock.elapsed();
  const due = [...presence.suspects()].filter(([, { checkAt }]) => checkAt <= now).map(([line]) => line);
  for (const line of due) presence.learn(line, { checkAt: Number.POSITIVE_INFINITY });
  return due;
}

/** Lines found silent before their time-out have nothing left to ask and do not wait for the others. */
async function verify(parts: Parts, lines: readonly LineId[], signal: AbortSignal): Promise<void> {
  const isProved = (line: LineId) => parts.presence.suspicionOf(line)?.isProvedSilent === true;
  const unsure = lines.filter((line) => !isProved(line));
  // concluded side by side, so that one write to disk takes all that are off-line
  await Promise.all([
    ...lines.filter(isProved).map((line) => conclude(parts, line, PROVED_SILENT)),
    ...(unsure.length > 0 ? [verifyUnsure(parts, unsure, signal)] : []),
  ]);
}

/** Block 546: a challenge over MQTT and a ping of the line's addresses, side by side, for the whole group at once. */
async function verifyUnsure(parts: Parts, lines: readonly LineId[], signal: AbortSignal): Promise<void> {
  const { hindrance, log } = parts;
  const reference = parts.reference();
  const targets = new Map(lines.map((line) => [line, addressesOf(parts, line)]));
  for (const [line, addresses] of targets)
    log.debug('verifying', { block: 546, line, addresses: addresses.join(' ') });
  const addresses = [...new Set([...targets.values()].flat()), ...(reference ? [reference] : [])];
  const [outcomes, challenges] = await Promise.all([
    probed(parts, addresses, signal),
    Promise.all(lines.map((line) => challenged(parts, line, signal))),
  ]);
  const isReferenceSilent = reference !== null && outcomes.get(reference) === 'silent';
  if (addresses.length > 0) hindrance.note(problemOf(parts, outcomes, isReferenceSilent));
  const concluded = [...targets].map(([line, own], at) => {
    const challenge = challenges[at] ?? 'not-possible';
    return conclude(parts, line, { ping: summed(own, outcomes), challenge, isReferenceSilent });
  });
  await Promise.all(concluded);
}

async function challenged(
  { challenges, link }: Parts,
  line: LineId,
  signal: AbortSignal,
): Promise<PingOutcome> {
  const isConnected = link.connectionOf(line) !== undefined;
  if (await challenges.ask(line, null, signal)) return 'answered';
  return isConnected ? 'silent' : 'not-possible';
}

/** A prober that outlasts its own bound has not asked. */
async function probed(
  { prober, clock }: Parts,
  addresses: readonly Address[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Address, PingOutcome>> {
  const outcomes = await within(clock, PROBE_MOST_MS, prober.probe(addresses, signal), signal);
  return outcomes === 'too-late' ? new Map() : outcomes;
}

function problemOf(
  { prober }: Parts,
  outcomes: ReadonlyMap<Address, PingOutcome>,
  isReferenceSilent: boolean,
): string | null {
  if (isReferenceSilent) return 'the reference address is silent, so nobody is declared off-line';
  return prober.lastProblem() ?? (outcomes.size === 0 ? 'the ping program does not end' : null);
}

/** Block 548: what the verification of one line leads to. A line that was heard meanwhile is no suspect any more. */
async function conclude(parts: Parts, line: LineId, findings: Findings): Promise<void> {
  const { presence, clock, brake, log } = parts;
  const { ping, isReferenceSilent } = findings;
  const suspicion = presence.suspicionOf(line);
  if (!suspicion) {
    noteVerification(parts, line, findings, 'up');
    return log.info('line answered', { block: 548, line });
  }
  const answeredAt = ping === 'answered' ? (suspicion.answeredAt ?? clock.elapsed()) : null;
  const now = clock.elapsed();
  const evidence: Evidence = {
    ping,
    silentMs: now - suspicion.heardAt,
    answeredForMs: answeredAt === null ? null : now - answeredAt,
    graceMs: parts.grace.leftMs(),
    isBrakeOn: brake.isOn,
    isReferenceSilent,
  };
  const verdict = judge(evidence, parts.patience());
  log.debug('verification ended', { block: 548, line, ping, verdict: verdict.kind });
  // a mass outage would fill every history with what does not count
  if (!isHeldBack(evidence))
    noteVerification(parts, line, findings, verdict.kind === 'verify-again' ? 'undecided' : 'off-line');
  await follow(parts, line, verdict, answeredAt);
}

function noteVerification(
  { standings }: Parts,
  line: LineId,
  { challenge, ping }: Findings,
  verdict: Verification['verdict'],
): void {
  if (challenge !== null) standings.note(line, VERIFIED, verificationText({ challenge, ping, verdict }));
}

async function follow(
  parts: Parts,
  line: LineId,
  verdict: Verdict,
  answeredAt: Elapsed | null,
): Promise<void> {
  const { presence, clock, log } = parts;
  if (verdict.kind === 'off-line') {
    await parts.departures.declare(line, verdict.reason);
    return log.debug('back to listening', { block: 552 });
  }
  const checkAt = clock.elapsed() + verdict.ms;
  presence.learn(line, { checkAt, answeredAt, isProvedSilent: verdict.kind === 'off-line-in' });
  if (verdict.kind === 'verify-again' && answeredAt === null) {
    log.debug('off-line verdict held back', {
      line,
      because: verdict.because,
      forMs: Math.round(verdict.ms),
    });
  }
}

/** Where the line is if it is anywhere: what waits for a batch outranks what the zone says. */
function addressesOf({ book, queue }: Parts, line: LineId): readonly Address[] {
  const pending = queue.pendingOf(line);
  if (pending?.kind === 'to-line') return addressesIn(pending.addresses);
  const published = book.get(line)?.standing.published;
  return published?.kind === 'addresses' ? addressesIn(published.addresses) : [];
}

/** One answering address is enough; one that could be asked and was silent outweighs those that could not be asked. */
function summed(addresses: readonly Address[], outcomes: ReadonlyMap<Address, PingOutcome>): PingOutcome {
  const seen = addresses.map((address) => outcomes.get(address) ?? 'not-possible');
  if (seen.includes('answered')) return 'answered';
  return seen.includes('silent') ? 'silent' : 'not-possible';
}

/** A verification that breaks off proves nothing: the lines are looked at again. */
function verificationFailed({ presence, clock, log }: Parts, lines: readonly LineId[], error: unknown): void {
  for (const line of lines) presence.learn(line, { checkAt: clock.elapsed() + 2_000 });
  log.error('verification failed', { lines: lines.length, reason: String(error) });
}
