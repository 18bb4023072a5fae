import { Type } from 'typebox';
import { closed } from './scalars.ts';

/** RFC 9457: what went wrong, in plain words. */
export const Problem = closed(
  {
    type: Type.Literal('about:blank'),
    title: Type.String({ description: "the status' own words", examples: ['Not Found'] }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ examples: ['There is no message 7.'] }),
    mistakes: Type.Optional(
      Type.Array(
        closed({
          at: Type.String({ description: 'which part of the request', examples: ['body/names/0'] }),
          problem: Type.String({ examples: ['must be string'] }),
        }),
      ),
    ),
  },
  'What went wrong (RFC 9457).',
);
