import type { Instant } from '../../runtime/clock.ts';
import type { Delivery } from './delivery.ts';
import type { Webhook } from './webhook.ts';

export interface KeptWebhook extends Webhook {
  readonly secret: string;
}

/** What waits for a webhook; in order, so that only the oldest has a time. */
export interface Backlog {
  readonly webhook: string;
  readonly pending: number;
  readonly nextAt: Instant;
}

interface StoredWebhooks {
  readonly webhooks: readonly KeptWebhook[];
  readonly backlogs: readonly Backlog[];
  readonly newestDelivery: string | null;
}

/** What was asked to be kept, and the oldest that make room for it. */
export interface NewDeliveries {
  readonly deliveries: readonly Delivery[];
  readonly dropped: ReadonlyMap<Delivery['webhook'], number>;
}

/** Webhooks and deliveries on disk. Promises resolve when it is done there, and reject with StoreUnavailable. */
export interface WebhookStore {
  load(): StoredWebhooks;
  add(webhook: KeptWebhook): Promise<void>;
  /** Its deliveries go with it. */
  remove(id: string): Promise<void>;
  noteHealth(id: string, health: Pick<Webhook, 'failingSince' | 'lastProblem'>): Promise<void>;
  /** Gives how many of the oldest were dropped, by webhook. */
  put(news: NewDeliveries): Promise<NewDeliveries['dropped']>;
  oldest(webhook: string): Delivery | undefined;
  postpone(id: string, attempts: number, nextAt: Instant): Promise<void>;
  /** Gives how many there were: none when it was dropped meanwhile. */
  finish(id: string): Promise<number>;
  finishAll(webhook: string): Promise<number>;
}
