import { Type } from 'typebox';
import { WEBHOOK_EVENTS } from '../../webhook/webhook.ts';
import { closed, DrawnId, oneOf, orNull, Time } from './scalars.ts';

const WISH = {
  url: Type.String({ minLength: 1, maxLength: 2_000, examples: ['https://hooks.example.com/porchlight'] }),
  events: Type.Array(oneOf(WEBHOOK_EVENTS), { minItems: 1, maxItems: 3, uniqueItems: true }),
};

export const NewWebhook = closed(WISH);

const WEBHOOK = {
  id: DrawnId,
  ...WISH,
  createdAt: Time,
  failingSince: orNull(Time),
  lastProblem: orNull(Type.String()),
};

export const Webhook = closed(WEBHOOK);

export const WebhookWithSecret = closed({
  ...WEBHOOK,
  secret: Type.String({ description: 'signs every delivery; told this once' }),
});

export const WebhookId = closed({ id: DrawnId });

export const WebhookTest = closed({ ok: Type.Boolean(), detail: Type.String() });
