const MARGIN = 9;
const WIDTH = 100;

/** Tells a story on a terminal: what happens, when, and the real commands with their real output below. */
export class Narrator {
  readonly #write: (text: string) => void;
  readonly #startedAt = performance.now();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  title(lines: readonly string[]): void {
    this.#write(`\n${lines.join('\n')}\n`);
  }

  /** A paragraph with the time since the start in its margin. */
  tell(text: string): void {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(1);
    const [first = '', ...rest] = wrapped(text, WIDTH - MARGIN);
    this.#write(`\n${`${seconds} s`.padStart(MARGIN - 2)}  ${first}\n`);
    for (const line of rest) this.#write(`${' '.repeat(MARGIN)}${line}\n`);
  }

  /** A command as it was run, and what it printed. */
  show(command: string, output: string): void {
    const indent = ' '.repeat(MARGIN + 2);
    this.#write(`${indent}$ ${command}\n`);
    for (const line of output.trimEnd().split('\n')) this.#write(`${indent}${line}\n`);
  }
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
