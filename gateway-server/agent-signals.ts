import { clientIdOf, type LineId, parseLineId } from '../protocol/line-id.ts';
import type { Alive, Answer, Malformed, Offline, UpperMessage } from '../protocol/message.ts';
import type { UpperLeaf } from '../protocol/topic.ts';
import type { Logger } from '../runtime/log.ts';
import type { AgentEvents, AgentLink, Connection, Identified, LogIn } from './agent-link.ts';
import type { AliveTerms } from './line/alive-terms.ts';
import type { Challenges } from './line/challenges.ts';
import { type Departures, isVerdict } from './line/departures.ts';
import type { LineBook } from './line/line-book.ts';
import type { HeardBy, Presence } from './line/presence.ts';
import type { RehearsalStage } from './line/rehearsals.ts';
import { hashOfSecret, matchesSecret } from './line/secret.ts';
import type { Sessions } from './line/sessions.ts';
import type { Takeovers } from './line/takeovers.ts';
import type { Registration } from './update-listening-loop.ts';
import type { UpdateQueue } from './zone/update-queue.ts';

interface Parts {
  readonly link: AgentLink;
  readonly book: LineBook;
  readonly sessions: Sessions;
  readonly presence: Presence;
  readonly takeovers: Takeovers;
  readonly challenges: Challenges;
  readonly departures: Departures;
  readonly stage: Pick<RehearsalStage, 'until'>;
  readonly queue: UpdateQueue;
  readonly terms: () => AliveTerms;
  readonly register: (registration: Registration) => void;
  readonly log: Logger;
}

const NOBODYS_HASH = hashOfSecret('');

/** Sorts what agents send: registrations to the update listening loop, every other signal to the line's presence. */
export function agentSignals(parts: Parts): AgentEvents {
  return {
    identify: (logIn) => identify(parts, logIn),
    arrived: ({ line, source }) => parts.log.debug('agent connected', { line, source }),
    received: (connection, message) => received(parts, connection, message),
    malformed: (connection, leaf, what) => malformed(parts, connection, leaf, what),
    gone: ({ line }) => doubt(parts, line, 'connection-closed'),
  };
}

/** Figure 5, blocks 504 and 506: who is it? A refusal never says which half was wrong. */
function identify(parts: Parts, { user, secret, clientId, source }: LogIn): Identified {
  const line = parseLineId(user);
  const record = line && parts.book.get(line);
  // compared even for nobody, so that the time taken does not tell which lines exist
  const isRight = matchesSecret(record?.line.secretHash ?? NOBODYS_HASH, secret);
  if (!line || !record || !isRight) {
    parts.log.info('log-in refused', { block: 510, line: line ?? null, source, reason: 'wrong credentials' });
    return { kind: 'wrong-credentials' };
  }
  if (clientId !== clientIdOf(line)) return { kind: 'wrong-client-id' };
  const holder = parts.link.connectionOf(line);
  if (!holder || parts.takeovers.grants({ line, holder: holder.source, newcomer: source }))
    return { kind: 'welcome', line };
  parts.log.warn('duplicate log-in refused', { line, holder: holder.source, newcomer: source });
  return { kind: 'duplicate', line };
}

function received(parts: Parts, connection: Connection, message: UpperMessage): void {
  const { line } = connection;
  if (message.kind === 'register') {
    parts.register({ connection, claim: message });
  } else if (message.kind === 'will') {
    if (parts.sessions.isCurrent(line, message.session)) doubt(parts, line, 'will');
  } else {
    signalled(parts, connection, message);
  }
}

/** Block 542. Only signals of the session that registered last, newer than all before, prove anything. */
function signalled(parts: Parts, connection: Connection, message: Alive | Answer | Offline): void {
  const { line } = connection;
  const worth = parts.sessions.judge(line, message);
  parts.log.debug('signal received', { block: 542, line, leaf: message.kind, worth });
  if (worth === 'unregistered' && message.kind === 'alive') askToRegister(parts, connection);
  if (worth !== 'counts') return;
  if (message.kind === 'offline') {
    farewell(parts, connection, message);
    return;
  }
  heard(parts, connection, message.kind);
  if (message.kind === 'answer') parts.challenges.answered(connection, message.nonce);
}

/** Any accepted signal means that the line is up; an off-line update that still waits is cancelled. */
function heard(parts: Parts, connection: Connection, by: HeardBy): void {
  const { line } = connection;
  if (parts.presence.kindOf(line) !== 'down') {
    parts.presence.heard(line, by);
    if (isForgotten(parts, line)) askToRegister(parts, connection);
    return;
  }
  if (isVerdict(parts.queue.pendingOf(line))) {
    // watched again from now on: it may fall silent before it registers
    parts.presence.heard(line, by);
    parts.departures
      .withdraw(line)
      .catch((error) => parts.log.error('update could not be cancelled', { line, reason: String(error) }));
  }
  // what the zone says may be old by now: only a registration can tell where the line is
  askToRegister(parts, connection);
}

function farewell(parts: Parts, { line }: Connection, { reason }: Offline): void {
  parts.log.debug('farewell heard', { line, reason });
  parts.departures
    .certain(line, 'farewell')
    .catch((error) => parts.log.error('farewell could not be stored', { line, reason: String(error) }));
}

function doubt(parts: Parts, line: Connection['line'], why: 'will' | 'connection-closed'): void {
  // a connection that has already been followed by the next one says nothing about the line
  if (parts.link.connectionOf(line)) return;
  if (parts.presence.doubt(line, why)) parts.log.debug('line is in doubt', { line, why });
}

/** A line that is up while its name leads to the gateway, and nothing waits to change that: no registration, no rehearsal. */
function isForgotten({ book, queue, stage }: Parts, line: LineId): boolean {
  const isAnswered = book.get(line)?.standing.published.kind === 'answering';
  return isAnswered && queue.pendingOf(line)?.kind !== 'to-line' && stage.until(line) === null;
}

function askToRegister(parts: Parts, connection: Connection): void {
  parts.link.send(connection, { kind: 'tune', ...parts.terms(), registerAgain: true });
}

function malformed(
  parts: Parts,
  connection: Connection,
  leaf: UpperLeaf,
  { reason, problem }: Malformed,
): void {
  const { line } = connection;
  parts.log.info('malformed message dropped', { line, leaf, problem });
  if (leaf !== 'register') return;
  parts.link.send(connection, { kind: 'refused', session: 0, seq: 0, reason, retryAfterMs: 60_000 });
}
