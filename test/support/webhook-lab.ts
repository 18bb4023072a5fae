import { onTestFinished } from 'vitest';
import type { LineNews } from '../../gateway-server/line/line-news.ts';
import { sqliteWebhooks } from '../../gateway-server/store/io/sqlite-webhooks.ts';
import type { Caller } from '../../gateway-server/webhook/caller.ts';
import { KeptWebhooks } from '../../gateway-server/webhook/kept-webhooks.ts';
import { WEBHOOK_EVENTS } from '../../gateway-server/webhook/webhook.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { countingRandom, databaseInMemory, quiet } from './database-in-memory.ts';
import { LAB_REACH } from './lab-reach.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';
import { ScriptedCaller } from './scripted-caller.ts';
import { ALICE } from './stored-lines.ts';

/** Webhooks of alice and the operator over the real tables, with receivers that answer as told. */
export class WebhookLab {
  readonly clock = new ManualClock(1_700_000_000_000);
  readonly log = new MemoryLog();
  readonly receiver = new ScriptedCaller();
  readonly shared = databaseInMemory(this.clock);
  readonly #random = countingRandom();
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  webhooks = this.#open(this.receiver);

  constructor() {
    onTestFinished(() => this.stop());
  }

  start(): void {
    this.#stop = new AbortController();
    this.#running = this.webhooks.run(this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** As after a restart: only what is on disk is left. */
  async restart(): Promise<void> {
    await this.stop();
    this.webhooks = this.#open(this.receiver);
    this.start();
    await quiet();
  }

  async register(line: LineId | null = ALICE, url = 'https://hooks.example.org/a') {
    const registering = await this.webhooks.register({ line, url, events: WEBHOOK_EVENTS });
    if (registering.kind === 'refused') throw new Error(registering.why);
    return registering;
  }

  async see(...news: readonly LineNews[]): Promise<void> {
    for (const one of news) this.webhooks.sees(one);
    await quiet();
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await quiet();
  }

  /** What the receiver was told, in short. */
  told(): readonly string[] {
    return this.receiver.calls.map(({ body }) => {
      const { event, line, number } = JSON.parse(body);
      return [line, event, number].filter((word) => word !== undefined).join(' ');
    });
  }

  #open(caller: Caller): KeptWebhooks {
    const { clock, log, shared } = this;
    return new KeptWebhooks({
      store: sqliteWebhooks(shared),
      caller,
      reach: LAB_REACH,
      domainOf: (line) => `${line}.mwebpages.test`,
      random: this.#random,
      clock,
      log,
    });
  }
}

export function messageNumber(number: number, line = ALICE): LineNews {
  return { kind: 'message', line, at: 1_700_000_000_000, number };
}
