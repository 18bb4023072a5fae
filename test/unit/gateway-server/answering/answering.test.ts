import { expect, test } from 'vitest';
import { assets } from '../../../../gateway-server/answering/assets.ts';
import { answeringStreet } from './street.ts';

test('answers for a line that is off with its page, in no cache, framed by nobody, indexed by nobody', async () => {
  const { visit } = answeringStreet();
  const { status, headers, body } = await visit('alice.street.test');
  expect(status).toBe(503);
  expect(body).toContain('<title>alice.street.test is not on-line at the moment</title>');
  expect(headers).toEqual({
    connection: 'close',
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'retry-after': '60',
    'content-security-policy':
      "default-src 'none'; img-src 'self' data:; media-src 'self' blob:; style-src 'self'; script-src 'self'; " +
      "connect-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action http://leave.street.test",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex',
  });
});

test('has the form posted to the leave host by the scheme and port of the visit', async () => {
  const { visit } = answeringStreet();
  const { body, headers } = await visit('alice.street.test:8443', '/', { scheme: 'https' });
  expect(body).toContain('action="https://leave.street.test:8443/"');
  expect(headers['content-security-policy']).toContain('form-action https://leave.street.test:8443');
});

test('shows the same page under every path but its own ones, and for every method', async () => {
  const { visit } = answeringStreet();
  for (const target of ['/', '/photos/1?x=y', '/robots.txt', '*', '/%zz']) {
    expect((await visit('alice.street.test', target)).status).toBe(503);
  }
  expect((await visit('alice.street.test', '/.porchlight/unknown')).status).toBe(404);
  for (const method of ['HEAD', 'POST', 'PUT', 'OPTIONS', 'PROPFIND']) {
    expect((await visit('alice.street.test', '/', { method })).status).toBe(503);
  }
});

test('counts a hit for every page that somebody is shown', async () => {
  const { visit, street, answering } = answeringStreet();
  await visit('alice.street.test');
  await visit('ALICE.street.test.:8080', '/photos', { purpose: 'document' });
  expect(street.hits).toEqual(['alice', 'alice']);
  expect(answering.counters().hits).toBe(2);
});

test.each([
  ['a HEAD', '/', { method: 'HEAD' }],
  ['a POST', '/', { method: 'POST' }],
  ['an automatic reload', '/?porchlight=2', {}],
  ['the icon', '/favicon.ico', {}],
  ['a style sheet', assets.style.path, {}],
  ['the status', '/.porchlight/status', {}],
  ['an old asset', '/.porchlight/page.old.css', {}],
  ['an embedded image', '/logo.png', { purpose: 'image' }],
  ['a script that fetches', '/api', { purpose: 'empty' }],
])('counts no hit for %s', async (_what, target, more) => {
  const { visit, street } = answeringStreet();
  await visit('alice.street.test', target, more);
  expect(street.hits).toEqual([]);
});

test('knows no name but by the Host header', async () => {
  const { visit, street } = answeringStreet();
  street.off('bob');
  const { body } = await visit('alice.street.test', 'http://bob.street.test/');
  expect(body).toContain('alice.street.test');
  expect(body).not.toContain('bob.street.test');
  expect(street.hits).toEqual(['alice']);
});

test('tells a stranger that nobody is here, without a word about who is', async () => {
  const { visit, answering } = answeringStreet();
  const { status, headers, body } = await visit('zoe.street.test');
  expect(status).toBe(404);
  expect(headers['content-security-policy']).toContain("form-action 'none'");
  expect(body).toContain('Nobody here by this name');
  expect(body).not.toMatch(/alice|street\.test|zoe/);
  expect(answering.counters().unknownHosts).toBe(1);
});

test('answers 400 with a page when no single name is called', async () => {
  const { visit, answering } = answeringStreet();
  for (const hosts of [[], [''], ['<script>'], ['alice.street.test', 'alice.street.test']]) {
    expect((await visit('', '/', { hosts })).status).toBe(400);
  }
  expect(answering.counters().unreadableHosts).toBe(4);
});

test('puts a visitor with a stale resolver through, counts the reloads and stops after five', async () => {
  const { visit, street, answering } = answeringStreet();
  street.live('alice');
  const waits: number[] = [];
  let target = '/photos?id=3';
  for (let reload = 1; reload <= 5; reload++) {
    const { status, headers } = await visit('alice.street.test:8080', target);
    const { refresh = '' } = headers;
    const [, wait = '', place = ''] = /^(\d+); url=(.+)$/.exec(refresh) ?? [];
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe(wait);
    expect(place).toBe(`http://alice.street.test:8080/photos?id=3&porchlight=${reload}`);
    waits.push(Number(wait));
    target = place;
  }
  expect(waits).toEqual([5, 9, 18, 27, 36]);
  // the TTL of this street is 30 s, and browsers keep an address for another minute
  expect(waits.reduce((sum, wait) => sum + wait)).toBeGreaterThan(90);
  const last = await visit('alice.street.test:8080', target);
  expect(last.headers).not.toHaveProperty('refresh');
  expect(last.body).toContain('href="http://alice.street.test:8080/photos?id=3"');
  expect(street.hits).toEqual([]);
  expect(answering.counters().staleVisits).toBe(6);
});

test('never repeats by itself what was posted to a line that is back', async () => {
  const { visit, street } = answeringStreet();
  street.live('alice');
  const { status, headers } = await visit('alice.street.test', '/order', { method: 'POST' });
  expect(status).toBe(503);
  expect(headers).not.toHaveProperty('refresh');
});

test('counts no hit when a stale visitor comes back by itself to a line that dropped again', async () => {
  const { visit, street } = answeringStreet();
  const { body } = await visit('alice.street.test', '/?porchlight=1');
  expect(body).toContain('is not on-line at the moment');
  expect(street.hits).toEqual([]);
});

test('tells scripts whether the line is back', async () => {
  const { visit, street } = answeringStreet();
  const status = (host: string) => visit(host, '/.porchlight/status');
  expect(await status('alice.street.test')).toMatchObject({ status: 200, body: '{"state":"off-line"}' });
  street.live('alice');
  const live = await status('alice.street.test');
  expect(live).toMatchObject({ status: 200, body: '{"state":"live"}' });
  expect(live.headers).toMatchObject({ 'cache-control': 'no-store', connection: 'close' });
  expect(await status('zoe.street.test')).toMatchObject({ status: 404, body: '{"state":"nobody"}' });
});

test('serves what its pages load, by a name that changes with the content, on every host', async () => {
  const { visit } = answeringStreet();
  const { body } = await visit('zoe.street.test');
  for (const { path, type } of Object.values(assets)) {
    expect(body).toContain(path);
    const { status, headers } = await visit('zoe.street.test', path);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': type, 'x-content-type-options': 'nosniff' });
  }
});

test('has no inline script or style, which its own policy would forbid', async () => {
  const { visit } = answeringStreet();
  const { body } = await visit('alice.street.test');
  expect(body).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/);
});
