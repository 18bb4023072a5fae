import { isDeepStrictEqual } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import type { AgentLink } from '../../gateway-server/agent-link.ts';
import { runGateway, type Tunables } from '../../gateway-server/gateway.ts';
import { Departures } from '../../gateway-server/line/departures.ts';
import type { Line } from '../../gateway-server/line/line.ts';
import { newStanding } from '../../gateway-server/line/line-book.ts';
import type { LineNews } from '../../gateway-server/line/line-news.ts';
import { hashOfSecret } from '../../gateway-server/line/secret.ts';
import { type Registry, registryOf } from '../../gateway-server/registry.ts';
import type { Backups } from '../../gateway-server/regular-update-loop.ts';
import { Announcements } from '../../gateway-server/subscriber/announcements.ts';
import type { Proof } from '../../gateway-server/subscriber/live-notices.ts';
import { ResolverGate } from '../../gateway-server/zone/resolver-gate.ts';
import type { JournalEntry } from '../../gateway-server/zone/transfer/journal-entry.ts';
import type { ZoneIdentity } from '../../gateway-server/zone/zone-identity.ts';
import type { Address } from '../../protocol/address.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { decodeLower, encodeLower } from '../../protocol/message.ts';
import { parsePrefix } from '../../protocol/prefix.ts';
import { FakeAgentLink } from './fake-agent-link.ts';
import { LabSubscriber, type Whereabouts } from './lab-subscriber.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';
import { MemoryStore } from './memory-store.ts';
import { ScriptedProber } from './scripted-prober.ts';
import { type Disk, slowStore } from './slow-store.ts';

export const GATEWAY = '192.0.2.80' as Address;
const IDENTITY: ZoneIdentity = {
  name: 'mwebpages.test' as DomainName,
  nameservers: new Map([['ns1.mwebpages.test' as DomainName, [GATEWAY]]]),
  answering: [GATEWAY],
  ttlSeconds: 30,
  ownNames: ['leave.mwebpages.test' as DomainName],
  static: [],
};
const SECRET_HASH = hashOfSecret('secret');
const WALL_AT_START = 1_800_000_000_000;
const STEP_MS = 1_000;
const GRACE_MS = 30_000;

export interface LabWish {
  readonly lines?: readonly (string | Line)[];
  readonly tunables?: Partial<Tunables>;
  /** Whether the grace after the start is over when the test begins. */
  readonly afterGrace?: boolean;
  /** Whether the gateway is told to stop before it has begun. */
  readonly isStopped?: boolean;
  /** What an earlier gateway has left behind. */
  readonly store?: MemoryStore;
}

/** A line whose secret is what the fake link sends. */
export function lineOf(id: string, change: Partial<Line> = {}): Line {
  return {
    id: id as LineId,
    secretHash: SECRET_HASH,
    domain: `${id}.mwebpages.test` as DomainName,
    names: [],
    suspended: false,
    words: '',
    tellsSince: false,
    createdAt: WALL_AT_START,
    ...change,
  };
}

/** The whole gateway without sockets, disk and time: a test plays the agents and turns the clock. */
export class GatewayLab {
  // a fraction, as performance.now() gives it: whatever is told to agents must be whole
  readonly clock = new ManualClock(5_000.25);
  readonly log = new MemoryLog();
  readonly link = new FakeAgentLink();
  readonly prober = new ScriptedProber(this.clock);
  readonly disk: Disk = { delayMs: 0, isGone: false };
  readonly notified: number[] = [];
  /** What followers of the zone were told, step by step. */
  readonly steps: JournalEntry[] = [];
  /** What witnesses were told. */
  readonly news: LineNews[] = [];
  readonly gate = new ResolverGate();
  /** What the secondaries prove, and when; at once and in full unless a test says otherwise. */
  proof: () => Promise<Proof> = async () => ({ ok: true, missing: [] });
  readonly store: MemoryStore;
  readonly tunables: { -readonly [K in keyof Tunables]: Tunables[K] };
  readonly #agents: LabSubscriber[] = [];
  readonly #unspeakable: unknown[] = [];
  readonly #stop = new AbortController();
  #parts: { readonly registry: Registry; readonly announcements: Announcements } | undefined;
  #running: Promise<void> = Promise.resolve();

  private constructor(wish: LabWish) {
    this.store = wish.store ?? new MemoryStore();
    this.clock.jumpWall(WALL_AT_START - this.clock.now());
    this.tunables = {
      patience: { timeoutMs: 10_000, patienceMs: 30_000 },
      everyMs: 1_000,
      rules: { allowPublic: true, allow: [lab4(), lab6()], own: new Set([GATEWAY]) },
      reference: null,
      halt: { isHalting: false, leastMs: 0 },
      ...wish.tunables,
    };
  }

  /** Starts a gateway that stops with the test. */
  static async start(wish: LabWish = {}): Promise<GatewayLab> {
    const lab = new GatewayLab(wish);
    const lines = (wish.lines ?? []).map((line) => (typeof line === 'string' ? lineOf(line) : line));
    await lab.store.putLines(lines.map((line) => [line, newStanding(1, line.createdAt)]));
    if (wish.isStopped) lab.#stop.abort();
    await lab.#run();
    onTestFinished(() => lab.stop());
    await lab.pass(wish.afterGrace === false ? 0 : GRACE_MS);
    return lab;
  }

