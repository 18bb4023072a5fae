import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { LeaseFormat } from './lease/formats.ts';
import { type FileSeen, LeaseNews } from './lease-news.ts';
import { type Claim, type InterfaceSeen, LeaseWatch, type WanChange, type WanWatch } from './lease-watch.ts';

export interface WanPreferenceParts {
  /** The best one first. */
  readonly interfaces: readonly [string, ...string[]];
  readonly format: LeaseFormat | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Reads an interface again at once. */
  readonly refresh: (name: string) => void;
}

interface Candidate {
  readonly name: string;
  readonly watch: LeaseWatch;
}

/** A better line that comes and goes would take the name with it each time. */
const RETURN_SETTLES_MS = 5_000;

/** Several lines to the Internet: claims the address of the first interface that can be used, and of no other. */
export class WanPreference implements WanWatch {
  readonly #parts: WanPreferenceParts;
  readonly #signal: AbortSignal;
  readonly #news: LeaseNews;
  readonly #candidates: readonly Candidate[];
  readonly #listeners = new Set<(change: WanChange) => void>();
  /** Nothing is said of an interface before it has been looked at for the first time. */
  readonly #looked = new Set<string>();
  #used: Candidate;
  #returning: { readonly to: Candidate; readonly settling: AbortController } | null = null;

  constructor(parts: WanPreferenceParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
    this.#news = new LeaseNews(parts);
    const [first, ...others] = parts.interfaces;
    this.#used = this.#candidate(first);
    this.#candidates = [this.#used, ...others.map((name) => this.#candidate(name))];
    for (const candidate of this.#candidates)
      candidate.watch.subscribe((change) => this.#changed(candidate, change));
  }

  get claim(): Claim {
    return this.#used.watch.claim;
  }

  get lossReason(): string {
    return this.#used.watch.lossReason;
  }

  subscribe(listener: (change: WanChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  interfaceSeen(name: string, seen: InterfaceSeen): void {
    this.#looked.add(name);
    this.#candidates.find((candidate) => candidate.name === name)?.watch.interfaceSeen(seen);
    this.#choose();
  }

  fileSeen(seen: FileSeen): void {
    if (!this.#news.take(seen)) return;
    for (const { watch } of this.#candidates) watch.leasesTold();
  }
  #candidate(name: string): Candidate {
    const { clock, refresh } = this.#parts;
    const parts = { interface: name, news: this.#news, clock, refresh: () => refresh(name) };
    return { name, watch: new LeaseWatch(parts, this.#signal) };
  }

  #changed(candidate: Candidate, change: WanChange): void {
    const before = this.#used;
    this.#choose();
    if (candidate === before && before === this.#used) this.#tell(change);
  }

  /** Away from an interface that cannot be used at once; back to a better one when that has lasted. */
  #choose(): void {
    const best = this.#candidates.find(({ watch }) => watch.isUsable);
    if (!best || best === this.#used) this.#stay();
    else if (this.#used.watch.isUsable) this.#settle(best);
    else if (this.#hasLookedAtBetter(best)) this.#use(best);
  }

  #hasLookedAtBetter(than: Candidate): boolean {
    return this.#candidates
      .slice(0, this.#candidates.indexOf(than))
      .every(({ name }) => this.#looked.has(name));
  }

  #stay(): void {
    this.#returning?.settling.abort();
    this.#returning = null;
  }

  #settle(to: Candidate): void {
    if (this.#returning?.to === to) return;
    this.#stay();
    const settling = new AbortController();
    this.#returning = { to, settling };
    const signal = AbortSignal.any([this.#signal, settling.signal]);
    this.#parts.clock.sleep(RETURN_SETTLES_MS, signal).then(
      () => this.#use(to),
      () => undefined,
    );
  }

  #use(next: Candidate): void {
    this.#stay();
    this.#parts.log.info('another interface is used', { interface: next.name, before: this.#used.name });
    this.#used = next;
    this.#tell('claim');
  }

  #tell(change: WanChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}
