import type { LogLine } from '../support/lab/program-log.ts';
import { BLOCKS, type Block } from './blocks.ts';

/** Gathers, for each block, whether its log line was seen and its assertion held in this run. */
export class Ledger {
  readonly #logged = new Set<number>();
  readonly #proved = new Map<number, string>();

  /** Notes the blocks that a program has logged. */
  read(lines: readonly LogLine[]): void {
    for (const { block } of lines) if (typeof block === 'number') this.#logged.add(block);
  }

  /** Notes that what these blocks promise was seen from outside; throws when it was not. */
  prove(what: string, held: boolean, ...blocks: readonly number[]): void {
    if (!held) throw new Error(`not so: ${what} (blocks ${blocks.join(', ')})`);
    for (const block of blocks) this.#proved.set(block, what);
  }

  get shown(): readonly Block[] {
    return BLOCKS.filter(({ number }) => this.#logged.has(number) && this.#proved.has(number));
  }

  /** The table, a line a block. */
  table(): string {
    const width = Math.max(...BLOCKS.map(({ does }) => does.length));
    const fileWidth = Math.max(...BLOCKS.map(({ file }) => file.length));
    return BLOCKS.map(({ figure, number, does, file, test }) => {
      const logged = this.#logged.has(number);
      const proved = this.#proved.get(number);
      const tick = logged && proved !== undefined ? '✓' : '✗';
      const missing = tick === '✓' ? '' : `  MISSING: ${logged ? 'assertion' : 'log line'}`;
      return `${tick} ${figure}:${number}  ${does.padEnd(width)}  ${file.padEnd(fileWidth)}  ${test}${missing}`;
    }).join('\n');
  }
}
