import type { ByteRange } from '../subscriber/content.ts';

export type Wanted =
  | { readonly kind: 'all' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' };

/** RFC 9110 §14.2: one range of bytes; several, other units and what cannot be read are taken for a wish for all. */
export function wantedOf(header: string | null, bytes: number): Wanted {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.replaceAll(' ', '') ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (!match || (from === '' && to === '')) return { kind: 'all' };
  const first = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return { kind: 'all' };
  return first > last ? { kind: 'unsatisfiable' } : { kind: 'part', range: { first, last } };
}
