import { parseAddress } from '../../protocol/address.ts';
import type { LineBook, LineRecord } from '../line/line-book.ts';
import type { Registry } from '../registry.ts';
import type { IndexEntry } from './line-index.ts';
import { stateOf } from './line-view.ts';

type Matcher = (entry: IndexEntry) => boolean;

/**
 * Whether a line is looked for: every word stands in its id, names or addresses, and its state is the one asked for. The text
 * at hand is looked into first: the book is asked for few of very many lines.
 */
export function matcherOf(registry: Registry, search: string, state: string | null): Matcher {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(canonical);
  const tests = words.map((word) => wordTest(registry.book, word));
  const [only, ...more] = tests;
  const hasWords =
    only && more.length === 0 ? only : (entry: IndexEntry) => tests.every((test) => test(entry));
  if (state === null) return hasWords;
  return (entry) => {
    const record = hasWords(entry) ? registry.book.get(entry.id) : undefined;
    return record !== undefined && stateOf(registry, record) === state;
  };
}

function wordTest(book: LineBook, word: string): Matcher {
  if (!/^[0-9a-f.:]+$/.test(word)) return ({ text }) => text.includes(word);
  return ({ id, text }) => text.includes(word) || isInAddresses(book.get(id), word);
}

/** An address may be written in many ways (RFC 5952 §2), a name with its final dot. */
function canonical(word: string): string {
  return parseAddress(word) ?? word.replace(/(?<=.)\.$/, '');
}

function isInAddresses(record: LineRecord | undefined, word: string): boolean {
  const published = record?.standing.published;
  if (published?.kind !== 'addresses') return false;
  const { ipv4, ipv6 } = published.addresses;
  return ipv4?.includes(word) === true || ipv6?.includes(word) === true;
}
