import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  messagesAsCsv,
  messagesAsJson,
  messagesAsMbox,
} from '../../../../gateway-server/portal/message-export.ts';
import type { Message } from '../../../../gateway-server/subscriber/mailbox.ts';
import { ALICE } from '../../../support/stored-lines.ts';

function message(change: Partial<Message>): Message {
  return {
    ...{ number: 1, line: ALICE, at: Date.UTC(2026, 10, 3, 9, 5), name: 'Bob', contact: '', text: 'hello' },
    ...{ recording: null, readAt: null, deletedAt: null },
    ...change,
  };
}

/** The cell in which a message's text stands. */
function cellOf(text: string): string {
  const csv = messagesAsCsv([message({ text })]);
  return csv.slice(csv.indexOf('"Bob","",') + '"Bob","",'.length, csv.lastIndexOf(',"","no"'));
}

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '|cmd', '\t=1', '\r=1', ' =1', '＝1'])(
  'a cell that begins like a formula is made text: %j',
  (text) => {
    expect(cellOf(text)).toBe(`"'${text}"`);
  },
);

test('no cell begins with what a spreadsheet calculates, and none breaks out of its quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const cell = cellOf(text);
      expect(cell).toMatch(/^"(?:[^"]|"")*"$/);
      expect(cell.slice(1)).not.toMatch(/^\s*[=+\-@]/);
      const inner = cell.slice(1, -1).replaceAll('""', '"');
      expect(inner.endsWith(text)).toBe(true);
    }),
  );
});

test('commas, quotes and line ends stay within their cell', () => {
  const csv = messagesAsCsv([message({ text: 'a, "b"\r\nc' })]);
  expect(csv).toContain('"a, ""b""\r\nc"');
});

test('JSON gives back what was written', () => {
  const [read] = JSON.parse(messagesAsJson([message({ text: '</script>\u2028' })])) as { text: string }[];
  expect(read?.text).toBe('</script>\u2028');
});

test('a line that begins like a new mail is quoted in an mbox', () => {
  const mbox = messagesAsMbox([message({ text: 'From here\n>From there\r\nFrom me' })], 'alice.test');
  expect(mbox.match(/^From /gm)).toHaveLength(1);
  expect(mbox).toContain('\n>From here\n>>From there\n>From me\n');
});

test('nothing that a visitor writes begins a header of its own in an mbox', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (name, contact) => {
      const evil = { name: `${name}\nBcc: eve@x`, contact: `${contact}\r\n\r\nbody` };
      const [headers = ''] = messagesAsMbox([message(evil)], 'alice.test').split('\n\n');
      for (const line of headers.split('\n').slice(1))
        expect(line).toMatch(/^(?:[A-Z][\w-]+: | =\?)[\x20-\x7e]*$/);
    }),
  );
});

test('an mbox tells the time as mail programs expect it, oldest first', () => {
  const mbox = messagesAsMbox([message({ number: 2 }), message({ number: 1 })], 'alice.test');
  expect(mbox).toMatch(/^From visitor@alice\.test Tue Nov {2}3 09:05:00 2026\n/);
  expect(mbox.indexOf('<1.message@')).toBeLessThan(mbox.indexOf('<2.message@'));
});
