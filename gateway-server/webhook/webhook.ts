import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { LineNews } from '../line/line-news.ts';

export const WEBHOOK_EVENTS = ['live', 'off-line', 'message'] as const satisfies readonly LineNews['kind'][];
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Somebody's address that is told of news. */
export interface Webhook {
  readonly id: string;
  /** Null: of all lines (the operator's own). */
  readonly line: LineId | null;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly createdAt: Instant;
  /** Since when nothing has got through; null while all is well. */
  readonly failingSince: Instant | null;
  readonly lastProblem: string | null;
}

export type Registering =
  /** The secret signs every delivery (HMAC-SHA-256); told once. */
  | { readonly kind: 'registered'; readonly webhook: Webhook; readonly secret: string }
  | { readonly kind: 'refused'; readonly why: string };

/** Webhooks: signed, retried with back-off, resolved once, never to private or own addresses, never redirected. */
export interface Webhooks {
  list(line: LineId | null): readonly Webhook[];
  register(wish: Pick<Webhook, 'line' | 'url' | 'events'>): Promise<Registering>;
  remove(line: LineId | null, id: string): Promise<boolean>;
  /** Sends a `ping` event now and tells what came of it. */
  test(line: LineId | null, id: string): Promise<{ readonly ok: boolean; readonly detail: string }>;
}
