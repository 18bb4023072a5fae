import type { Clock } from '../../runtime/clock.ts';
import type { Delivery } from './delivery.ts';
import { signatureHeaders } from './signature.ts';
import { webhookTexts } from './texts.ts';
import type { KeptWebhook } from './webhook-store.ts';

export interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the resolving of the name to the end of the answer. */
  readonly deadlineMs: number;
}

export type Called =
  | { readonly kind: 'answered'; readonly status: number }
  /** The name leads to an address that is not called. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'too-late' };

/** The way out: resolves the name once, calls the address that was checked and no other, follows no redirect. */
export interface Caller {
  post(call: Call, signal: AbortSignal): Promise<Called>;
}

export type Outcome =
  | { readonly kind: 'delivered'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string }
  /** The receiver wants nothing more (RFC 9110 §15.5.11). */
  | { readonly kind: 'gone'; readonly detail: string };

const DEADLINE_MS = 10_000;

/** One try: the body goes out signed, with the time of this very try. */
export async function deliver(
  { url, secret }: KeptWebhook,
  { id, body }: Pick<Delivery, 'id' | 'body'>,
  { caller, clock }: { readonly caller: Caller; readonly clock: Clock },
  signal: AbortSignal,
): Promise<Outcome> {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Porchlight',
    ...signatureHeaders({ id, body, at: clock.now() }, secret),
  };
  return outcomeOf(await caller.post({ url, headers, body, deadlineMs: DEADLINE_MS }, signal));
}

function outcomeOf(called: Called): Outcome {
  const { outcome } = webhookTexts;
  switch (called.kind) {
    case 'answered':
      return judge(called.status);
    case 'refused':
      return { kind: 'failed', detail: outcome.refused(called.why) };
    case 'unreachable':
      return { kind: 'failed', detail: outcome.unreachable(called.why) };
    case 'too-late':
      return { kind: 'failed', detail: outcome.tooLate(DEADLINE_MS / 1_000) };
  }
}

function judge(status: number): Outcome {
  const { outcome } = webhookTexts;
  if (status >= 200 && status < 300) return { kind: 'delivered', detail: outcome.answered(status) };
  if (status === 410) return { kind: 'gone', detail: outcome.gone };
  const isRedirect = status >= 300 && status < 400;
  return { kind: 'failed', detail: isRedirect ? outcome.redirect(status) : outcome.answered(status) };
}
