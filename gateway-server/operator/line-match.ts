import { parseAddress } from '../../protocol/address.ts';

/** Whether every word of a search stands in a line's text. */
export function matcherOf(search: string): (text: string) => boolean {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(canonical);
  const [only = '', ...more] = words;
  if (more.length === 0) return (text) => text.includes(only);
  return (text) => words.every((word) => text.includes(word));
}

/** An address may be written in many ways (RFC 5952 §2), a name with its final dot. */
function canonical(word: string): string {
  return parseAddress(word) ?? word.replace(/(?<=.)\.$/, '');
}
