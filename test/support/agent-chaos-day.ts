import { RELOAD, runAgent } from '../../agent/agent.ts';
import { type Status, StatusBoard } from '../../agent/status.ts';
import { Story } from '../../agent/story.ts';
import { wanWatch } from '../../agent/wan-watch.ts';
import { parseAddress } from '../../protocol/address.ts';
import { parseDomainName } from '../../protocol/domain-name.ts';
import { parseLineId } from '../../protocol/line-id.ts';
import type { Logger } from '../../runtime/log.ts';
import { ChaosGateway, TROUBLES } from './agent-chaos-gateway.ts';
import { ManualClock } from './manual-clock.ts';
import { seededRandom } from './seeded-random.ts';

/** What a day of disturbances has shown. */
export interface ChaosDay {
  readonly seed: number;
  readonly disturbances: number;
  readonly hours: number;
  /** The longest time to live after an event that the agent can see, and after any other, in milliseconds. */
  readonly worstSeenMs: number;
  readonly worstUnseenMs: number;
  /** What took longer than it may, in words. */
  readonly tooLate: readonly string[];
}

const DAY_MS = 86_400_000;
const YEAR_MS = 31_536_000_000;
const STEP_MS = 250;
/** Within 5 s after an event that the agent can see; else within a step of its back-off and 5 s. */
const SEEN_MS = 5_000;
const LONGEST_STEP_MS = 15_000;
/** Until a connection over which nothing comes is given up (DESIGN section 3). */
const SILENCE_MS = 15_000;
const SILENT_LOG: Logger = { error: nothing, warn: nothing, info: nothing, debug: nothing };

/** The core waits for nothing but promises here; a turn of the loop would cost the small engine a millisecond each. */
async function manyMicrotasks(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await undefined;
}

/** The agent's core on a clock that stands still between steps. */
export class ChaosLine {
  readonly clock = new ManualClock(1_000_000, manyMicrotasks);
  readonly gateway = new ChaosGateway();
  readonly #random: (bound: number) => number;
  readonly #fed;
  readonly #over = new AbortController();
  #status: Status | undefined;
  #stop = new AbortController();
  #ended: Promise<void> = Promise.resolve();
  #address = '198.51.100.7';

  constructor(random: (bound: number) => number) {
    this.#random = random;
    const parts = { format: undefined, clock: this.clock, log: SILENT_LOG, refresh: nothing };
    this.#fed = wanWatch({ ...parts, interfaces: ['wan'] }, this.#over.signal);
    this.#run();
  }

  /** The interface holds this address now, or none. */
  holds(address: string | null): void {
    if (address !== null) this.#address = address;
    const parsed = address === null ? undefined : parseAddress(address);
    const held = { isGlobal: true, isSecondary: false, isUnfit: false, preferredSeconds: 100 };
    const addresses = parsed === undefined ? [] : [{ address: parsed, ...held }];
    this.#fed.interfaceSeen('wan', { addresses, hasCarrier: true });
  }

  /** As at SIGHUP: the core ends without a farewell and begins anew. */
  async reload(): Promise<void> {
    this.#stop.abort(RELOAD);
    await this.#ended;
    this.#stop = new AbortController();
    this.#run();
  }

  /** Lets time pass; the gateway answers the keepalive meanwhile. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      await this.clock.advance(Math.min(left, STEP_MS));
      this.gateway.answerKeepalives();
    }
  }

  get isLive(): boolean {
    return this.#status?.state === 'live' && this.#status.addresses.ipv4 === this.#address;
  }

  get state(): string {
    return this.#status?.state ?? 'none';
  }

  /** Time until the name is live, and at most `most`; null when it is not by then. */
  async untilLive(most: number): Promise<number | null> {
    const from = this.clock.elapsed();
    await this.pass(1);
    while (!this.isLive) {
      if (this.clock.elapsed() - from > most) return null;
      await this.pass(STEP_MS);
    }
    return this.clock.elapsed() - from;
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(10_000);
    await this.#ended;
    this.#over.abort();
  }

