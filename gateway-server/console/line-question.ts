import { LINE_SORTS } from '../operator/line-order.ts';
import type { LineWish } from '../operator/line-pages.ts';
import type { LineState } from '../operator/line-view.ts';
import { texts } from './texts.ts';

export interface LineQuestion extends LineWish {
  /** From 0. */
  readonly page: number;
}

const LONGEST_SEARCH = 200;

export const STATES = Object.keys(texts.states) as readonly LineState[];

/** What the address of the page asks for; what cannot be understood is left out. */
export function questionIn(query: URLSearchParams): LineQuestion {
  const page = Number(query.get('page') ?? 1);
  return {
    search: (query.get('q') ?? '').trim().slice(0, LONGEST_SEARCH),
    state: STATES.find((state) => state === query.get('state')) ?? null,
    sort: LINE_SORTS.find((sort) => sort === query.get('sort')) ?? 'id',
    isDescending: query.get('order') === 'down',
    page: Number.isSafeInteger(page) && page > 0 ? page - 1 : 0,
  };
}

/** The address of a page that asks for this. */
export function linesPath(question: LineQuestion, change: Partial<LineQuestion> = {}): string {
  const { search, state, sort, isDescending, page } = { ...question, ...change };
  const query = new URLSearchParams();
  if (search !== '') query.set('q', search);
  if (state !== null) query.set('state', state);
  if (sort !== 'id') query.set('sort', sort);
  if (isDescending) query.set('order', 'down');
  if (page > 0) query.set('page', String(page + 1));
  return query.size === 0 ? '/lines' : `/lines?${query}`;
}
