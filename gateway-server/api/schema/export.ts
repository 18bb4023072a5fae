import { Type } from 'typebox';
import { OwnLine, Span } from './line.ts';
import { Message } from './message.ts';
import { Offer, Page } from './page.ts';
import { closed, Time } from './scalars.ts';
import { Webhook } from './webhook.ts';

/** Everything that the gateway holds of a line, but its secrets. */
export const Export = closed({
  at: Time,
  line: OwnLine,
  page: Page,
  offers: Type.Array(Offer),
  messages: Type.Array(Message),
  offLineSpans: Type.Array(Span),
  webhooks: Type.Array(Webhook),
});
