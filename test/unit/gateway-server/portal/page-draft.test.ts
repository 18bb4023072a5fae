import { expect, test } from 'vitest';
import { draftIn, problemOf } from '../../../../gateway-server/portal/page-draft.ts';
import { NO_PAGE } from '../../../../gateway-server/subscriber/shelf.ts';

const KEPT = { page: { ...NO_PAGE, html: '<p>kept</p>' }, words: 'kept', tellsSince: true };

test("the form of one tab leaves the other tab's text as it is", () => {
  const draft = draftIn(
    new Map([
      ['kind', 'words'],
      ['words', 'new'],
    ]),
    KEPT,
  );
  expect(draft).toMatchObject({ words: 'new', page: { kind: 'words', html: '<p>kept</p>' } });
  const html = draftIn(
    new Map([
      ['kind', 'html'],
      ['html', '<p>new</p>'],
    ]),
    KEPT,
  );
  expect(html).toMatchObject({ words: 'kept', page: { kind: 'html', html: '<p>new</p>' } });
});

test('a box that is not ticked is off, and an unknown status is 503', () => {
  const draft = draftIn(new Map([['status', '302']]), KEPT);
  expect(draft).toMatchObject({ tellsSince: false, page: { status: 503, showsCopy: false } });
});

test('words are counted in characters, HTML in bytes', () => {
  const words = (count: number) => problemOf({ ...KEPT, words: '🎉'.repeat(count) });
  expect(words(2_000)).toBeNull();
  expect(words(2_001)).toContain('2001');
  const html = (count: number) => problemOf({ ...KEPT, page: { ...NO_PAGE, html: 'ä'.repeat(count) } });
  expect(html(128 * 1024)).toBeNull();
  expect(html(128 * 1024 + 1)).not.toBeNull();
});
