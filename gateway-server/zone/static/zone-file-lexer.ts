/** A word or a string in quotes as it stands in a zone file, its escapes untouched. */
export interface Token {
  readonly raw: string;
  readonly isQuoted: boolean;
}

/** What a zone file says in one line, or in several between parentheses. */
export interface Entry {
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** It begins with a blank: its owner is that of the entry before (RFC 1035 §5.1). */
  readonly isContinued: boolean;
  readonly tokens: readonly Token[];
}

/** Something wrong in a zone file. */
export interface ZoneFileMistake {
  readonly line: number;
  readonly text: string;
}

export interface Lexed {
  readonly entries: readonly Entry[];
  readonly mistakes: readonly ZoneFileMistake[];
}

const BLANK = String.raw`[^\S\n]+|;[^\n]*`;
// one character at a time: a repeat within a repeat takes for ever over a quote that is never closed
const QUOTED = String.raw`"(?<quoted>(?:[^"\\\n]|\\[^\n])*)"`;
const WORD = String.raw`(?<word>(?:[^\s;()"\\]|\\[^\n])+)`;
const PIECES = new RegExp(String.raw`${BLANK}|${QUOTED}|${WORD}|(?<mark>[\n()])|(?<stray>["\\][^\n]*)`, 'g');
const BLANK_START = /^[^\S\n]/;

/** Cuts a zone file into its entries (RFC 1035 §5.1). */
export function lexZoneFile(text: string): Lexed {
  const lexer = new Lexer(text.replace(/^\u{feff}/u, ''));
  return lexer.lexed();
}

class Lexer {
  readonly #text: string;
  readonly #entries: Entry[] = [];
  readonly #mistakes: ZoneFileMistake[] = [];
  #tokens: Token[] = [];
  #line = 1;
  #startLine = 1;
  #startAt = 0;
  /** The line of the parenthesis that is open; 0 when none is. */
  #openedIn = 0;

  constructor(text: string) {
    this.#text = text;
  }

  lexed(): Lexed {
    for (const { index, 0: piece, groups = {} } of this.#text.matchAll(PIECES)) {
      const { quoted, word, mark, stray } = groups;
      if (quoted !== undefined) this.#tokens.push({ raw: quoted, isQuoted: true });
      if (word !== undefined) this.#tokens.push({ raw: word, isQuoted: false });
      if (mark !== undefined) this.#takeMark(mark, index + piece.length);
      if (stray !== undefined) this.#takeStray(stray);
    }
    if (this.#openedIn > 0)
      this.#note(this.#openedIn, 'a parenthesis is opened and never closed: end the record with ")"');
    this.#endEntry(this.#text.length);
    return { entries: this.#entries, mistakes: this.#mistakes };
  }

  #takeMark(mark: string, end: number): void {
    if (mark === '(') this.#open();
    if (mark === ')') this.#close();
    if (mark !== '\n') return;
    this.#line += 1;
    if (this.#openedIn === 0) this.#endEntry(end);
  }

  #open(): void {
    if (this.#openedIn > 0) this.#note(this.#line, 'a parenthesis stands inside another: one pair is enough');
    else this.#openedIn = this.#line;
  }

  #close(): void {
    if (this.#openedIn === 0) this.#note(this.#line, 'a parenthesis is closed that was never opened');
    this.#openedIn = 0;
  }

  #takeStray(stray: string): void {
    const isString = stray.startsWith('"');
    this.#note(
      this.#line,
      isString
        ? 'a string is not closed: end it with a quotation mark on the same line'
        : 'a backslash ends the line: write \\\\ for a backslash',
    );
    this.#tokens = [];
  }

  #endEntry(end: number): void {
    const isContinued = BLANK_START.test(this.#text.slice(this.#startAt, this.#startAt + 1));
    if (this.#tokens.length > 0)
      this.#entries.push({ line: this.#startLine, isContinued, tokens: this.#tokens });
    this.#tokens = [];
    this.#startAt = end;
    this.#startLine = this.#line;
  }

  #note(line: number, text: string): void {
    this.#mistakes.push({ line, text });
  }
}
