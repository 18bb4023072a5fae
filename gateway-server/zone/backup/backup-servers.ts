import { parseAddress, unmapped } from '../../../protocol/address.ts';
import { contains } from '../../../protocol/prefix.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';
import { endpointText } from '../../endpoint.ts';
import type { SecondaryView } from '../../operator/secondaries.ts';
import type { Backups } from '../../regular-update-loop.ts';
import type { Proof } from '../../subscriber/live-notices.ts';
import { isLater, type Serial } from '../serial.ts';
import type { Zone } from '../zone.ts';
import { BatchTimes } from './batch-times.ts';
import type { Exchange } from './exchange.ts';
import { Notifier } from './notifier.ts';
import { Progress } from './progress.ts';
import { ProofWatcher } from './proof-watcher.ts';
import type { Secondary } from './secondary.ts';
import { Trouble } from './trouble.ts';

/** What is known of a backup, also how long the newest batch took that it was seen to take over. */
export interface BackupView extends SecondaryView {
  readonly lastLagMs: number | null;
}

interface Parts {
  readonly zone: Pick<Zone, 'identity' | 'serial'>;
  readonly secondaries: readonly Secondary[];
  readonly exchange: Exchange;
  readonly proofTimeoutMs: number;
  /** A message ID that nobody can guess. */
  readonly nextId: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Backup {
  readonly secondary: Secondary;
  readonly progress: Progress;
  readonly trouble: Trouble;
  readonly notifier: Notifier;
  readonly watcher: ProofWatcher;
}

/** Somebody who waits for the proof of a serial. */
interface Waiting {
  readonly serial: Serial;
  readonly proved: AbortController;
}

/** Figure 5, block 536: all backup name servers, each told and watched for itself, so that none waits for another. */
export class BackupServers implements Backups {
  readonly #parts: Parts;
  readonly #times = new BatchTimes();
  readonly #backups: readonly Backup[];
  /** Those whose proof is waited for. */
  readonly #provers: readonly Backup[];
  readonly #waiting = new Set<Waiting>();
  readonly #stop = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#backups = parts.secondaries.map((secondary) => this.#backupOf(secondary));
    this.#provers = this.#backups.filter(({ secondary }) => secondary.proof);
  }

  /** Tells all backups of the present serial, and keeps telling and asking them until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#stop.abort(), { once: true });
    if (signal.aborted) this.#stop.abort();
    this.notify(this.#parts.zone.serial);
    const until = this.#stop.signal;
    await Promise.all(
      this.#backups.flatMap(({ notifier, watcher }) => [notifier.run(until), watcher.run(until)]),
    );
  }

  notify(serial: Serial): void {
    this.#expect(serial);
    for (const { notifier } of this.#backups) notifier.notify(serial);
  }

  async proofOf(serial: Serial): Promise<Proof> {
    if (this.#provers.length === 0) return { ok: true, missing: [] };
    this.#expect(serial);
    if (this.#missing(serial).length > 0) await this.#proved(serial);
    const missing = this.#missing(serial).map(({ secondary }) => endpointText(secondary.endpoint));
    return { ok: missing.length === 0, missing };
  }

  /** Whoever asks from this address has been given the zone as of the serial: those who may have asked are looked at. */
  served(address: string, serial: Serial): void {
    // a link-local address comes with its interface ("fe80::1%eth0")
    const from = parseAddress(address.replace(/%.*/, ''));
    if (!from) return;
    for (const { secondary, progress, watcher } of this.#backups)
      if (!progress.proves(serial) && secondary.from.some((net) => contains(net, unmapped(from))))
        watcher.look();
  }

  views(): readonly BackupView[] {
    const now = this.#parts.clock.elapsed();
    return this.#backups.map(({ secondary, progress, trouble }) => ({
      address: endpointText(secondary.endpoint),
      serial: progress.shown,
      lagMs: rounded(progress.lagMs(now)),
      lastLagMs: rounded(progress.lastLagMs),
      proof: secondary.proof,
      problem: trouble.problem,
    }));
  }

  /** The proof of a batch is asked for before the backups are notified of it, or after; it counts from the first of both. */
  #expect(serial: Serial): void {
    const { newest } = this.#times;
    if (newest !== undefined && !isLater(serial, newest)) return;
    const now = this.#parts.clock.elapsed();
    this.#times.note(serial, now);
    for (const { progress, watcher } of this.#backups) {
      progress.expect(serial, now);
      watcher.expect();
    }
  }

  #missing(serial: Serial): readonly Backup[] {
    return this.#provers.filter(({ progress }) => !progress.proves(serial));
  }

  async #proved(serial: Serial): Promise<void> {
    const { clock, proofTimeoutMs } = this.#parts;
    const waiting = { serial, proved: new AbortController() };
    this.#waiting.add(waiting);
    const sooner = AbortSignal.any([waiting.proved.signal, this.#stop.signal]);
    await clock.sleep(proofTimeoutMs, sooner).catch(() => undefined);
    this.#waiting.delete(waiting);
  }

  #tellWaiting(): void {
    for (const { serial, proved } of this.#waiting) if (this.#missing(serial).length === 0) proved.abort();
  }

  #backupOf(secondary: Secondary): Backup {
    const { log } = this.#parts;
    const progress = new Progress(this.#times);
    const trouble = new Trouble(endpointText(secondary.endpoint), log);
    const parts = { ...this.#parts, secondary, progress, trouble };
    const notifier = new Notifier(parts);
    const watcher = new ProofWatcher({
      ...parts,
      onProgress: () => this.#tellWaiting(),
      onReturn: () => notifier.tryAgain(),
    });
    return { secondary, progress, trouble, notifier, watcher };
  }
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
