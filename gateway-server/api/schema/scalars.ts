import { type TSchema, Type } from 'typebox';
import type { Instant } from '../../../runtime/clock.ts';

/** A moment, as RFC 3339 writes it. */
export const Time = Type.String({ format: 'date-time', examples: ['2026-03-01T14:02:11.000Z'] });

export function timeOf(instant: Instant): string {
  return new Date(instant).toISOString();
}

export function timeOrNull(instant: Instant | null): string | null {
  return instant === null ? null : timeOf(instant);
}

export function orNull<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** An object that refuses fields which it does not name. */
export function closed<P extends Record<string, TSchema>>(properties: P, description?: string) {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
}

/** One word out of a list. */
export function oneOf<const W extends readonly string[]>(words: W) {
  return Type.Unsafe<W[number]>({ type: 'string', enum: [...words] });
}

export const Count = Type.Integer({ minimum: 0 });

export const LineIdText = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,31}$',
  description: 'the id of a line',
  examples: ['alice'],
});

/** Ids that the gateway has drawn. */
export const DrawnId = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' });
