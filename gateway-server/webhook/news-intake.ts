import type { LineId } from '../../protocol/line-id.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { LineNews } from '../line/line-news.ts';
import { StoreUnavailable } from '../store/store.ts';
import { bodyOf, type Delivery, type DeliveryIds } from './delivery.ts';
import type { DeliveryQueue } from './delivery-queue.ts';

interface Parts {
  readonly queue: Pick<DeliveryQueue, 'put' | 'mostPending'>;
  readonly domainOf: (line: LineId) => string | null;
  readonly ids: DeliveryIds;
  readonly clock: Clock;
  readonly log: Logger;
}

const MOST_A_WRITE = 500;

/** Takes news at once, whatever its number (100,000 lines may fall silent together), and brings it to disk in slices. */
export class NewsIntake {
  readonly #parts: Parts;
  readonly #newsByWebhook = new Map<string, LineNews[]>();
  #writing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  take(webhook: string, news: LineNews): void {
    const waiting = this.#newsByWebhook.get(webhook);
    if (waiting === undefined) this.#newsByWebhook.set(webhook, [news]);
    else waiting.push(news);
    if (waiting !== undefined) this.#bound(webhook, waiting);
    this.#writing ??= this.#writeAll();
  }

  forget(webhook: string): void {
    this.#newsByWebhook.delete(webhook);
  }

  /** Resolves when all that was taken is on disk, or lost and logged. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Cut at twice the bound, so that it is not done for every single one. */
  #bound(webhook: string, waiting: LineNews[]): void {
    const { queue, log } = this.#parts;
    if (waiting.length < 2 * queue.mostPending) return;
    const dropped = waiting.splice(0, waiting.length - queue.mostPending).length;
    log.warn('webhook deliveries dropped', { webhook, count: dropped });
  }

  async #writeAll(): Promise<void> {
    while (this.#newsByWebhook.size > 0) {
      const slice = this.#nextSlice();
      try {
        await this.#parts.queue.put(slice);
      } catch (error) {
        const reason = error instanceof StoreUnavailable ? error.message : String(error);
        this.#parts.log.error('webhook news lost', { count: slice.length, reason });
      }
    }
    this.#writing = null;
  }

  #nextSlice(): readonly Delivery[] {
    const slice: Delivery[] = [];
    for (const [webhook, waiting] of this.#newsByWebhook) {
      const taken = waiting.splice(0, MOST_A_WRITE - slice.length);
      if (waiting.length === 0) this.#newsByWebhook.delete(webhook);
      slice.push(...taken.map((news) => this.#deliveryOf(webhook, news)));
      if (slice.length === MOST_A_WRITE) break;
    }
    return slice;
  }

  #deliveryOf(webhook: string, news: LineNews): Delivery {
    const { ids, clock, domainOf } = this.#parts;
    const now = clock.now();
    const id = ids.next(now);
    return { id, webhook, body: bodyOf(id, news, domainOf(news.line)), attempts: 0, nextAt: now };
  }
}
