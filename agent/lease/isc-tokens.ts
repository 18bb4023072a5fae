/** A piece of ISC's lease files, with the line on which it begins. */
export interface Token {
  readonly kind: 'word' | '{' | '}' | ';';
  readonly text: string;
  readonly line: number;
}

const BLANK = /[^\S\n]+|#[^\n]*/y;
const BARE = /[^\s{};"#]+/y;
const PLAIN = /[^"\\\n]+/y;
const SIGNS = new Set(['{', '}', ';']);

/** Splits the text of ISC's lease files in one pass. Braces and semicolons inside quotes are no signs. */
export function* tokensOf(text: string): Generator<Token> {
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const blank = matchAt(BLANK, text, at).length;
    const sign = text.charAt(at);
    if (sign === '\n') line++;
    if (blank > 0 || sign === '\n') {
      at += Math.max(blank, 1);
      continue;
    }
    const piece = isSign(sign) ? { kind: sign, text: sign, length: 1 } : wordAt(text, at);
    yield { kind: piece.kind, text: piece.text, line };
    at += piece.length;
  }
}

type Sign = '{' | '}' | ';';

interface Piece {
  readonly kind: Token['kind'];
  readonly text: string;
  /** In the file, quotes and all. */
  readonly length: number;
}

function isSign(text: string): text is Sign {
  return SIGNS.has(text);
}

function wordAt(text: string, at: number): Piece {
  if (text.charAt(at) === '"') return stringAt(text, at);
  const bare = matchAt(BARE, text, at);
  return { kind: 'word', text: bare, length: bare.length };
}

/** `\"`, `\\` and three octal digits. The writers break no string over lines: one that the line ends was never finished. */
function stringAt(text: string, start: number): Piece {
  const pieces: string[] = [];
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"' && text.charAt(at) !== '\n') {
    const piece =
      text.charAt(at) === '\\' ? text.slice(at, at + escapeLength(text, at)) : matchAt(PLAIN, text, at);
    pieces.push(piece.startsWith('\\') ? unescaped(piece) : piece);
    at += piece.length;
  }
  const isClosed = text.charAt(at) === '"';
  return { kind: 'word', text: pieces.join(''), length: at - start + (isClosed ? 1 : 0) };
}

function escapeLength(text: string, at: number): number {
  if (/^[0-7]{3}$/.test(text.slice(at + 1, at + 4))) return 4;
  return text.charAt(at + 1) === '\n' ? 1 : 2;
}

function unescaped(piece: string): string {
  return piece.length === 4 ? String.fromCharCode(Number.parseInt(piece.slice(1), 8)) : piece.slice(1);
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.test(text) ? text.slice(at, pattern.lastIndex) : '';
}