  get registry(): Registry {
    return known(this.#parts).registry;
  }

  get announcements(): Announcements {
    return known(this.#parts).announcements;
  }

  get serial(): number {
    return this.registry.zone.serial;
  }

  /** An agent of the line connects; it registers when told to. */
  connect(line: string, whereabouts: Whereabouts): LabSubscriber {
    const agent = new LabSubscriber(this.link, line, whereabouts);
    this.#agents.push(agent);
    return agent;
  }

  /** An agent whose name has just become live. */
  async live(line: string, whereabouts: Whereabouts): Promise<LabSubscriber> {
    const agent = this.connect(line, whereabouts);
    agent.register();
    await this.settle();
    if (!agent.last('live')) await this.pass(this.tunables.everyMs);
    expect(agent.last('live')).toBeDefined();
    return agent;
  }

  /** Lets everything happen that can happen without time passing. */
  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  /** Time passes; agents that are alive signal once a second and answer challenges. */
  async pass(ms: number): Promise<void> {
    await this.settle();
    for (let left = ms; left > 0; left -= STEP_MS) {
      await this.clock.advance(Math.min(STEP_MS, left));
      const speaking = this.#agents.filter(({ isAlive, agent }) => isAlive && agent.isOpen);
      for (const agent of speaking.filter(({ seq }) => seq > 0)) {
        agent.alive();
        agent.answerChallenges();
      }
    }
    await this.settle();
  }

  /** Where the zone leads a line's domain now. */
  leadsTo(line: string): string[] {
    return this.registry.zone
      .records()
      .filter(({ name, type }) => name === `${line}.mwebpages.test` && (type === 'A' || type === 'AAAA'))
      .map(({ text }) => text);
  }

  presenceOf(line: string): string {
    return this.registry.presence.kindOf(line as LineId);
  }

  pendingOf(line: string) {
    return this.registry.queue.pendingOf(line as LineId);
  }

  standingOf(line: string) {
    return known(this.registry.book.get(line as LineId)).standing;
  }

  /** How often an event stands in the log. */
  logged(event: string): number {
    return this.log.events.filter((line) => line.includes(event)).length;
  }

  /** Who carries out what the operator says of lines. */
  departures(): Departures {
    return new Departures({ ...this.registry, clock: this.clock, log: this.log });
  }

  /** `kill -9`: nothing more is written; the store stays for the next gateway. */
  kill(): MemoryStore {
    this.disk.isGone = true;
    this.#running = Promise.resolve();
    this.#stop.abort();
    return this.store;
  }

  async stop(): Promise<void> {
    const { delayMs } = this.disk;
    this.disk.delayMs = 0;
    this.#stop.abort();
    await this.clock.advance(delayMs);
    await this.#running;
    expect(this.#unspeakable, 'told to agents, but not fit for the wire').toEqual([]);
  }

  async #run(): Promise<void> {
    const { clock, log, prober, tunables } = this;
    const store = slowStore(this.store, this.disk, clock);
    const stored = await this.store.load();
    const registry = registryOf({
      identity: IDENTITY,
      store,
      stored,
      everyMs: () => tunables.everyMs,
      timeoutMs: () => tunables.patience.timeoutMs,
      clock,
      log,
    });
    let lastNonce = 0;
    const nonce = () => `nonce-${++lastNonce}`;
    const announcements = new Announcements({ store, clock, newId: nonce }, stored.announcements);
    this.#parts = { registry, announcements };
    const backups: Backups = {
      notify: (serial) => void this.notified.push(serial),
      proofOf: () => this.proof(),
    };
    const parts = {
      registry,
      store,
      witnesses: [{ sees: (news: LineNews) => void this.news.push(news) }],
      portalLink: (line: string) => `https://portal.mwebpages.test/enter/${line}`,
      answering: [GATEWAY],
      announcements,
      prober,
      backups,
      followers: [{ append: (step: JournalEntry) => void this.steps.push(step) }],
      gate: this.gate,
      othersTurn: async () => undefined,
      clock,
      log,
      nonce,
    };
    const openLink = async (events: Parameters<FakeAgentLink['reportTo']>[0]) => {
      this.link.reportTo(events);
      return this.#wire();
    };
    this.#running = runGateway({ ...parts, openLink, tunables: () => tunables }, this.#stop.signal);
    await clock.advance(0);
  }

  /** The fake link, which also notes what could not have travelled over the real one. */
  #wire(): AgentLink {
    const { link } = this;
    return {
      send: (connection, message) => {
        const arrived = decodeLower(message.kind, encodeLower(message));
        if (!isDeepStrictEqual(arrived, message)) this.#unspeakable.push(message);
        return link.send(connection, message);
      },
      connectionOf: (line) => link.connectionOf(line),
      close: (connection, why) => link.close(connection, why),
      announce: (announcements) => link.announce(announcements),
    };
  }
}

const lab4 = () => known(parsePrefix('198.51.100.0/24'));
const lab6 = () => known(parsePrefix('2001:db8::/32'));

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing there');
  return value;
}
