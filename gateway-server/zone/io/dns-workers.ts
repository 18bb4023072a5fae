import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Clock } from '../../../runtime/clock.ts';
import { within } from '../../../runtime/deadline.ts';
import type { Logger } from '../../../runtime/log.ts';
import type { Endpoint } from '../../endpoint.ts';
import type { Secondary } from '../backup/secondary.ts';
import type { DnsCounters } from '../dns-counters.ts';
import type { RateLimits } from '../rate-limit.ts';
import type { ResolverGate } from '../resolver-gate.ts';
import { isLater, type Serial } from '../serial.ts';
import type { JournalEntry } from '../transfer/journal-entry.ts';
import type { TsigKey } from '../tsig-key.ts';
import type { Zone } from '../zone.ts';
import { DiffWriter, NO_ADDRESS_BYTES, type ZoneDiff } from '../zone-diff.ts';
import type { WorkerNews, WorkerOrder } from './worker-messages.ts';

interface Parts {
  readonly count: number;
  /** What the workers run: our own program, asked for `dns-worker`. */
  readonly program: string;
  readonly endpoints: readonly Endpoint[];
  readonly zone: Zone;
  readonly rateLimit: RateLimits;
  readonly cookieSecret: Uint8Array;
  readonly keys: readonly TsigKey[];
  readonly secondaries: readonly Secondary[];
  readonly gate: ResolverGate;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Worker {
  readonly process: ChildProcess;
  /** Null until it answers. */
  serves: Serial | null;
  counters: DnsCounters | null;
}

/** Doubled from one early end to the next, so that a worker that cannot start does not fill the log. */
const RESTART_MS = 1_000;
const LONGEST_RESTART_MS = 60_000;
const PATIENCE_MS = 1_000;

/** Processes that answer UDP beside this one, each from its own copy of the zone (`dns.workers`). */
export class DnsWorkers {
  readonly #parts: Parts;
  readonly #workers = new Set<Worker>();
  readonly #stop = new AbortController();
  #rateLimit: RateLimits;
  #onNews: (() => void)[] = [];
  #restartMs = RESTART_MS;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#rateLimit = parts.rateLimit;
    for (let n = 0; n < parts.count; n++) this.#start();
  }

  get size(): number {
    return this.#workers.size;
  }

  /** What the workers have counted up to a second ago. */
  counters(): readonly DnsCounters[] {
    return [...this.#workers].flatMap(({ counters }) => (counters ? [counters] : []));
  }

  /** The step is in our own zone already. */
  append({ to, diff }: JournalEntry): void {
    const { identity } = this.#parts.zone;
    this.#order(diff ? { kind: 'step', diff, serial: to } : { kind: 'own', identity, serial: to });
  }

  halt(isHalted: boolean): void {
    this.#order({ kind: 'halt', isHalted });
  }

  setQueued(name: string, dueInMs: number | null): void {
    this.#order({ kind: 'queued', name, dueInMs });
  }

  setRateLimits(limits: RateLimits): void {
    this.#rateLimit = limits;
    this.#order({ kind: 'rate-limit', rateLimit: this.#share() });
  }

  /** Resolves when every worker that answers has the serial, or after a second: one that hangs holds up nobody. */
  async settled(serial: Serial): Promise<void> {
    await within(this.#parts.clock, PATIENCE_MS, this.#allServe(serial), this.#stop.signal).catch(
      () => undefined,
    );
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#workers].map((worker) => this.#end(worker)));
  }

  async #allServe(serial: Serial): Promise<void> {
    const lags = ({ serves }: Worker) => serves !== null && isLater(serial, serves);
    while ([...this.#workers].some(lags)) await new Promise<void>((resolve) => this.#onNews.push(resolve));
  }

  #order(order: WorkerOrder): void {
    for (const { process } of this.#workers) if (process.connected) process.send(order);
  }

  #start(): void {
    const { program, log } = this.#parts;
    const worker: Worker = {
      process: fork(program, ['dns-worker'], {
        serialization: 'advanced',
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      }),
      serves: null,
      counters: null,
    };
    this.#workers.add(worker);
    worker.process.on('message', (news: WorkerNews) => this.#hear(worker, news));
    // a worker that cannot be told anything more ends, and that is seen below
    worker.process.on('error', (error) => log.warn('DNS worker failed', { reason: error.message }));
    worker.process.once('exit', (code, signal) => this.#ended(worker, signal ?? code));
    worker.process.send(this.#startOrder());
  }

  #startOrder(): WorkerOrder {
    const { endpoints, keys, cookieSecret, secondaries, gate, zone } = this.#parts;
    return {
      kind: 'start',
      endpoints,
      rateLimit: this.#share(),
      keys,
      cookieSecret,
      secondaries,
      isHalted: gate.isClosed,
      identity: zone.identity,
      serial: zone.serial,
      names: fromNothing(zone),
    };
  }

  /** The system deals a network's questions out to all sockets. */
  #share(): RateLimits {
    const { perSecond, exempt } = this.#rateLimit;
    return { perSecond: Math.ceil(perSecond / (this.#parts.count + 1)), exempt };
  }

  #hear(worker: Worker, news: WorkerNews): void {
    if (news.kind === 'failed') this.#parts.log.error('DNS worker cannot answer', { reason: news.reason });
    if (news.kind === 'counted') worker.counters = news.counters;
    if (news.kind !== 'serves') return;
    if (worker.serves === null)
      this.#parts.log.info('DNS worker answers', { pid: worker.process.pid ?? null, serial: news.serial });
    worker.serves = news.serial;
    this.#wake();
  }

  #ended(worker: Worker, how: string | number | null): void {
    this.#workers.delete(worker);
    this.#wake();
    const { signal } = this.#stop;
    if (signal.aborted) return;
    this.#parts.log.warn('DNS worker has ended and is started again', {
      pid: worker.process.pid ?? null,
      how,
    });
    const restartMs = this.#restartMs;
    this.#restartMs = Math.min(LONGEST_RESTART_MS, worker.serves === null ? restartMs * 2 : RESTART_MS);
    this.#parts.clock.sleep(restartMs, signal).then(
      () => this.#start(),
      () => undefined,
    );
  }

  #wake(): void {
    const waiting = this.#onNews;
    this.#onNews = [];
    for (const resolve of waiting) resolve();
  }

  /** A worker that is let go ends by itself; one that hangs is made to. */
  async #end({ process }: Worker): Promise<void> {
    if (process.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, 'exit');
    if (process.connected) process.disconnect();
    const soon = await within(this.#parts.clock, PATIENCE_MS, ended, new AbortController().signal);
    if (soon === 'too-late') process.kill('SIGKILL');
    await ended;
  }
}

/** All names of lines, as a step from an empty zone. */
function fromNothing(zone: Zone): ZoneDiff {
  const writer = new DiffWriter();
  for (const { keys, keyStart, keyEnd, addresses } of zone.snapshot().lines())
    writer.add(keys.subarray(keyStart, keyEnd), NO_ADDRESS_BYTES, addresses);
  return writer.diff();
}
