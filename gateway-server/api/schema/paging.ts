import { type TSchema, Type } from 'typebox';
import { closed, orNull } from './scalars.ts';

const MOST_ITEMS = 200;
const ITEMS = 50;

/** What every list takes. */
export const PAGING = {
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MOST_ITEMS,
      default: ITEMS,
      description: 'how many items at most',
    }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: 200, description: '`next` of the page before; left out for the first page' }),
  ),
};

export const Paging = closed(PAGING);

/** A page of a list. */
export function listOf<T extends TSchema>(item: T) {
  return closed({
    items: Type.Array(item),
    next: orNull(Type.String({ description: 'the cursor of the next page; null when this is the last' })),
  });
}

export function limitOf({ limit = ITEMS }: { readonly limit?: number }): number {
  return limit;
}
