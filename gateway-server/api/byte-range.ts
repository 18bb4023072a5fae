import type { ByteRange } from '../subscriber/content.ts';

/**
 * What a Range header asks for of `size` bytes (RFC 9110 §14.2): null for everything, as also for several ranges and for
 * what cannot be read, which the RFC lets a server pass over.
 */
export function rangeOf(header: string | null, size: number): ByteRange | null | 'not-satisfiable' {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (!match || (from === '' && to === '')) return null;
  if (from === '') return lastBytes(Number(to), size);
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return null;
  return first >= size ? 'not-satisfiable' : { first, last };
}

function lastBytes(count: number, size: number): ByteRange | 'not-satisfiable' {
  return count === 0 || size === 0 ? 'not-satisfiable' : { first: Math.max(0, size - count), last: size - 1 };
}
