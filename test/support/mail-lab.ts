import { onTestFinished } from 'vitest';
import { Outbox } from '../../gateway-server/mail/outbox.ts';
import { sqliteMail } from '../../gateway-server/store/io/sqlite-mail.ts';
import { sqliteWaiters } from '../../gateway-server/store/io/sqlite-waiters.ts';
import { MailedWaiters } from '../../gateway-server/subscriber/mailed-waiters.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { countingRandom, databaseInMemory, quiet } from './database-in-memory.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';
import { ScriptedRelay } from './scripted-relay.ts';
import { ALICE } from './stored-lines.ts';

/** An outbox and who waits, over the real tables, with a relay that answers as told. */
export class MailLab {
  readonly clock = new ManualClock(1_700_000_000_000);
  readonly log = new MemoryLog();
  readonly relay = new ScriptedRelay();
  readonly shared = databaseInMemory(this.clock);
  readonly live = new Set<LineId>();
  readonly #random = countingRandom();
  #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  outbox = this.#openOutbox();
  waiters = this.#openWaiters(this.outbox);

  constructor() {
    onTestFinished(() => this.stop());
  }

  async start(): Promise<void> {
    this.#stop = new AbortController();
    this.#running = Promise.all([this.outbox.run(this.#stop.signal), this.waiters.run(this.#stop.signal)]);
    await quiet();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** As after a restart: only what is on disk is left. */
  async restart(): Promise<void> {
    await this.stop();
    this.outbox = this.#openOutbox();
    this.waiters = this.#openWaiters(this.outbox);
    await this.start();
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await quiet();
  }

  /** In turns, so that loops have the time to do something in each of them. */
  async live60s(line: LineId = ALICE): Promise<void> {
    this.live.add(line);
    for (let turn = 0; turn < 15; turn++) await this.advance(5_000);
  }

  async ask(email: string, line: LineId = ALICE, neighbourhood = email) {
    const asking = await this.waiters.ask(
      line,
      email,
      neighbourhood,
      (token) => `https://a.test/yes?t=${token}`,
    );
    await quiet();
    return asking;
  }

  /** Of the newest mail to this address. */
  tokenFor(email: string): string {
    const letter = this.relay.taken.findLast(({ to }) => to === email);
    return /\?t=(\S+)/.exec(letter?.text ?? '')?.[1] ?? '';
  }

  async askAndConfirm(email: string, line: LineId = ALICE): Promise<void> {
    await this.ask(email, line);
    await this.waiters.confirm(this.tokenFor(email));
  }

  /** Subjects and recipients of what the relay has. */
  sent(): readonly string[] {
    return this.relay.taken.map(({ to, subject }) => `${to}: ${subject}`);
  }

  rows(table: 'mail' | 'waiter'): number {
    return this.shared.database.prepare(`SELECT * FROM ${table}`).all().length;
  }

  withoutRelay(): MailedWaiters {
    return this.#openWaiters(null);
  }

  #openOutbox(): Outbox {
    const { clock, log, relay } = this;
    return new Outbox({ store: sqliteMail(this.shared), relay, random: this.#random, clock, log });
  }

  #openWaiters(post: Outbox | null): MailedWaiters {
    const { clock, log, live } = this;
    return new MailedWaiters({
      store: sqliteWaiters(this.shared),
      post,
      domainOf: (line) => `${line}.mwebpages.test`,
      isLive: (line) => live.has(line),
      random: this.#random,
      clock,
      log,
    });
  }
}
