import { expect, test } from 'vitest';
import { assets } from '../../../../../gateway-server/answering/assets.ts';
import { texts } from '../../../../../gateway-server/answering/texts.ts';
import { answeringStreet } from '../street.ts';

const ATTACKS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' autofocus onfocus=alert(1) x='",
  '</textarea><svg onload=alert(1)>',
  '</title><iframe srcdoc="x">',
  '<!--<script>',
  '&lt;script&gt;',
  '<a href="javascript:alert(1)">x</a>',
];

test.each(ATTACKS)('shows %s as text wherever somebody wrote it', async (attack) => {
  const { visit, post, written, street } = answeringStreet();
  const harmless = (await visit('alice.street.test')).body.match(/<[a-z]+/g)?.length ?? 0;
  street.off('alice', { words: attack });
  const { body } = await visit('alice.street.test');
  expect(body).not.toContain(attack);
  expect(body.match(/<[a-z]+/g)).toHaveLength(harmless + 2);
  const asked = await post(await written({ name: attack, contact: attack, text: attack, seal: 'none' }));
  expect(asked.body).not.toContain(attack);
  const kept = await post(await written({ name: attack, contact: attack, text: attack }));
  expect(kept.body).not.toContain(attack);
  expect(kept.status).toBe(200);
});

test("sets the owner's words in paragraphs and makes no link of them", async () => {
  const { visit, street } = answeringStreet();
  street.off('alice', { words: 'No power.\r\nSorry.\r\n\r\nSee http://example.org/ \n' });
  const { body } = await visit('alice.street.test');
  expect(body).toContain('<p>No power.\nSorry.</p>\n<p>See http://example.org/</p>');
});

test('has no place for words and time when the owner gives none', async () => {
  const { visit } = answeringStreet();
  const { body } = await visit('alice.street.test');
  expect(body).not.toContain('class="words"');
  expect(body).not.toContain('<time');
});

test('tells since when the line is off, exactly and in round words, when the owner wants it', async () => {
  const { visit, street, clock } = answeringStreet();
  street.off('alice', { since: clock.now() - 38 * 60_000 - 5_000 });
  const { body } = await visit('alice.street.test');
  expect(body).toMatch(
    /<time datetime="1969-12-31T23:38:35.000Z">31 December 1969 at 23:38 UTC<\/time> \(38 minutes\)\./,
  );
});

test('never tells a negative time when the wall clock was set back', async () => {
  const { visit, street, clock } = answeringStreet();
  street.off('alice', { since: clock.now() + 3_600_000 });
  expect((await visit('alice.street.test')).body).toContain('(less than a minute)');
});

test('labels every field that a person fills in, and hides the trap from keyboard and screen reader', async () => {
  const { visit } = answeringStreet();
  const { body } = await visit('alice.street.test');
  for (const field of ['name', 'contact', 'text']) {
    expect(body).toContain(`<label for="${field}"`);
    expect(body).toContain(`id="${field}"`);
  }
  expect(body).toMatch(
    /aria-hidden="true"><label>[^<]+<input name="remark" tabindex="-1" autocomplete="off">/,
  );
});

test('lights the lamp only for a line that is back', async () => {
  const { visit, street } = answeringStreet();
  expect((await visit('alice.street.test')).body).toContain('data-lamp="unlit"');
  street.live('alice');
  expect((await visit('alice.street.test')).body).toContain('data-lamp="lit"');
});

test.each([
  [0, 'less than a minute'],
  [60_000, '1 minute'],
  [119 * 60_000, '119 minutes'],
  [120 * 60_000, '2 hours'],
  [47 * 3_600_000, '47 hours'],
  [48 * 3_600_000, '2 days'],
])('puts %d ms into the words "%s"', (ms, words) => {
  expect(texts.duration(ms)).toBe(words);
});

test('takes back that the line is off where the lamp is lit', async () => {
  const { visit } = answeringStreet();
  const { body } = await visit('alice.street.test');
  expect(body).toContain('<span class="while-off">is not on-line at the moment.</span>');
  expect(assets.style.body).toContain('[data-lamp="lit"] .while-off { display: none; }');
});
