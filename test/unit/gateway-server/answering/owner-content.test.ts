import { describe, expect, test, vi } from 'vitest';
import type { AnsweringParts } from '../../../../gateway-server/answering/answering.ts';
import type { ByteRange } from '../../../../gateway-server/subscriber/content.ts';
import { NO_PAGE, type Offer, type OwnerPage } from '../../../../gateway-server/subscriber/shelf.ts';
import type { SiteCopies, SiteCopy } from '../../../../gateway-server/subscriber/site-copy.ts';
import { answeringStreet, name } from './street.ts';

const ALICE = 'alice.street.test';
const BYTES = 'abcdefghij';
const OWN_HTML: OwnerPage = { ...NO_PAGE, kind: 'html', html: '<h2>Gone fishing</h2><script>x()</script>' };

function offer(id: string, change: Partial<Offer> = {}): Offer {
  const rest = { role: 'file', mediaType: 'audio/mpeg', bytes: BYTES.length, at: 0 } as const;
  return { id, line: 'alice' as Offer['line'], name: `${id}.mp3`, ...rest, ...change };
}

function copiesOf(copy: SiteCopy): SiteCopies {
  return {
    stateOf: () => ({ copiedAt: copy.at, trouble: null }),
    copyOf: async () => copy,
    remove: async () => undefined,
  };
}

/** Alice's line with what she has put on her shelf. */
function aliceWith(page: OwnerPage, offers: readonly Offer[] = [], change: Partial<AnsweringParts> = {}) {
  const read = vi.fn(async (_offer: Offer, range: ByteRange | null) =>
    pieces(range ? BYTES.slice(range.first, range.last + 1) : BYTES),
  );
  const shelf = {
    page: () => page,
    offers: (line: string) => (line === 'alice' ? offers : []),
    offer: (line: string, id: string) => offers.find((one) => one.line === line && one.id === id),
    read,
  };
  return { ...answeringStreet({ shelf, ...change }), read };
}

async function* pieces(text: string) {
  yield Buffer.from(text);
}

