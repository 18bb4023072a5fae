import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Line } from '../../../../gateway-server/line/line.ts';
import { CommandError } from '../../../../gateway-server/operator/desk.ts';
import { csvOfLines, parseCsvLines } from '../../../../gateway-server/operator/line-csv.ts';
import type { DomainName } from '../../../../protocol/domain-name.ts';
import { lineOf } from '../../../support/gateway-lab.ts';

test('without a header the columns are id, domain, names and secret', () => {
  const rows = parseCsvLines('alice,,www ftp,\nbob,b.mwebpages.test,,bobs-very-own-secret\r\n\ncarol,-\n');
  const plain = { secretHash: null, suspended: false, words: '' };
  expect(rows).toEqual([
    { ...plain, row: 1, id: 'alice', domain: null, hasDomain: true, names: ['www', 'ftp'], secret: null },
    {
      ...plain,
      ...{ row: 2, id: 'bob', domain: 'b.mwebpages.test', hasDomain: true, names: [] },
      secret: 'bobs-very-own-secret',
    },
    { ...plain, row: 4, id: 'carol', domain: null, hasDomain: false, names: [], secret: null },
  ]);
});

test('a header names the columns, in any order and case, also after the mark that spreadsheets put first', () => {
  const [row] = parseCsvLines('\uFEFFNames,ID\n"www, no",alice\n');
  expect(row).toMatchObject({ row: 2, id: 'alice', names: ['www,', 'no'] });
});

test('a row is counted from the first line of the file, past empty lines and texts of several lines', () => {
  const rows = parseCsvLines('id,words\n\nalice,"one\ntwo ""three"""\nbob,\n');
  expect(rows.map(({ row, id, words }) => [row, id, words])).toEqual([
    [3, 'alice', 'one\ntwo "three"'],
    [5, 'bob', ''],
  ]);
});

test.each([
  ['alice,,,,,\nbob\ncarol,,,,x', 'row 1, 3: more cells than the columns id,domain,names,secret'],
  ['id,colour\nalice,red', 'unknown column "colour": there are id, domain,'],
  ['alice\n"bob', 'row 2: a quotation mark that does not belong there'],
  ['alice\nbo"b', 'row 2: a quotation mark that does not belong there'],
])('%j is refused as a whole, with the row', (text, problem) => {
  expect(() => parseCsvLines(text)).toThrow(`nothing was imported:\n  ${problem}`);
});

test('what was exported is imported as it was, whatever the words are', () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 30 });
  fc.assert(
    fc.property(fc.array(fc.tuple(words, fc.boolean(), fc.boolean()), { maxLength: 4 }), (wishes) => {
      const lines = wishes.map(([text, suspended, hasNames], index): Line => {
        const names = hasNames ? [`www.l${index}.mwebpages.test` as DomainName] : [];
        return lineOf(`l${index}`, { words: text, suspended, names, ...(hasNames ? {} : { domain: null }) });
      });
      const rows = parseCsvLines(csvOfLines(lines));
      expect(rows.map(({ row: _, secret: __, hasDomain: ___, ...same }) => same)).toEqual(
        lines.map(({ id, domain, names, words: text, suspended, secretHash }) => ({
          ...{ id, domain, names, suspended, secretHash },
          words: text,
        })),
      );
    }),
  );
});

test('no text makes the parser throw anything but its own error, nor lose its way', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'a', 'id', '\t') }), (text) => {
      try {
        for (const { row } of parseCsvLines(text)) expect(row).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(CommandError);
      }
    }),
  );
});
