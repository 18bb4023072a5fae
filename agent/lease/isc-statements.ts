import { parseIpv4 } from '../../protocol/address.ts';
import { tokensOf } from './isc-tokens.ts';
import { Problems } from './problems.ts';

/** One statement of ISC's lease files: words up to a semicolon, or words before a block. */
export interface Statement {
  readonly words: readonly string[];
  readonly line: number;
  readonly block: readonly Statement[] | null;
}

export interface IscText {
  readonly statements: readonly Statement[];
  readonly problems: Problems;
  readonly isUnfinished: boolean;
}

interface OpenBlock {
  readonly words: readonly string[];
  readonly line: number;
  readonly inside: Statement[];
}

/** Reads the blocks of dhclient.leases(5) and dhcpd.leases(5), whatever stands in them. */
export function parseIsc(text: string): IscText {
  const reader = new StatementReader();
  for (const { kind, text: word, line } of tokensOf(text)) {
    if (kind === 'word') reader.word(word, line);
    else reader.sign(kind);
  }
  return reader.end();
}

/** Walks the tokens with a finger on each open block. */
class StatementReader {
  readonly #problems = new Problems();
  readonly #statements: Statement[] = [];
  #open: OpenBlock[] = [];
  #words: string[] = [];
  #line = 1;

  word(text: string, line: number): void {
    if (this.#words.length === 0) this.#line = line;
    this.#words.push(text);
  }

  sign(kind: '{' | '}' | ';'): void {
    if (kind === '{') {
      this.#begin();
      return;
    }
    if (this.#words.length > 0) this.#add({ words: this.#words, line: this.#line, block: null });
    this.#words = [];
    if (kind === '}') this.#close();
  }

  end(): IscText {
    const torn = this.#open[0];
    const isUnfinished = torn !== undefined || this.#words.length > 0;
    if (isUnfinished) this.#problems.inLine(torn?.line ?? this.#line, 'the last block is not finished');
    return { statements: this.#statements, problems: this.#problems, isUnfinished };
  }

  #begin(): void {
    const outer = this.#open[0];
    const words = leaseWords(this.#words, outer);
    if (outer && words) {
      // a new lease inside another: the writer of the one before never finished
      this.#problems.inLine(outer.line, 'this block was never finished');
      this.#open = [];
    }
    this.#open.push({ words: words ?? this.#words, line: this.#line, inside: [] });
    this.#words = [];
  }

  #close(): void {
    const closed = this.#open.pop();
    if (closed) this.#add({ words: closed.words, line: closed.line, block: closed.inside });
  }

  #add(statement: Statement): void {
    (this.#open.at(-1)?.inside ?? this.#statements).push(statement);
  }
}

/** The words that begin a lease of its own, whatever a torn statement has left before them; null when none does. */
function leaseWords(words: readonly string[], outer: OpenBlock | undefined): readonly string[] | null {
  const [before = '', last = ''] = words.length > 1 ? words.slice(-2) : ['', ...words];
  if (last === 'lease' || last === 'lease6') return [last];
  if (before === 'lease' && parseIpv4(last)) return [before, last];
  // inside lease6 it belongs to the client's lease
  const isOutermost = !outer || outer.words[0]?.startsWith('ia-');
  return isOutermost && before.startsWith('ia-') ? [before, last] : null;
}