describe("an owner's HTML", () => {
  test('stands only in its own document, cleaned, which may run and load nothing from elsewhere', async () => {
    const { visit } = aliceWith(OWN_HTML);
    const outer = await visit(ALICE);
    expect(outer.body).not.toContain('Gone fishing');
    expect(outer.body).toContain('<iframe class="card" sandbox src="/.porchlight/page"');
    const { status, headers, body } = await visit(ALICE, '/.porchlight/page');
    expect([status, headers['cache-control'], headers['x-content-type-options']]).toEqual([
      200,
      'no-store',
      'nosniff',
    ]);
    expect(headers['content-security-policy']).toBe(
      "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; " +
        "frame-ancestors 'self' https://portal.street.test",
    );
    expect(body).toContain('<h2>Gone fishing</h2>');
    expect(body).not.toContain('script');
  });

  test('can also be opened alone, for who reads badly in a frame', async () => {
    const { visit } = aliceWith(OWN_HTML);
    expect((await visit(ALICE)).body).toContain('<a href="/.porchlight/page">');
  });

  test('is cleaned once for all visitors, and anew when it has changed', async () => {
    const clean = vi.fn((html: string) => ({ html, removed: [] }));
    let page = OWN_HTML;
    const { visit } = aliceWith(OWN_HTML, [], {
      sanitiser: { clean },
      shelf: { page: () => page, offers: () => [], offer: () => undefined, read: async () => undefined },
    });
    await visit(ALICE, '/.porchlight/page');
    await visit(ALICE, '/.porchlight/page');
    expect(clean).toHaveBeenCalledTimes(1);
    page = { ...OWN_HTML, html: 'Back soon' };
    expect((await visit(ALICE, '/.porchlight/page')).body).toContain('Back soon');
  });

  test('is not there for a line that shows words, and not while the line is live', async () => {
    expect((await aliceWith(NO_PAGE).visit(ALICE, '/.porchlight/page')).status).toBe(404);
    const { visit, street } = aliceWith(OWN_HTML);
    street.live('alice');
    const { status, body } = await visit(ALICE, '/.porchlight/page');
    expect([status, body.includes('Gone fishing')]).toEqual([503, false]);
  });

  test('in the preview is the same page as a visitor gets, but for its places and seal', async () => {
    const { answering, visit, street } = aliceWith(OWN_HTML, [offer('song')]);
    const called = street.called(name(ALICE));
    if (called.kind !== 'off-line') throw new Error('alice is off');
    const places = { page: '/preview/page', copy: '/preview/copy', file: '/preview/file' };
    const draft = { called, page: OWN_HTML, words: '' };
    const { outer, inner } = answering.previewOf(draft, places, 'http://leave.street.test');
    const [visitors, framed] = [await visit(ALICE), await visit(ALICE, '/.porchlight/page')];
    const plain = (body: string) =>
      body
        .replace(/name="seal" value="[^"]+"/g, '')
        .replace(/\/(\.porchlight|preview)\/(page|file|copy)(?=[/"])/g, '$2');
    expect({ ...outer, body: plain(String(outer.body)) }).toEqual({
      ...visitors,
      body: plain(visitors.body),
    });
    expect(inner).toEqual(framed);
  });
});

describe('a page', () => {
  test('answers with 200 and no Retry-After where its owner wants it', async () => {
    const { status, headers } = await aliceWith({ ...NO_PAGE, status: 200 }).visit(ALICE);
    expect([status, headers['retry-after'], headers['cache-control']]).toEqual([200, undefined, 'no-store']);
  });

  test("that the provider took down shows nothing of the owner's, in any place", async () => {
    const copies = copiesOf({ at: 0, html: 'my site', pictures: [] });
    const takenDown = { ...OWN_HTML, status: 200, showsCopy: true, takenDown: 'a complaint' } as const;
    const { visit, street } = aliceWith(takenDown, [offer('song')], { copies });
    street.off('alice', { words: 'Gone fishing' });
    const { status, body } = await visit(ALICE);
    expect(status).toBe(503);
    for (const own of ['Gone fishing', 'iframe', 'song.mp3', 'complaint']) expect(body).not.toContain(own);
    for (const path of ['page', 'copy', 'file/song/song.mp3'])
      expect((await visit(ALICE, `/.porchlight/${path}`)).status).toBe(404);
  });

  test('has the greeting in a player, and names the files with their sizes but no pictures', async () => {
    const offers = [
      offer('hello', { role: 'greeting' }),
      offer('plan', { name: 'Plan & map.pdf', mediaType: 'application/octet-stream', bytes: 1_234_567 }),
      offer('cat', { role: 'picture' }),
    ];
    const { body } = await aliceWith(NO_PAGE, offers).visit(ALICE);
    expect(body).toContain('<audio controls preload="metadata" src="/.porchlight/file/hello/hello.mp3">');
    expect(body).toContain('<a href="/.porchlight/file/plan/Plan%20%26%20map.pdf">Plan &#38; map.pdf</a>');
    expect(body).toContain('1.2 MB');
    expect(body).not.toContain('cat.mp3');
  });

  test('shows the copy of the own site in a frame with its date, where the owner wants it', async () => {
    const picture = { mediaType: 'image/png', body: Buffer.from('png') };
    const copies = copiesOf({ at: 1_000, html: '<p>my site</p>', pictures: [picture] });
    const { visit } = aliceWith({ ...NO_PAGE, showsCopy: true }, [], { copies });
    const { body } = await visit(ALICE);
    expect(body).toContain('<iframe class="card" sandbox src="/.porchlight/copy"');
    expect(body).toContain('<time datetime="1970-01-01T00:00:01.000Z">');
    const framed = await visit(ALICE, '/.porchlight/copy');
    expect(framed.body).toContain('<p>my site</p>');
    expect(framed.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none';/);
    expect((await visit(ALICE, '/.porchlight/copy/1')).headers['content-type']).toBe('image/png');
    for (const other of ['copy/0', 'copy/2', 'copy/01', 'copy/', 'copyx'])
      expect((await visit(ALICE, `/.porchlight/${other}`)).status, other).toBe(404);
    expect((await aliceWith(NO_PAGE, [], { copies }).visit(ALICE, '/.porchlight/copy')).status).toBe(404);
  });
});

describe("an owner's file", () => {
  const SONG = '/.porchlight/file/song/song.mp3';
  const wanting = (range: string) => aliceWith(NO_PAGE, [offer('song')]).visit(ALICE, SONG, { range });

  test('is sent whole, never as a page, and never kept by a cache', async () => {
    const { status, headers, body } = await aliceWith(NO_PAGE, [offer('song')]).visit(ALICE, SONG);
    expect([status, body]).toEqual([200, BYTES]);
    expect(headers).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': '10',
      'content-disposition': `inline; filename="song.mp3"; filename*=UTF-8''song.mp3`,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
  });

  test.each([
    ['bytes=2-4', 206, 'bytes 2-4/10', 'cde'],
    ['bytes=7-', 206, 'bytes 7-9/10', 'hij'],
    ['bytes=-3', 206, 'bytes 7-9/10', 'hij'],
    ['bytes=0-999', 206, 'bytes 0-9/10', BYTES],
    ['bytes=10-', 416, 'bytes */10', ''],
    ['bytes=-0', 416, 'bytes */10', ''],
    ['bytes=4-2', 200, undefined, BYTES],
    ['bytes=0-1,4-5', 200, undefined, BYTES],
    ['seconds=1-2', 200, undefined, BYTES],
  ])('answers the range %s with %i', async (range, status, contentRange, body) => {
    const reply = await wanting(range);
    expect([reply.status, reply.headers['content-range'], reply.body]).toEqual([status, contentRange, body]);
  });

  test('is not read for a HEAD, which gets its length', async () => {
    const { visit, read } = aliceWith(NO_PAGE, [offer('song')]);
    const { headers, body } = await visit(ALICE, SONG, { method: 'HEAD' });
    expect([headers['content-length'], body]).toEqual(['10', '']);
    expect(read).not.toHaveBeenCalled();
  });

  test.each(['image/svg+xml', 'text/html', 'application/octet-stream', 'application/xhtml+xml'])(
    'of %s is sent to be kept, never shown',
    async (mediaType) => {
      const odd = offer('song', { mediaType, name: `a "b"\r\nX: y (ü).svg` });
      const { headers } = await aliceWith(NO_PAGE, [odd]).visit(ALICE, SONG);
      expect(headers['content-disposition']).toBe(
        `attachment; filename="a_b_X_y_.svg"; filename*=UTF-8''a%20%22b%22%0D%0AX%3A%20y%20%28%C3%BC%29.svg`,
      );
    },
  );

  test.each([
    '/.porchlight/file/song/../../../etc/passwd',
    '/.porchlight/file/../song/song.mp3',
    '/.porchlight/file/%2e%2e/song',
    '/.porchlight/file/..%2f..%2fetc%2fpasswd/x',
    '/.porchlight/file//song',
    '/.porchlight/file/song/a/b',
    '/.porchlight/file/',
    '/.porchlight/file/nothing/x.mp3',
    '/.porchlight/file/bobs/bobs.mp3',
  ])('is not found at %s', async (path) => {
    const offers = [offer('song'), offer('bobs', { line: 'bob' as Offer['line'] })];
    const { visit, read } = aliceWith(NO_PAGE, offers);
    expect((await visit(ALICE, path)).status).toBe(404);
    expect(read).not.toHaveBeenCalled();
  });

  test('is not there while the line is live, and counts no hit', async () => {
    const { visit, street, read } = aliceWith(NO_PAGE, [offer('song')]);
    await visit(ALICE, SONG);
    expect(street.hits).toEqual([]);
    street.live('alice');
    expect((await visit(ALICE, SONG)).status).toBe(503);
    expect(read).toHaveBeenCalledTimes(1);
  });
});
