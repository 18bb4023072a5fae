/** A piece of HTML that is safe to send as it stands. Only `html` makes it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand between the pieces of a template; null and false leave nothing. */
export type Piece = Markup | string | number | null | false | readonly Piece[];

/** Template tag: everything that is put in is escaped, except Markup. Attributes must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  let text = strings[0] ?? '';
  for (const [index, piece] of pieces.entries()) text += textOf(piece) + (strings[index + 1] ?? '');
  return new Markup(text);
}

const UNSAFE = /[&<>"']/;

function textOf(piece: Piece): string {
  if (typeof piece === 'string') return UNSAFE.test(piece) ? escaped(piece) : piece;
  if (piece instanceof Markup) return piece.text;
  if (piece === null || piece === false) return '';
  return typeof piece === 'object' ? piece.map(textOf).join('') : String(piece);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
