const MOST_TOLD = 20;
const LONGEST_QUOTE = 40;

/** Collects what could not be read; of a file that is wrong from end to end only the first places are told. */
export class Problems {
  readonly #told: string[] = [];
  #more = 0;

  inLine(line: number, what: string): void {
    this.add(`line ${line}: ${what}`);
  }

  atByte(offset: number, what: string): void {
    this.add(`byte ${offset}: ${what}`);
  }

  add(problem: string): void {
    if (this.#told.length < MOST_TOLD) this.#told.push(problem);
    else this.#more++;
  }

  get all(): readonly string[] {
    return this.#more === 0 ? this.#told : [...this.#told, `and ${this.#more} more`];
  }
}

/** A piece of a file as a problem shows it: printable, and not longer than a line. */
export function quoted(text: string): string {
  const short = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text;
  return `"${short.replace(/[^\x20-\x7e]/g, '?')}"`;
}
