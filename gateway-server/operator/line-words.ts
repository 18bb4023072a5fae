import { addressesIn } from '../../protocol/address.ts';
import type { LineRecord } from '../line/line-book.ts';
import type { Doubt, HeardBy, PresenceKind } from '../line/presence.ts';
import type { PingOutcome } from '../line/prober.ts';
import type { Verification } from '../line/verification.ts';
import type { RecordName } from '../zone/static/record-name.ts';
import type { Update } from '../zone/update.ts';
import { counted } from './columns.ts';
import type { Desk } from './desk.ts';
import type { LineFacts } from './line-facts.ts';
import { reasonText } from './reason-text.ts';
import type { ServedNow } from './served-now.ts';
import { durationText, timeText } from './time-text.ts';

interface Explained {
  readonly name: RecordName;
  readonly record: LineRecord;
  readonly served: ServedNow;
  readonly facts: LineFacts;
}

const PRESENCE: Readonly<Record<PresenceKind, string>> = {
  up: 'The line counts as up.',
  suspect: 'The line is suspect and is being verified.',
  down: 'The line counts as down.',
  unknown: 'Nothing has been heard of the line yet.',
};

const DOUBT: Readonly<Record<Doubt, string>> = {
  'missed-signal': 'its signal did not come',
  will: 'its connection broke off',
  'connection-closed': 'its connection was closed',
};

const SIGNAL: Readonly<Record<HeardBy, string>> = {
  alive: 'its alive signal',
  answer: 'its answer to a challenge',
  register: 'its registration',
};

const VERDICT: Readonly<Record<Verification['verdict'], string>> = {
  up: 'the line was up',
  'off-line': 'the line was off',
  undecided: 'nothing was decided',
};

/** The answer to "why?" for a line's name, one sentence for each fact. */
export function lineWords(desk: Desk, explained: Explained): string[] {
  const { name, record, served, facts } = explained;
  const pending = desk.registry.queue.pendingOf(record.line.id);
  const sentences = [
    isArriving(pending) ? `${name} is not in the zone yet.` : leads(name, record),
    ...(isArriving(pending) ? [] : [batchWords(facts.batch)]),
    ttlWords(desk, served),
    pending && waits(desk, pending),
    desk.service === null
      ? 'No gateway is running now: nobody listens to the line.'
      : heardWords(desk, facts),
    facts.verification && verificationWords(facts.verification),
    contestWords(record, facts.contests),
    record.line.suspended ? 'The line is suspended: whatever its agent says does not count.' : undefined,
  ];
  return sentences.filter((sentence) => typeof sentence === 'string');
}

function leads(name: RecordName, { line, standing: { published } }: LineRecord): string {
  const since = `since ${timeText(published.since)}, serial ${published.serial}`;
  if (published.kind === 'addresses') {
    return `${name} leads to the line at ${addressesIn(published.addresses).join(' and ')} ${since}.`;
  }
  return `${name} leads to the gateway ${since}: ${reasonText(published.reason, line.suspended)}.`;
}

function batchWords({ serial, updates, names }: LineFacts['batch']): string | undefined {
  if (updates !== null) return `The batch of serial ${serial} took ${counted(updates, 'update')}.`;
  return names === null ? undefined : `The batch of serial ${serial} changed ${counted(names, 'name')}.`;
}

function ttlWords({ registry: { zone } }: Desk, served: ServedNow): string | undefined {
  if (served.kind !== 'line') return undefined;
  const { ttlSeconds } = served;
  const isShortened = ttlSeconds < zone.identity.ttlSeconds;
  const why = isShortened ? ', the time to its batch instead of its TTL' : ', its TTL';
  return `Resolvers may keep the answer for ${ttlSeconds} s${why}.`;
}

function waits({ registry: { queue }, clock, service }: Desk, update: Update): string {
  const leftMs = queue.untilNextBatchMs();
  const time = `in ${durationText(leftMs)}, at ${timeText(clock.now() + leftMs)}`;
  const when = service === null ? 'when a gateway runs' : leftMs === 0 ? 'now' : time;
  const batch = `With the next batch (${when})`;
  if (update.kind === 'to-line') {
    return `${batch} it leads to the line at ${addressesIn(update.addresses).join(' and ')}.`;
  }
  return isArriving(update) ? `${batch} it enters the zone.` : `${batch} it leads to the gateway.`;
}

function isArriving(update: Update | undefined): boolean {
  return update?.kind === 'to-gateway' && update.reason === null;
}

function heardWords({ registry: { brake } }: Desk, { presence }: LineFacts): string {
  const { kind, heardMs, heardBy, doubt, doubtMs } = presence;
  const by = heardBy === null ? '' : `, by ${SIGNAL[heardBy]}`;
  const heard = heardMs === null ? '' : ` It was heard ${durationText(heardMs)} ago${by}.`;
  const why = doubt === null ? '' : ` ${durationText(doubtMs ?? 0)} ago ${DOUBT[doubt]}.`;
  const held = kind === 'suspect' && brake.isOn ? ' The brake is on: nobody is declared off-line.' : '';
  return `${PRESENCE[kind]}${heard}${why}${held}`;
}

function verificationWords({ at, challenge, ping, verdict }: Verification & { readonly at: number }): string {
  const outcomes = `the challenge to its agent was ${outcome(challenge)}, the ping ${outcome(ping)}`;
  return `It was verified last on ${timeText(at)}: ${outcomes}; ${VERDICT[verdict]}.`;
}

function outcome(seen: PingOutcome): string {
  return { answered: 'answered', silent: 'not answered', 'not-possible': 'not possible' }[seen];
}

function contestWords({ line }: LineRecord, contests: LineFacts['contests']): string | undefined {
  const last = contests.at(-1);
  if (!last) return undefined;
  const times = contests.length === 1 ? 'once, on' : `${contests.length} times, last on`;
  const when = `${times} ${timeText(last.at)}`;
  if (last.event !== 'address contested')
    return `An address that it claimed was left to the line that holds it: ${when}.`;
  const [, address, newcomer, result] = /^(\S+), claimed by (\S+): (\S+)$/.exec(last.detail) ?? [];
  const how = result === 'holder-keeps-it' ? `${line.id} kept it` : `${newcomer} has it now`;
  const what = address ? `${newcomer} claimed ${address}, and ${how}` : last.detail;
  return `Its address was contested ${when}: ${what}.`;
}
