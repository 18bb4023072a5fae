import type { LineId } from '../../protocol/line-id.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Random } from '../answering/form-seal.ts';
import { RateLimit } from '../answering/rate-limit.ts';
import type { LineNews, LineWitness } from '../line/line-news.ts';
import type { Reach } from '../outbound/reach.ts';
import { StoreUnavailable } from '../store/store.ts';
import { type Caller, deliver, type Outcome } from './caller.ts';
import { bodyOf, type Delivery, DeliveryIds } from './delivery.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { NewsIntake } from './news-intake.ts';
import { newSecret } from './signature.ts';
import { webhookTexts } from './texts.ts';
import { type Registering, WEBHOOK_EVENTS, type Webhook, type Webhooks } from './webhook.ts';
import { WebhookBook } from './webhook-book.ts';
import type { KeptWebhook, WebhookStore } from './webhook-store.ts';
import { readWebhookUrl } from './webhook-url.ts';

export interface WebhookParts {
  readonly store: WebhookStore;
  readonly caller: Caller;
  readonly reach: Reach;
  readonly domainOf: (line: LineId) => string | null;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: Logger;
}

const MOST_OF_A_LINE = 5;
const MOST_OF_THE_OPERATOR = 20;
const TESTS = [{ most: 6, windowMs: 60_000 }];
const ID_BYTES = 9;

/** The webhooks of the lines and of the operator, kept on disk with all that they are still to be told. */
export class KeptWebhooks implements Webhooks, LineWitness {
  readonly #parts: WebhookParts;
  readonly #book: WebhookBook;
  readonly #queue: DeliveryQueue;
  readonly #intake: NewsIntake;
  readonly #ids: DeliveryIds;
  readonly #tests: RateLimit;

  constructor(parts: WebhookParts) {
    const { store, clock, log, domainOf, random } = parts;
    const { webhooks, backlogs, newestDelivery } = store.load();
    this.#parts = parts;
    this.#book = new WebhookBook(webhooks);
    const attempt = (delivery: Delivery, signal: AbortSignal) => this.#attempt(delivery, signal);
    this.#ids = new DeliveryIds(random, newestDelivery);
    this.#queue = new DeliveryQueue({ store, attempt, clock, log }, backlogs);
    this.#intake = new NewsIntake({ queue: this.#queue, domainOf, ids: this.#ids, clock, log });
    this.#tests = new RateLimit(TESTS, clock);
  }

  list(line: LineId | null): readonly Webhook[] {
    return this.#book.of(line).map(({ secret, ...webhook }) => webhook);
  }

