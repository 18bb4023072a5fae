import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from '../../../../gateway-server/answering/html.ts';
import { anyText } from './street.ts';

test('escapes everything that could end a text or a quoted attribute', () => {
  expect(html`<p title="${'"><script>'}">${"<b>&'"}</p>`.text).toBe(
    '<p title="&#34;&#62;&#60;script&#62;">&#60;b&#62;&#38;&#39;</p>',
  );
});

test('puts markup in as it is, lists one after the other, and nothing for null and false', () => {
  const items = ['a', '<'].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}${null}${false}${0}</ul>`.text).toBe('<ul><li>a</li><li>&#60;</li>0</ul>');
});

test('lets no text bring a character of markup', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const written = html`${text}`.text;
      expect(written).not.toMatch(/[<>"']/);
      expect(written.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))).toBe(text);
    }),
  );
});
