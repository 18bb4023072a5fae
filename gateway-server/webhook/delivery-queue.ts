import type { Clock, Elapsed } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { Bell } from '../bell.ts';
import type { Outcome } from './caller.ts';
import { type Delivery, waitAfter } from './delivery.ts';
import type { Backlog, WebhookStore } from './webhook-store.ts';

interface Parts {
  readonly store: Pick<WebhookStore, 'put' | 'oldest' | 'postpone' | 'finish' | 'finishAll'>;
  /** Makes one try, and notes at the webhook what came of it. */
  readonly attempt: (delivery: Delivery, signal: AbortSignal) => Promise<Outcome>;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Waiting {
  pending: number;
  dueAt: Elapsed;
  isBusy: boolean;
}

/** Deliveries that one webhook may have waiting. */
const MOST_PENDING = 1_000;
/** Webhooks that are called side by side. */
const MOST_CALLS = 8;
/** After a trouble of our own, such as a full disk. */
const PAUSE_MS = 5_000;
const LONGEST_SLEEP_MS = 3_600_000;

/** Deliveries on disk: in order for each webhook, the oldest again and again until it gets through or is given up. */
export class DeliveryQueue {
  readonly mostPending = MOST_PENDING;
  readonly #parts: Parts;
  readonly #bell: Bell;
  readonly #waitingByWebhook = new Map<string, Waiting>();

  constructor(parts: Parts, backlogs: readonly Backlog[]) {
    this.#parts = parts;
    this.#bell = new Bell(parts.clock);
    for (const { webhook, pending, nextAt } of backlogs) {
      // a wall clock that was set back must not hold up deliveries for longer than any wait
      const waitMs = Math.min(nextAt - parts.clock.now(), 24 * 3_600_000);
      this.#waitingByWebhook.set(webhook, { pending, dueAt: this.#in(waitMs), isBusy: false });
    }
  }

  /** Resolves when they are on disk; beyond the bound the oldest make room. */
  async put(deliveries: readonly Delivery[]): Promise<void> {
    const { store, log } = this.#parts;
    const countByWebhook = new Map<string, number>();
    for (const { webhook } of deliveries) countByWebhook.set(webhook, (countByWebhook.get(webhook) ?? 0) + 1);
    const pendingOf = (webhook: string) => this.#waitingByWebhook.get(webhook)?.pending ?? 0;
    const excess = [...countByWebhook].map(
      ([webhook, count]) => [webhook, pendingOf(webhook) + count - MOST_PENDING] as const,
    );
    const dropped = await store.put({
      deliveries,
      dropped: new Map(excess.filter(([, count]) => count > 0)),
    });
    for (const [webhook, count] of countByWebhook) this.#grow(webhook, count - (dropped.get(webhook) ?? 0));
    for (const [webhook, count] of dropped) log.warn('webhook deliveries dropped', { webhook, count });
    this.#bell.ring();
  }

  forget(webhook: string): void {
    this.#waitingByWebhook.delete(webhook);
  }

  /** Calls until aborted; a call that is cut short by that is made again after the next start. */
  async run(signal: AbortSignal): Promise<void> {
    const calls = new Set<Promise<void>>();
    while (!signal.aborted) {
      for (const webhook of this.#due().slice(0, MOST_CALLS - calls.size)) {
        const call = this.#serve(webhook, signal).finally(() => {
          calls.delete(call);
          this.#bell.ring();
        });
        calls.add(call);
      }
      await this.#bell.wait(this.#sleepMs(calls.size), signal);
    }
    await Promise.allSettled(calls);
  }

  /** Those that may be called now, who waits longest first. */
  #due(): readonly string[] {
    const now = this.#parts.clock.elapsed();
    return [...this.#waitingByWebhook]
      .filter(([, { isBusy, dueAt }]) => !isBusy && dueAt <= now)
      .sort(([, a], [, b]) => a.dueAt - b.dueAt)
      .map(([webhook]) => webhook);
  }

  #sleepMs(calls: number): number {
    if (calls >= MOST_CALLS) return LONGEST_SLEEP_MS;
    const times = [...this.#waitingByWebhook.values()].filter(({ isBusy }) => !isBusy);
    const next = times.reduce((least, { dueAt }) => Math.min(least, dueAt), Number.POSITIVE_INFINITY);
    return Math.max(0, Math.min(LONGEST_SLEEP_MS, next - this.#parts.clock.elapsed()));
  }

  async #serve(webhook: string, signal: AbortSignal): Promise<void> {
    const waiting = this.#waitingByWebhook.get(webhook);
    if (waiting === undefined) return;
    waiting.isBusy = true;
    try {
      await this.#serveOldest(webhook, waiting, signal);
    } catch (error) {
      waiting.dueAt = this.#in(PAUSE_MS);
      if (!signal.aborted)
        this.#parts.log.error('webhook delivery stuck', { webhook, reason: String(error) });
    } finally {
      waiting.isBusy = false;
    }
  }

  async #serveOldest(webhook: string, waiting: Waiting, signal: AbortSignal): Promise<void> {
    const { store, attempt } = this.#parts;
    const delivery = store.oldest(webhook);
    if (delivery === undefined) {
      this.forget(webhook);
      return;
    }
    const outcome = await attempt(delivery, signal);
    // what a stop has cut short says nothing about the receiver
    if (signal.aborted && outcome.kind === 'failed') return;
    if (outcome.kind === 'failed') {
      await this.#retry(delivery, waiting, outcome.detail);
      return;
    }
    waiting.pending -= await (outcome.kind === 'gone' ? store.finishAll(webhook) : store.finish(delivery.id));
    waiting.dueAt = this.#in(0);
  }

  async #retry({ id, webhook, attempts }: Delivery, waiting: Waiting, reason: string): Promise<void> {
    const { store, clock, log } = this.#parts;
    const waitMs = waitAfter(attempts + 1);
    if (waitMs === undefined) {
      waiting.pending -= await store.finish(id);
      waiting.dueAt = this.#in(0);
      log.warn('webhook delivery given up', { webhook, delivery: id, attempts: attempts + 1, reason });
      return;
    }
    await store.postpone(id, attempts + 1, clock.now() + waitMs);
    waiting.dueAt = this.#in(waitMs);
  }

  #grow(webhook: string, count: number): void {
    const waiting = this.#waitingByWebhook.get(webhook);
    if (waiting === undefined) {
      this.#waitingByWebhook.set(webhook, { pending: count, dueAt: this.#in(0), isBusy: false });
    } else {
      waiting.pending += count;
    }
  }

  #in(ms: number): Elapsed {
    return this.#parts.clock.elapsed() + Math.max(0, ms);
  }
}