  async register({ line, url, events }: Pick<Webhook, 'line' | 'url' | 'events'>): Promise<Registering> {
    const { refused } = webhookTexts;
    const read = readWebhookUrl(url, this.#parts.reach);
    if (read.kind === 'refused') return read;
    const wanted = WEBHOOK_EVENTS.filter((event) => events.includes(event));
    if (wanted.length === 0) return { kind: 'refused', why: refused.events };
    const most = line === null ? MOST_OF_THE_OPERATOR : MOST_OF_A_LINE;
    if (this.#book.of(line).length >= most) return { kind: 'refused', why: refused.tooMany(most) };
    const { secret, ...webhook } = this.#newWebhook(line, read.url, wanted);
    const isKept = await this.#store({ secret, ...webhook });
    return isKept ? { kind: 'registered', webhook, secret } : { kind: 'refused', why: refused.unavailable };
  }

  async remove(line: LineId | null, id: string): Promise<boolean> {
    const webhook = this.#book.find(line, id);
    if (webhook === undefined) return false;
    await this.#parts.store.remove(id);
    this.#drop(webhook);
    return true;
  }

  async test(line: LineId | null, id: string): Promise<{ readonly ok: boolean; readonly detail: string }> {
    const { outcome } = webhookTexts;
    const { clock, domainOf } = this.#parts;
    const webhook = this.#book.find(line, id);
    if (webhook === undefined) return { ok: false, detail: outcome.unknown };
    const waitMs = this.#tests.waitMs(id);
    if (waitMs > 0) return { ok: false, detail: outcome.tooOften(Math.ceil(waitMs / 1_000)) };
    this.#tests.count(id);
    const ping = { id: this.#ids.next(clock.now()), at: clock.now() };
    const body = bodyOf(ping.id, { kind: 'ping', line, at: ping.at }, line === null ? null : domainOf(line));
    const signal = new AbortController().signal;
    const { kind, detail } = await this.#call(webhook, { id: ping.id, body }, signal);
    return { ok: kind === 'delivered', detail };
  }

  sees(news: LineNews): void {
    for (const owner of [news.line, null]) {
      for (const { id, events } of this.#book.of(owner)) {
        if (events.includes(news.kind)) this.#intake.take(id, news);
      }
    }
  }

  /** After the line was removed: the store has forgotten its webhooks with it. */
  forget(line: LineId): void {
    for (const webhook of this.#book.of(line)) this.#drop(webhook);
  }

  /** Delivers until aborted; what is left goes on after the next start. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#queue.run(signal);
    await this.#intake.settled();
  }

  async #store(webhook: KeptWebhook): Promise<boolean> {
    // counted before it is on disk, so that two at once do not pass the bound together
    this.#book.put(webhook);
    try {
      await this.#parts.store.add(webhook);
      return true;
    } catch (error) {
      this.#drop(webhook);
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#parts.log.error('webhook could not be kept', { reason: error.message });
      return false;
    }
  }

  async #attempt(delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    const webhook = this.#book.get(delivery.webhook);
    if (webhook === undefined) return { kind: 'gone', detail: webhookTexts.outcome.unknown };
    const outcome = await this.#call(webhook, delivery, signal);
    if (!signal.aborted) await this.#noteHealth(webhook, outcome);
    return outcome;
  }

  async #call(
    webhook: KeptWebhook,
    delivery: Pick<Delivery, 'id' | 'body'>,
    signal: AbortSignal,
  ): Promise<Outcome> {
    try {
      return await deliver(webhook, delivery, this.#parts, signal);
    } catch (error) {
      if (signal.aborted) return { kind: 'failed', detail: webhookTexts.outcome.stopping };
      this.#parts.log.error('webhook could not be called', { webhook: webhook.id, reason: String(error) });
      return { kind: 'failed', detail: webhookTexts.outcome.broken };
    }
  }

  async #noteHealth(webhook: KeptWebhook, { kind, detail }: Outcome): Promise<void> {
    const { store, clock, log } = this.#parts;
    const isWell = kind === 'delivered';
    const health = isWell
      ? { failingSince: null, lastProblem: null }
      : { failingSince: webhook.failingSince ?? clock.now(), lastProblem: detail };
    if (health.lastProblem === webhook.lastProblem) return;
    if (isWell || webhook.failingSince === null) {
      log.info(isWell ? 'webhook gets through again' : 'webhook does not get through', {
        webhook: webhook.id,
        line: webhook.line,
        detail,
      });
    }
    if (this.#book.get(webhook.id) !== undefined) this.#book.put({ ...webhook, ...health });
    await store.noteHealth(webhook.id, health);
  }

  #newWebhook(line: LineId | null, url: string, events: Webhook['events']): KeptWebhook {
    const { random, clock } = this.#parts;
    const id = `hook_${Buffer.from(random(ID_BYTES)).toString('hex')}`;
    const health = { failingSince: null, lastProblem: null };
    return { id, line, url, events, createdAt: clock.now(), ...health, secret: newSecret(random) };
  }

  #drop(webhook: KeptWebhook): void {
    this.#book.remove(webhook);
    this.#intake.forget(webhook.id);
    this.#queue.forget(webhook.id);
  }
}
