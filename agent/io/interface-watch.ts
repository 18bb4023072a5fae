import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { every } from '../../runtime/loop.ts';
import type { InterfaceSeen } from '../lease-watch.ts';
import { fingerprintOf, glimpseOf, monitorChanges, readInterface } from './ip-command.ts';
import { oneAtATime } from './one-at-a-time.ts';

export interface InterfaceWatchParts {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly seen: (seen: InterfaceSeen) => void;
  /** The command of iproute2. */
  readonly ip?: string;
}

const SAFETY_MS = 1_000;
const FIRST_RESTART_MS = 1_000;
const LAST_RESTART_MS = 60_000;

/** Watches one interface: a monitor tells that something has changed, a reading tells what; a poll covers for both. */
export class InterfaceWatch {
  readonly #parts: InterfaceWatchParts;
  readonly #ip: string;
  /** Reads the interface again at once. */
  readonly refresh: () => void;
  #last: string | null = null;
  #seen: InterfaceSeen = null;

  constructor(parts: InterfaceWatchParts) {
    this.#parts = parts;
    this.#ip = parts.ip ?? 'ip';
    this.refresh = oneAtATime(
      () => this.#read(),
      (error) => parts.log.warn('interface not readable', { why: String(error) }),
    );
  }

  async run(signal: AbortSignal): Promise<void> {
    this.refresh();
    await Promise.all([this.#poll(signal), this.#listen(signal)]);
  }

  async #read(): Promise<void> {
    const glimpse = glimpseOf(this.#parts.name, this.#seen);
    if (glimpse !== this.#seen) this.#tell(glimpse);
    this.#tell(await readInterface(this.#parts.name, this.#ip));
  }

  #tell(seen: InterfaceSeen): void {
    const content = JSON.stringify(seen, (key, value: unknown) =>
      key === 'preferredSeconds' ? undefined : value,
    );
    if (content === this.#last) return;
    this.#last = content;
    this.#seen = seen;
    this.#parts.seen(seen);
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const { name, clock, log } = this.#parts;
    let before = fingerprintOf(name);
    await every({ periodMs: SAFETY_MS, clock, log }, signal, async () => {
      const now = fingerprintOf(name);
      if (now !== before) this.refresh();
      before = now;
    });
  }

  /** The monitor is started again whenever it ends, more and more rarely; without it the poll goes on. */
  async #listen(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    let restartMs = FIRST_RESTART_MS;
    while (!signal.aborted) {
      const startedAt = clock.elapsed();
      const why = await monitorChanges({ name: this.#parts.name, ip: this.#ip }, this.refresh, signal).catch(
        String,
      );
      if (signal.aborted) return;
      if (clock.elapsed() - startedAt > LAST_RESTART_MS) restartMs = FIRST_RESTART_MS;
      if (restartMs === FIRST_RESTART_MS) log.warn('the monitor ended, polling the interface', { why });
      await clock.sleep(restartMs, signal).catch(() => undefined);
      restartMs = Math.min(LAST_RESTART_MS, restartMs * 2);
    }
  }
}
