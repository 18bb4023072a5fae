import type { Line } from '../line/line.ts';
import { CommandError } from './desk.ts';
import type { ImportRow } from './line-commands.ts';

/** Lines as a table that every spreadsheet reads and writes (RFC 4180). What `line export` prints, `line import` takes. */

const COLUMNS = ['id', 'domain', 'names', 'secret', 'secret_hash', 'suspended', 'words'] as const;
type Column = (typeof COLUMNS)[number];
type Cells = Readonly<Partial<Record<Column, string>>>;

interface CsvRecord {
  readonly cells: readonly string[];
  /** The line of the file on which it begins, from 1. */
  readonly row: number;
}

const CELL = /(?:[ \t]*"((?:[^"]|"")*)"[ \t]*|([^",\r\n]*))(,|\r?\n|\r|$)/y;

/**
 * Reads one line a row. Without a header the columns are id, domain, names, secret; names are separated by spaces, "-" for a
 * domain means none, and empty rows are passed over.
 */
export function parseCsvLines(text: string): ImportRow[] {
  const records = recordsOf(text.replace(/^\uFEFF/, '')).filter(({ cells }) =>
    cells.some((cell) => cell !== ''),
  );
  const [first] = records;
  const header = first?.cells.map((cell) => cell.toLowerCase());
  const hasHeader = header?.includes('id') === true;
  const columns = hasHeader ? columnsOf(header) : COLUMNS.slice(0, 4);
  const rows = hasHeader ? records.slice(1) : records;
  const wide = rows.filter(({ cells }) => cells.length > columns.length).map(({ row }) => row);
  if (wide.length > 0)
    throw notImported(`row ${wide.join(', ')}: more cells than the columns ${columns.join(',')}`);
  return rows.map(({ cells, row }) =>
    importRow(Object.fromEntries(cells.map((cell, index) => [columns[index], cell])), row),
  );
}

/** Every line with its secret's hash; the secrets themselves nobody knows. */
export function csvOfLines(lines: readonly Line[]): string {
  const rows = lines.map(({ id, domain, names, secretHash, suspended, words }) => [
    id,
    domain ?? '-',
    names.join(' '),
    '',
    secretHash,
    suspended ? 'yes' : '',
    words,
  ]);
  return [COLUMNS, ...rows].map((cells) => cells.map(cellText).join(',')).join('\n');
}

function importRow(cells: Cells, row: number): ImportRow {
  const {
    id = '',
    domain = '',
    names = '',
    secret = '',
    secret_hash = '',
    suspended = '',
    words = '',
  } = cells;
  return {
    row,
    id,
    domain: domain === '' || domain === '-' ? null : domain,
    hasDomain: domain !== '-',
    names: names.split(/\s+/).filter((name) => name !== ''),
    words,
    secret: secret === '' ? null : secret,
    secretHash: secret_hash === '' ? null : secret_hash,
    suspended: suspended === 'yes',
  };
}

function columnsOf(header: readonly string[]): readonly Column[] {
  const columns = header.map((name) => COLUMNS.find((column) => column === name));
  const unknown = header.filter((_, index) => columns[index] === undefined);
  if (unknown.length > 0)
    throw notImported(`unknown column "${unknown.join('", "')}": there are ${COLUMNS.join(', ')}`);
  return columns.filter((column) => column !== undefined);
}

function recordsOf(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let [at, row, cells]: [number, number, string[]] = [0, 1, []];
  let startedOn = row;
  while (at < text.length || cells.length > 0) {
    CELL.lastIndex = at;
    const match = CELL.exec(text);
    if (!match) throw notImported(`row ${row}: a quotation mark that does not belong there`);
    const [whole, quoted, bare = '', end] = match;
    cells.push(quoted === undefined ? bare.trim() : quoted.replaceAll('""', '"'));
    at += whole.length;
    row += whole.split(/\r\n|\r|\n/).length - 1;
    if (end === ',') continue;
    records.push({ cells, row: startedOn });
    [cells, startedOn] = [[], row];
  }
  return records;
}

function cellText(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function notImported(problem: string): CommandError {
  return new CommandError(`nothing was imported:\n  ${problem}`);
}
