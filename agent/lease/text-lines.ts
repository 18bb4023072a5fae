/** One line of a file, without its end. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
  /** False for a last line without a line feed, which may be half of one that is being written. */
  readonly isWhole: boolean;
}

/** The lines of a text that say something. */
export function* linesOf(text: string): Generator<TextLine> {
  let number = 1;
  for (let start = 0; start < text.length; number++) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? undefined : end).trim();
    if (line !== '') yield { number, text: line, isWhole: end >= 0 };
    start = end < 0 ? text.length : end + 1;
  }
}
