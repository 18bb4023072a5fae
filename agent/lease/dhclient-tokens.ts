export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: '{' }
  | { readonly kind: '}' }
  | { readonly kind: ';' };

/** White space; `# ...` to the end of the line; one sign; a closed string; an unclosed one, which is all that is left; a bare word. */
const PIECE = /\s+|#[^\n]*|([{};])|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|("[\s\S]*|[^\s{};"#]+)/gy;

/** Splits the text of ISC's lease files. Braces and semicolons inside quotes are no signs. */
export function* tokensOf(text: string): Generator<Token> {
  for (const match of text.matchAll(PIECE)) {
    const [, sign, quoted, bare] = match;
    if (sign === '{' || sign === '}' || sign === ';') yield { kind: sign };
    if (quoted !== undefined) yield { kind: 'word', text: unescaped(quoted) };
    if (bare !== undefined) yield { kind: 'word', text: bare };
  }
}

/** `\"`, `\\` and three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3}|[\s\S])/g, (_, code: string) =>
    /^[0-7]{3}$/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : code,
  );
}
