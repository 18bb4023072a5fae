import { Type } from 'typebox';
import { Count, closed, oneOf, orNull, Time } from './scalars.ts';

const Recording = closed({
  kind: oneOf(['voice', 'video']),
  mediaType: Type.String({ examples: ['audio/webm'] }),
  bytes: Count,
  href: Type.String({ description: 'where it is fetched', examples: ['/api/v1/messages/7/recording'] }),
});

export const Message = closed({
  number: Type.Integer({ minimum: 1 }),
  at: Time,
  name: Type.String(),
  contact: Type.String(),
  text: Type.String(),
  recording: orNull(Recording),
  readAt: orNull(Time),
});

export const MessageNumber = closed({
  number: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
});
