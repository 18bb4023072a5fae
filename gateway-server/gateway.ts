import type { Address } from '../protocol/address.ts';
import type { LineId } from '../protocol/line-id.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { AgentEvents, AgentLink } from './agent-link.ts';
import { agentSignals } from './agent-signals.ts';
import { aliveListeningLoop } from './alive-listening-loop.ts';
import { Inbox } from './inbox.ts';
import { type AliveTerms, aliveTerms } from './line/alive-terms.ts';
import { Challenges } from './line/challenges.ts';
import type { ClaimRules } from './line/claim.ts';
import { Contests } from './line/contest.ts';
import { Departures } from './line/departures.ts';
import { Grace } from './line/grace.ts';
import { Hindrance } from './line/hindrance.ts';
import type { LineWitness } from './line/line-news.ts';
import type { Prober } from './line/prober.ts';
import { RegistrationPace } from './line/registration-pace.ts';
import { Takeovers } from './line/takeovers.ts';
import type { Patience } from './line/verdict.ts';
import type { Registry } from './registry.ts';
import { type Backups, type Follower, type HaltRules, regularUpdateLoop } from './regular-update-loop.ts';
import type { Store } from './store/store.ts';
import type { Announcements } from './subscriber/announcements.ts';
import { LiveNotices } from './subscriber/live-notices.ts';
import { type Registration, updateListeningLoop } from './update-listening-loop.ts';
import type { ResolverGate } from './zone/resolver-gate.ts';

/** Settings that a reload may change while the gateway runs. */
export interface Tunables {
  readonly patience: Patience;
  readonly everyMs: number;
  readonly rules: ClaimRules;
  /** An address that always answers while our own network is well; null for none. */
  readonly reference: Address | null;
  readonly halt: HaltRules;
}

interface Parts {
  readonly registry: Registry;
  readonly store: Store;
  readonly answering: readonly Address[];
  readonly announcements: Announcements;
  readonly prober: Prober;
  readonly backups: Backups;
  /** Beside the history of the zone. */
  readonly followers: readonly Follower[];
  readonly witnesses: readonly LineWitness[];
  /** A one-time link for the line's owner (Figure 4, block 424); null while there is no portal. */
  readonly portalLink: (line: LineId) => string | null;
  readonly gate: ResolverGate;
  readonly othersTurn: () => Promise<void>;
  readonly tunables: () => Tunables;
  /** Opens the wire to the agents; what they send goes to `events`. */
  readonly openLink: (events: AgentEvents) => Promise<AgentLink>;
  readonly clock: Clock;
  readonly log: Logger;
  /** A fresh unguessable text. */
  readonly nonce: () => string;
}

const LEAST_GRACE_MS = 30_000;

/** Figure 5, blocks 500-590: the three loops side by side, until aborted. */
export async function runGateway(parts: Parts, signal: AbortSignal): Promise<void> {
  const { registry, tunables, clock, log, nonce } = parts;
  const { presence, book, queue, standings, zone } = registry;
  log.info('gateway starts', { block: 500, lines: book.size, serial: zone.serial });
  const registrations = new Inbox<Registration>();
  signal.addEventListener('abort', () => registrations.close(), { once: true });
  if (signal.aborted) registrations.close();
  const terms = (): AliveTerms => aliveTerms(tunables().patience.timeoutMs, book.size);
  const graceMs = () => Math.max(tunables().patience.timeoutMs + terms().spreadMs, LEAST_GRACE_MS);

  const wire: { link: AgentLink } = { link: NOBODY };
  const link = linkThrough(wire);
  const challenges = new Challenges({ link, clock, nonce });
  const common = { ...parts, ...registry, link, challenges, terms };
  const departures = new Departures(common);
  const notices = new LiveNotices(common);
  const contests = new Contests({
    clock,
    holderAnswers: (holder, from) => challenges.ask(holder, from, signal),
  });
  const takeovers = new Takeovers(clock);
  const register = (registration: Registration) => registrations.put(registration);
  wire.link = await parts.openLink(agentSignals({ ...common, departures, takeovers, register }));
  registry.stage.reachThrough({ link, terms });
  parts.announcements.tellAll(wire.link);

  await Promise.all([
    updateListeningLoop(
      {
        ...common,
        registrations,
        notices,
        contests,
        pace: new RegistrationPace(clock),
        rules: () => tunables().rules,
      },
      signal,
    ),
    regularUpdateLoop(
      {
        ...common,
        notices,
        followers: [registry.history, ...parts.followers],
        halt: () => tunables().halt,
      },
      signal,
    ),
    aliveListeningLoop(
      {
        ...common,
        departures,
        reference: () => tunables().reference,
        patience: () => tunables().patience,
        grace: new Grace(clock, graceMs),
        hindrance: new Hindrance(log),
      },
      signal,
    ),
    standings.keep(signal),
  ]);
  await standings.flush();
  log.info('gateway stopped', { block: 590, waiting: queue.size, live: presence.liveCount });
}

/** The wire is opened with the signals' receiver, which needs the wire: until then nobody can be reached. */
const NOBODY: AgentLink = {
  send: () => false,
  connectionOf: () => undefined,
  close: () => undefined,
  announce: () => undefined,
};

function linkThrough(wire: { readonly link: AgentLink }): AgentLink {
  return {
    send: (connection, message) => wire.link.send(connection, message),
    connectionOf: (line) => wire.link.connectionOf(line),
    close: (connection, why) => wire.link.close(connection, why),
    announce: (announcements) => wire.link.announce(announcements),
  };
}