  #run(): void {
    const about = { version: '1', line: 'alice', domain: 'alice.example.test', gateway: 'mqtts://gw:8883' };
    const board = new StatusBoard(this.clock, about, (status) => {
      this.#status = status;
    });
    const identity = {
      line: known(parseLineId(about.line)),
      secret: 's',
      domain: known(parseDomainName(about.domain)),
    };
    const parts = {
      identity,
      watch: this.#fed.watch,
      broker: this.gateway,
      clock: this.clock,
      log: SILENT_LOG,
    };
    const story = new Story(this.clock, SILENT_LOG, board);
    const random = () => this.#random(1_000_000) / 1_000_000;
    this.#ended = runAgent({ ...parts, story, random }, this.#stop.signal);
  }
}

/** A day of at least so many disturbances; the same seed gives the same day. */
export async function chaosDay(seed: number, disturbances: number): Promise<ChaosDay> {
  const random = seededRandom(seed);
  const line = new ChaosLine(random);
  const startedAt = line.clock.elapsed();
  const worst = { seen: 0, unseen: 0 };
  const tooLate: string[] = [];
  line.holds('198.51.100.1');
  await line.untilLive(SEEN_MS);
  for (let count = 0; count < disturbances; count++) {
    const { what, isSeen, mostMs } = await disturb(line, random);
    const ms = await line.untilLive(mostMs);
    if (ms === null) tooLate.push(`${count}: ${what}: still ${line.state} after ${mostMs} ms`);
    const kind = isSeen ? 'seen' : 'unseen';
    worst[kind] = Math.max(worst[kind], ms ?? mostMs);
  }
  const restMs = DAY_MS * (disturbances / 10_000) - (line.clock.elapsed() - startedAt);
  if (restMs > 0) await line.pass(restMs);
  const hours = (line.clock.elapsed() - startedAt) / 3_600_000;
  if (!line.isLive) tooLate.push('not live at the end of the day');
  await line.end();
  return { seed, disturbances, hours, worstSeenMs: worst.seen, worstUnseenMs: worst.unseen, tooLate };
}

interface Disturbed {
  readonly what: string;
  readonly isSeen: boolean;
  /** How long it may take from now on until the name is live. */
  readonly mostMs: number;
}

/** Does one thing to the line; when it is done the gateway is well. */
async function disturb(line: ChaosLine, random: (bound: number) => number): Promise<Disturbed> {
  const unseen = (what: string, more = 0) => ({
    what,
    isSeen: false,
    mostMs: LONGEST_STEP_MS + SEEN_MS + more,
  });
  const seen = (what: string) => ({ what, isSeen: true, mostMs: SEEN_MS });
  const address = () => `198.51.100.${1 + random(250)}`;
  switch (random(8)) {
    case 0:
      line.holds(address());
      return seen('a new address');
    case 1:
      for (let flap = 0; flap < 5; flap++) {
        line.holds(flap % 2 === 0 ? null : address());
        await line.pass(random(1_200));
      }
      line.holds(address());
      return seen('a lease that flaps');
    case 2:
      line.clock.jumpWall((random(21) - 10) * YEAR_MS);
      return seen('a clock that jumps by years');
    case 3:
      await line.reload();
      return seen('settings read again');
    case 4:
      line.gateway.drop(true);
      return unseen('a connection that breaks');
    case 5:
      if (random(4) > 0) return seen('nothing');
      line.gateway.drop(false);
      return unseen('a connection that falls silent', SILENCE_MS);
    default:
      return await trouble(line, random, unseen, seen);
  }
}

async function trouble(
  line: ChaosLine,
  random: (bound: number) => number,
  unseen: (what: string) => Disturbed,
  seen: (what: string) => Disturbed,
): Promise<Disturbed> {
  const kind = TROUBLES[random(TROUBLES.length)] ?? 'refuses-tcp';
  line.gateway.trouble = kind;
  line.gateway.drop(true);
  await line.pass(random(10) === 0 ? random(60_000) : random(6_000));
  line.gateway.trouble = 'well';
  // what was begun in the trouble is over with it, as a broker's connections are when it starts again
  line.gateway.drop(true);
  if (random(2) === 0) return unseen(kind);
  line.holds(`203.0.113.${1 + random(250)}`);
  return seen(`a new address after ${kind}`);
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not a value of its type');
  return value;
}

function nothing(): void {
  // whoever is told here needs to do nothing
}
