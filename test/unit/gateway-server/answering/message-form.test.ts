import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mistakesIn, readSubmission } from '../../../../gateway-server/answering/message-form.ts';
import { anyText } from './street.ts';

test('line ends become LF, control characters go, tabs and paragraphs stay', () => {
  const { draft } = readSubmission({
    name: ' Ada\r\n\u0000 Wong\u0007 ',
    contact: 'ada\u0085@example.org',
    text: '\r\n one\r\n\r\ntwo\rthree\tx\u0000\u001b[31m\u009f\n',
  });
  expect(draft).toEqual({ name: 'Ada Wong', contact: 'ada @example.org', text: 'one\n\ntwo\nthree\tx[31m' });
});

test('a field that is missing, repeated or no text is empty or its first text', () => {
  expect(readSubmission({ name: ['Ada', 'Bob'], text: { a: 1 } }).draft).toEqual({
    name: 'Ada',
    contact: '',
    text: '',
  });
});

test('names every field that is too long or empty, by the rules that the page tells', () => {
  const field = (length: number) => 'x'.repeat(length);
  expect(mistakesIn({ name: field(80), contact: field(120), text: field(4000) })).toEqual({});
  expect(mistakesIn({ name: field(81), contact: field(121), text: field(4001) })).toEqual({
    name: 'This has 81 characters; at most 80 can be kept.',
    contact: 'This has 121 characters; at most 120 can be kept.',
    text: 'This has 4,001 characters; at most 4,000 can be kept.',
  });
  expect(Object.keys(mistakesIn({ name: '', contact: '', text: '' }))).toEqual(['text']);
});

test('reads any form without a throw, and what it gives reads the same again', () => {
  const field = fc.oneof(anyText, fc.string(), fc.anything());
  const form = fc.record(
    { to: field, seal: field, remark: field, name: field, contact: field, text: field },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(form, fc.anything()), (raw) => {
      const { draft } = readSubmission(raw);
      expect(draft.name + draft.contact).not.toMatch(/\p{Cc}/u);
      expect(draft.text).not.toMatch(/(?![\n\t])\p{Cc}/u);
      expect(draft.text.isWellFormed()).toBe(true);
      expect(readSubmission(draft).draft).toEqual(draft);
    }),
  );
});
