import { runAgent } from '../../agent/agent.ts';
import { LeaseNews } from '../../agent/lease-news.ts';
import { LeaseWatch } from '../../agent/lease-watch.ts';
import { type Status, StatusBoard } from '../../agent/status.ts';
import { Story } from '../../agent/story.ts';
import { parseAddress } from '../../protocol/address.ts';
import { parseDomainName } from '../../protocol/domain-name.ts';
import { parseLineId } from '../../protocol/line-id.ts';
import type { Live, Queued, Refused, Register, UpperMessage } from '../../protocol/message.ts';
import { FakeBroker } from './agent-fake-broker.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';

export const SECRET = 'never-to-be-seen';
const STEP_MS = 1_000;

/** A whole agent on a clock that stands still, with a broker that a test plays the gateway on. */
export class AgentLine {
  readonly clock = new ManualClock(1_000_000);
  readonly log = new MemoryLog();
  readonly broker = new FakeBroker();
  readonly statuses: Status[] = [];
  readonly watch: LeaseWatch;
  readonly #stop = new AbortController();
  readonly #over = new AbortController();
  readonly ended: Promise<void>;

  constructor(random: () => number = () => 0.5) {
    const { clock, log, broker } = this;
    const news = new LeaseNews({ format: undefined, clock, log });
    const parts = { interface: 'wan', news, clock, refresh: () => undefined };
    this.watch = new LeaseWatch(parts, this.#over.signal);
    const about = { version: '1', line: 'alice', domain: 'alice.example.test', gateway: 'mqtts://gw:8883' };
    const board = new StatusBoard(clock, about, (status) => this.statuses.push(status));
    const story = new Story(clock, log, board);
    const identity = {
      line: known(parseLineId('alice')),
      secret: SECRET,
      domain: known(parseDomainName(about.domain)),
    };
    this.ended = runAgent(
      { identity, watch: this.watch, broker, story, clock, log, random },
      this.#stop.signal,
    );
  }

  /** The interface holds exactly these addresses now. */
  async holds(...texts: readonly string[]): Promise<void> {
    const addresses = texts.map((text) => ({
      address: known(parseAddress(text)),
      isGlobal: true,
      isSecondary: false,
      isUnfit: false,
      preferredSeconds: 100,
    }));
    this.watch.interfaceSeen({ addresses, hasCarrier: true });
    await this.clock.advance(0);
  }

  /** Lets time pass while the broker answers the keepalive. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      await this.clock.advance(Math.min(STEP_MS, left));
      this.broker.links.at(-1)?.hear();
    }
    await this.clock.advance(0);
  }

  async stop(reason?: Error): Promise<void> {
    this.#stop.abort(reason);
    await this.clock.advance(0);
  }

  async finish(): Promise<void> {
    await this.stop();
    await this.clock.advance(5_000);
    await this.ended;
    this.#over.abort();
  }

  sent<K extends UpperMessage['kind']>(kind: K): Extract<UpperMessage, { kind: K }>[] {
    const all = this.broker.links.flatMap((link) => link.sent);
    return all.filter((message): message is Extract<UpperMessage, { kind: K }> => message.kind === kind);
  }

  get registered(): Register {
    return known(this.sent('register').at(-1));
  }

  get status(): Status {
    return known(this.statuses.at(-1));
  }

  async queued(fields: Partial<Queued> = {}): Promise<void> {
    const { session, seq } = this.registered;
    this.broker.link.deliver({
      kind: 'queued',
      session,
      seq,
      liveInMs: 1_000,
      aliveMs: 3_000,
      spreadMs: 0,
      ...fields,
    });
    await this.clock.advance(0);
  }

  async live(fields: Partial<Live> = {}): Promise<void> {
    const { session, seq, domain, ipv4, ipv6 } = this.registered;
    this.broker.link.deliver({
      kind: 'live',
      session,
      seq,
      domain,
      addresses: { ipv4, ipv6 },
      serial: 7,
      proof: { ok: true, missing: [] },
      lastLogOn: null,
      offlineForMs: null,
      offlineReason: null,
      hits: 0,
      messages: 0,
      portal: null,
      ...fields,
    });
    await this.clock.advance(0);
  }

  async refused(fields: Partial<Refused> = {}): Promise<void> {
    const { session, seq } = this.registered;
    this.broker.link.deliver({
      kind: 'refused',
      session,
      seq,
      reason: 'try-later',
      retryAfterMs: 30_000,
      ...fields,
    });
    await this.clock.advance(0);
  }
}

/** An agent whose name is live at 198.51.100.7. */
export async function liveLine(random?: () => number): Promise<AgentLine> {
  const line = new AgentLine(random);
  await line.holds('198.51.100.7');
  await line.queued();
  await line.live();
  return line;
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing there');
  return value;
}
