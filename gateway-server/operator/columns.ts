/** Aligned text for a terminal. */

/** The width that every terminal has. */
const WIDTH = 80;

/** Two columns: what, and how it is. What is too long goes on below itself. */
export function pairs(rows: readonly (readonly [string, string])[]): string {
  const start = Math.max(0, ...rows.map(([what]) => what.length)) + 2;
  const lines = rows.map(([what, how]) => `${what.padEnd(start)}${wrapped(how, start)}`.trimEnd());
  return lines.join('\n');
}

/** A table under its headings. */
export function tableText(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return aligned([headings, ...rows]);
}

/** "1 update", "2 updates". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The text in lines that fit; all but the first begin at `indent`, where the first is taken to stand already. */
export function wrapped(text: string, indent: number): string {
  const room = Math.max(20, WIDTH - indent);
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
