import type { RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { htmlSanitiser } from '../../../../gateway-server/answering/io/sanitise.ts';
import { htmlReader } from '../../../../gateway-server/copying/io/html-reader.ts';
import { SiteCopier } from '../../../../gateway-server/copying/site-copier.ts';
import type { Standing } from '../../../../gateway-server/line/standing.ts';
import { guardedRequests } from '../../../../gateway-server/outbound/io/guarded-requests.ts';
import { sqliteSiteCopies } from '../../../../gateway-server/store/io/sqlite-site-copies.ts';
import { KeptCopies } from '../../../../gateway-server/subscriber/kept-copies.ts';
import type { Address } from '../../../../protocol/address.ts';
import { hookReceiver } from '../../../support/hook-receiver.ts';
import { KeepingLab } from '../../../support/keeping-lab.ts';
import { ALICE, ANSWERED, lineNamed, standingAt } from '../../../support/stored-lines.ts';

const HOME = '127.0.0.1';
const HOURS = 3_600_000;
const NEVER = new AbortController().signal;
const PIXEL = Buffer.from('89504e470d0a1a0a', 'hex');

/** Alice wants a copy; her line has been up for a minute; her web server answers like this. */
async function alicesHome(answer: RequestListener, { mayCall = [HOME] } = {}) {
  const home = await hookReceiver({ answer });
  const lab = await KeepingLab.open();
  await lab.shelf.keepPage(ALICE, { showsCopy: true });
  const at: { standing: Standing } = { standing: upAt(HOME, lab.clock.now()) };
  await lab.clock.advance(60_000);
  const open = async () => {
    const copies = await KeptCopies.open(sqliteSiteCopies(lab.gateway));
    const copier = new SiteCopier({
      ...{ copies, shelf: lab.shelf, clock: lab.clock, log: lab.log },
      book: { get: () => ({ line: lineNamed(ALICE, { names: [] }), standing: at.standing }) },
      outbound: guardedRequests({ reach: { mayCall: (address: Address) => mayCall.includes(address) } }),
      reader: htmlReader(htmlSanitiser()),
      ports: { http: home.port, https: 1 },
    });
    return { copies, copier, round: () => copier.round(NEVER) };
  };
  return { ...home, ...(await open()), lab, at, reopen: open };
}

function upAt(address: string, since: number): Standing {
  const addresses = { ipv4: address as never, ipv6: null };
  return standingAt(address, { published: { kind: 'addresses', addresses, serial: 1, since } });
}

function page(html: string, headers: Readonly<Record<string, string>> = {}): RequestListener {
  return (_, reply) => void reply.writeHead(200, { 'content-type': 'text/html', ...headers }).end(html);
}

test('keeps a cleaned copy with its pictures, asked for under the name of the line, over a restart', async () => {
  const { round, heard, reopen, copies, lab } = await alicesHome((request, reply) => {
    if (request.url === '/cat.png')
      return void reply.writeHead(200, { 'content-type': 'image/png' }).end(PIXEL);
    page(
      '<h1>Café</h1><img src="cat.png" alt="cat"><img src="https://other.test/x.png"><script>x()</script>',
    )(request, reply);
  });
  await round();
  const html = '<h1>Café</h1><img src="/.porchlight/copy/1" alt="cat" /><img />';
  const copy = { at: lab.clock.now(), html, pictures: [{ mediaType: 'image/png', body: PIXEL }] };
  expect(await copies.copyOf(ALICE)).toEqual(copy);
  expect(heard.map(({ path, headers }) => [path, headers.host?.split(':')[0]])).toEqual([
    ['/', 'alice.mwebpages.test'],
    ['/cat.png', 'alice.mwebpages.test'],
  ]);
  expect(await (await reopen()).copies.copyOf(ALICE)).toEqual(copy);
});

test('waits a minute after the line came up, and six hours after each try, also after a restart', async () => {
  const { round, heard, lab, at, reopen } = await alicesHome(page('hello'));
  at.standing = upAt(HOME, lab.clock.now() - 59_000);
  await round();
  expect(heard).toHaveLength(0);
  await lab.clock.advance(1_000);
  await round();
  await lab.clock.advance(6 * HOURS - 1);
  await round();
  await (await reopen()).round();
  expect(heard).toHaveLength(1);
  await lab.clock.advance(1);
  await round();
  expect(heard).toHaveLength(2);
});

test('is not held up by a wall clock that was set back', async () => {
  const { round, heard, lab } = await alicesHome(page('hello'));
  lab.clock.jumpWall(-24 * HOURS);
  await round();
  expect(heard).toHaveLength(1);
});

test('reads a copy from the disk once for its page and all of its pictures, and anew when there is another', async () => {
  const { round, lab } = await alicesHome(page('hello'));
  await round();
  const store = sqliteSiteCopies(lab.gateway);
  let reads = 0;
  const copies = await KeptCopies.open({
    ...store,
    read: (line) => {
      reads += 1;
      return store.read(line);
    },
  });
  for (const _look of [1, 2, 3]) expect((await copies.copyOf(ALICE))?.html).toBe('hello');
  expect(reads).toBe(1);
  await copies.keep(ALICE, { at: lab.clock.now() + 1, html: 'newer', pictures: [] });
  expect([(await copies.copyOf(ALICE))?.html, reads]).toEqual(['newer', 2]);
  await copies.remove(ALICE);
  expect(await copies.copyOf(ALICE)).toBeUndefined();
});

test('follows within the name, and nowhere else', async () => {
  const elsewhere = await hookReceiver();
  const targets: Record<string, string> = {
    '/': '/home/',
    '/home/': `http://other.test:${elsewhere.port}/`,
  };
  const { round, copies, heard } = await alicesHome(({ url = '' }, reply) => {
    void reply.writeHead(302, { location: targets[url] ?? '/' }).end();
  });
  await round();
  expect(copies.stateOf(ALICE).trouble).toBe(
    'your page leads to another name or port, which is not followed',
  );
  expect([heard.map(({ path }) => path), elsewhere.connections()]).toEqual([['/', '/home/'], 0]);
});

test.each([
  ['another port of the name', '//alice.mwebpages.test:9/', 'another name or port'],
  ['no web at all', 'javascript:x()', 'another name or port'],
  ['itself for ever', '/', 'leads on and on'],
])('ends at a page that leads to %s', async (_what, location, told) => {
  const { round, copies } = await alicesHome((_, reply) => void reply.writeHead(301, { location }).end());
  await round();
  expect(copies.stateOf(ALICE).trouble).toContain(told);
});

test.each<[string, RequestListener, string]>([
  ['an error', (_, reply) => void reply.writeHead(404).end('gone'), 'status 404'],
  ['a picture', page('GIF89a', { 'content-type': 'image/gif' }), 'no HTML page'],
  ['a compressed page', page('xx', { 'content-encoding': 'gzip' }), 'compressed'],
  ['two megabytes and a byte', page('x'.repeat(2_000_001)), 'larger than 2 MB'],
  ['a page that asks not to be kept', page('<META NAME=Robots content="noindex, NOARCHIVE">'), 'noarchive'],
  ['a header that asks the same', page('hi', { 'x-robots-tag': 'noarchive' }), 'noarchive'],
  [
    'half a page',
    (request, reply) => {
      page('x', { 'content-length': '10' })(request, reply);
      request.socket.destroySoon();
    },
    'broke off',
  ],
])('keeps no copy of %s and says why', async (_what, answer, told) => {
  const { round, copies } = await alicesHome(answer);
  await round();
  expect([copies.stateOf(ALICE).copiedAt, await copies.copyOf(ALICE)]).toEqual([null, undefined]);
  expect(copies.stateOf(ALICE).trouble).toContain(told);
});

test('a try that fails leaves the copy of before, but not of a page that asks now not to be kept', async () => {
  const said: { answer: RequestListener } = { answer: page('first') };
  const { round, copies, lab } = await alicesHome((request, reply) => said.answer(request, reply));
  await round();
  said.answer = (_, reply) => void reply.writeHead(500).end();
  await lab.clock.advance(6 * HOURS);
  await round();
  expect((await copies.copyOf(ALICE))?.html).toBe('first');
  said.answer = page('second', { 'x-robots-tag': 'noarchive' });
  await lab.clock.advance(6 * HOURS);
  await round();
  expect(await copies.copyOf(ALICE)).toBeUndefined();
});

test('pictures stop where two megabytes are full, and the page stays', async () => {
  const { round, copies } = await alicesHome((request, reply) => {
    if (request.url === '/') return page('<img src=a><img src=b><img src=c>')(request, reply);
    void reply.writeHead(200, { 'content-type': 'image/jpeg' }).end(Buffer.alloc(900_000));
  });
  await round();
  const copy = await copies.copyOf(ALICE);
  expect([copy?.pictures.length, copy?.html]).toEqual([
    2,
    '<img src="/.porchlight/copy/1" /><img src="/.porchlight/copy/2" /><img />',
  ]);
});

test('calls no address that may not be called', async () => {
  const { round, copies, connections } = await alicesHome(page('hi'), { mayCall: [] });
  await round();
  expect([connections(), copies.stateOf(ALICE).trouble]).toEqual([
    0,
    'the address of your line is none that the gateway may call',
  ]);
});

test('keeps nothing of an address that was given to somebody else meanwhile, nor of who wants no copy any more', async () => {
  const { round, copies, at, lab } = await alicesHome((request, reply) => {
    at.standing = upAt('127.0.0.2', 0);
    page('of a stranger')(request, reply);
  });
  await round();
  expect([await copies.copyOf(ALICE), copies.stateOf(ALICE).trouble]).toEqual([
    undefined,
    'the line changed while its page was copied',
  ]);
  await lab.shelf.keepPage(ALICE, { showsCopy: false });
  await round();
  expect(copies.stateOf(ALICE).trouble).toBeNull();
});

test('looks at no line that is off, has no name in the zone or is suspended', async () => {
  const { round, heard, at } = await alicesHome(page('hi'));
  at.standing = ANSWERED;
  await round();
  expect(heard).toHaveLength(0);
});

test('lets go of the copy when its owner wants none', async () => {
  const { round, copies, lab, reopen } = await alicesHome(page('hi'));
  await round();
  expect(await copies.copyOf(ALICE)).toBeDefined();
  await lab.shelf.keepPage(ALICE, { showsCopy: false });
  await round();
  expect(await (await reopen()).copies.copyOf(ALICE)).toBeUndefined();
});

test('reads a page by the charset of its header or its own', async () => {
  const latin = Buffer.from('<meta charset="iso-8859-1"><p>Müll</p>', 'latin1');
  const { round, copies } = await alicesHome(
    (_, reply) => void reply.writeHead(200, { 'content-type': 'text/html' }).end(latin),
  );
  await round();
  expect((await copies.copyOf(ALICE))?.html).toBe('<p>Müll</p>');
});

test('a page that drips for ever is left after ten seconds in all', async () => {
  const { round, copies, lab } = await alicesHome((_, reply) => {
    reply.writeHead(302, { location: '/again' });
    void lab.clock.advance(10_000).then(() => reply.end());
  });
  onTestFinished(() => undefined);
  await round();
  expect(copies.stateOf(ALICE).trouble).toBe('your page took longer than 10 seconds');
});
