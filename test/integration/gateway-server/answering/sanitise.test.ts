import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { htmlSanitiser } from '../../../../gateway-server/answering/io/sanitise.ts';
import { XSS_VECTORS } from '../../../support/xss-vectors.ts';

const sanitiser = htmlSanitiser();
const TAG = /<(\/?)([a-zA-Z][^\s/>]*)([^>]*)>/g;
const ATTRIBUTE = /([^\s=/"]+)(?:="([^"]*)")?/g;
/** Elements that load, run, post or frame something, or that change how what follows is read. */
const ACTIVE =
  /^(script|style|svg|math|iframe|frame|frameset|object|embed|applet|link|meta|base|form|input|button|select|textarea|template|noscript|xmp|plaintext|noembed|title|body|html|head|slot|dialog|marquee|keygen)$/;
const ADDRESS =
  /^(?:https?:\/\/|mailto:|tel:|#|\/\.porchlight\/(?:file|copy)\/|data:image\/(?:png|jpeg|gif|webp|avif);base64,)/i;

/** What of the output could still act. */
function activeIn(html: string): string[] {
  return [...html.matchAll(TAG)].flatMap(([tag, closing, name = '', attributes = '']) => {
    if (ACTIVE.test(name.toLowerCase())) return [tag];
    if (closing) return [];
    return [...attributes.matchAll(ATTRIBUTE)].flatMap(([all, key = '', value = '']) => {
      const isEvent =
        /^on/i.test(key) ||
        ['srcset', 'srcdoc', 'ping', 'poster', 'formaction', 'is', 'id', 'name'].includes(key);
      const isBadAddress = ['href', 'src'].includes(key) && !ADDRESS.test(value);
      const isBadStyle = key === 'style' && /url|expression|binding|behavior|position|@|\\/i.test(value);
      return isEvent || isBadAddress || isBadStyle ? [`${tag}: ${all}`] : [];
    });
  });
}

describe('what owners write', () => {
  test('there are vectors enough', () => {
    expect(new Set(XSS_VECTORS).size).toBeGreaterThanOrEqual(60);
  });

  test.each(XSS_VECTORS)('leaves nothing that acts of %j', (vector) => {
    const { html } = sanitiser.clean(vector);
    expect(activeIn(html)).toEqual([]);
  });

  test('keeps what is set to be read, and says what went', () => {
    const { html, removed } = sanitiser.clean(
      '<h1 style="color: red; position: fixed">Hi</h1><p onclick="x()">See <a href="https://ok.test/">this</a></p><script>x()</script>' +
        '<img src="/.porchlight/file/abc/a.png" alt="me"><img src="https://other.test/t.gif">',
    );
    expect(html).toContain('<h1 style="color:red">Hi</h1>');
    expect(html).toContain(
      '<a href="https://ok.test/" rel="noopener noreferrer nofollow" target="_blank">this</a>',
    );
    expect(html).toContain('<img src="/.porchlight/file/abc/a.png" alt="me" />');
    expect(html).not.toContain('other.test');
    expect(removed).toEqual([
      'the attribute onclick of <p>',
      'the element <script>',
      'the address "https://other.test/t.gif" in <img>',
    ]);
  });

  test('cleaned again stays as it is', () => {
    const pieces = fc.constantFrom(
      ...XSS_VECTORS,
      '<p>',
      '</p>',
      '<b>x',
      'text & more',
      '<a href="https://ok.test">',
      '"',
      "'",
      '<',
      '&lt;',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (parts) => {
        const once = sanitiser.clean(parts.join('')).html;
        expect(activeIn(once)).toEqual([]);
        expect(sanitiser.clean(once).html).toBe(once);
      }),
      { numRuns: 200 },
    );
  });

  test('nested without end is cut short', () => {
    const { html } = sanitiser.clean('<div>'.repeat(20_000));
    expect(html.length).toBeLessThan(5_000);
  });
});
