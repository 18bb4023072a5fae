import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { assets } from '../../../../gateway-server/answering/assets.ts';
import { systemClock } from '../../../../runtime/clock.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { sealIn } from '../../../unit/gateway-server/answering/street.ts';
import { openPorch } from './open-porch.ts';
import { formPost, plainSocket, request, sendRaw } from './raw-http.ts';

const ALICE = 'Host: alice.street.test';

test('answers in place of a line that is off, ends the connection, and counts one hit', async () => {
  const { send, street, server } = await openPorch();
  const { status, headers, body } = await send(request('GET /', ALICE));
  expect(status).toBe(503);
  expect(body).toContain('is not on-line at the moment');
  expect(headers.get('connection')).toBe('close');
  expect(headers.get('retry-after')).toBe('60');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-security-policy')).toContain('form-action http://leave.street.test');
  expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body)));
  expect(headers.has('strict-transport-security')).toBe(false);
  expect(street.hits).toEqual(['alice']);
  expect(server.counters()).toMatchObject({ hits: 1, connectionsRefused: 0 });
});

test('answers a HEAD with the same headers and no body, and counts no hit', async () => {
  const { send, street } = await openPorch();
  const { status, headers, body } = await send(request('HEAD /', ALICE));
  expect([status, body]).toEqual([503, '']);
  expect(Number(headers.get('content-length'))).toBeGreaterThan(1000);
  expect(street.hits).toEqual([]);
});

test('serves assets, icon and status without a hit', async () => {
  const { send, street } = await openPorch();
  for (const { path, type } of Object.values(assets)) {
    const { status, headers } = await send(request(`GET ${path}`, ALICE));
    expect([status, headers.get('content-type')]).toEqual([200, type]);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('connection')).toBe('close');
  }
  await send(request('GET /favicon.ico', ALICE));
  expect((await send(request('GET /.porchlight/status', ALICE))).body).toBe('{"state":"off-line"}');
  expect(street.hits).toEqual([]);
});

test('neither sets a cookie nor lets cookie and authorization into page or log', async () => {
  const { send, log } = await openPorch();
  const secrets = ['Cookie: sid=s3cr3t', 'Authorization: Bearer s3cr3t'];
  const answers = [
    await send(request('GET /', ALICE, ...secrets)),
    await send(request('POST /', 'Host: leave.street.test', 'Content-Length: 0', ...secrets)),
    await send(request('GET /', 'Host: nobody.test', ...secrets)),
  ];
  for (const { headers, body } of answers) {
    expect(headers.has('set-cookie')).toBe(false);
    expect(body).not.toContain('s3cr3t');
  }
  expect(log.events.join()).not.toContain('s3cr3t');
});

test.each([
  ['in capitals', ['Host: ALICE.STREET.TEST'], 'GET /', 503],
  ['with a port', ['Host: alice.street.test:8080'], 'GET /', 503],
  ['with a trailing dot', ['Host: alice.street.test.'], 'GET /', 503],
  ['as a forwarded host', ['Host: nobody.test', 'X-Forwarded-Host: alice.street.test'], 'GET /', 404],
  ['as Forwarded', ['Host: nobody.test', 'Forwarded: host=alice.street.test'], 'GET /', 404],
  ['in an absolute target only', ['Host: nobody.test'], 'GET http://alice.street.test/', 404],
  ['in Host beside another in an absolute target', [ALICE], 'GET http://nobody.test/', 503],
  ['twice', [ALICE, ALICE], 'GET /', 400],
  ['first of two', [ALICE, 'Host: nobody.test'], 'GET /', 400],
  ['not at all', [], 'GET /', 400],
  ['as nothing', ['Host:'], 'GET /', 400],
  ['as an international name', ['Host: älice.street.test'], 'GET /', 400],
  ['with a user', ['Host: x@alice.street.test'], 'GET /', 400],
  ['as an address', ['Host: 127.0.0.1'], 'GET /', 404],
])('a name called %s is answered by the Host header alone', async (_how, fields, start, status) => {
  const { send, street } = await openPorch();
  const answer = await send(request(start, ...fields));
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(street.hits).toEqual(status === 503 ? ['alice'] : []);
});

test.each(['OPTIONS', 'PUT', 'DELETE', 'PROPFIND', 'TRACE'])(
  'answers %s with the page and no hit',
  async (method) => {
    const { send, street } = await openPorch();
    expect((await send(request(`${method} /`, ALICE))).status).toBe(503);
    expect(street.hits).toEqual([]);
  },
);

test('answers any path, encoded badly or long, and any body that was meant for the line', async () => {
  const { send } = await openPorch();
  for (const path of ['/%zz', `/${'a'.repeat(3000)}`, '/a/../../etc/passwd', '//evil.test/', '/?%']) {
    expect((await send(request(`GET ${path}`, ALICE))).status).toBe(503);
  }
  const json = '{"a":1}';
  const posted = [ALICE, 'Content-Type: application/json', `Content-Length: ${json.length}`];
  expect((await send(request('POST /hook', ...posted) + json)).status).toBe(503);
  const large = 'x'.repeat(300_000);
  const form = [ALICE, 'Content-Type: application/x-www-form-urlencoded', `Content-Length: ${large.length}`];
  expect((await send(request('POST /login', ...form) + large)).status).toBe(503);
});

test('puts a stale visitor through by a header that needs no script', async () => {
  const { send, street, port } = await openPorch();
  street.live('alice');
  const { status, headers } = await send(request('GET /a?b', `${ALICE}:${port}`));
  expect(status).toBe(503);
  expect(headers.get('refresh')).toBe(`5; url=http://alice.street.test:${port}/a?b&porchlight=1`);
});

test('keeps a message that a plain form posts to the leave host', async () => {
  const clock = new ManualClock(1_000);
  const { send, box, port } = await openPorch({ clock });
  const page = await send(request('GET /', `${ALICE}:${port}`));
  expect(page.body).toContain(`action="http://leave.street.test:${port}/"`);
  await clock.advance(3_000);
  const text = 'Grüße\r\n\r\n二行目 ✓';
  const fields = new URLSearchParams({ to: 'alice.street.test', seal: sealIn(page.body), name: 'Ada', text });
  const { status, body } = await send(formPost('leave.street.test', fields.toString()));
  expect(status).toBe(200);
  expect(body).toContain('Your message is kept.');
  expect(box.messages).toMatchObject([{ line: 'alice', name: 'Ada', text: 'Grüße\n\n二行目 ✓' }]);
});

test('has room for a message of 4,000 characters in any script', async () => {
  const clock = new ManualClock();
  const { send, box } = await openPorch({ clock });
  const page = await send(request('GET /', ALICE));
  await clock.advance(3_000);
  const seal = sealIn(page.body);
  const fields = {
    to: 'alice.street.test',
    seal,
    name: '名'.repeat(80),
    contact: '名'.repeat(120),
    text: '字'.repeat(4000),
  };
  expect((await send(formPost('leave.street.test', new URLSearchParams(fields).toString()))).status).toBe(
    200,
  );
  expect(box.messages).toHaveLength(1);
});

test('answers a body over the limit with 413 and a page, whether its length is told or not', async () => {
  const { send, box } = await openPorch();
  const large = `to=alice.street.test&text=${'x'.repeat(200_000)}`;
  const told = await send(formPost('leave.street.test', large));
  expect([told.status, told.body.includes('Too much at once')]).toEqual([413, true]);
  const chunked = ['Transfer-Encoding: chunked', 'Content-Type: application/x-www-form-urlencoded'];
  const chunk = `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`;
  expect((await send(request('POST /', 'Host: leave.street.test', ...chunked) + chunk)).status).toBe(413);
  expect(box.messages).toEqual([]);
});

test('takes a body that is no form for an empty one', async () => {
  const { send } = await openPorch();
  const posted = ['Host: leave.street.test', 'Content-Type: application/json', 'Content-Length: 2'];
  expect((await send(`${request('POST /', ...posted)}{}`)).status).toBe(404);
});

test('refuses headers over 8 KiB', async () => {
  const { send, street } = await openPorch();
  expect((await send(request('GET /', ALICE, `X: ${'x'.repeat(9_000)}`))).status).toBe(431);
  expect(street.hits).toEqual([]);
});

test('closes a connection whose headers do not come in ten seconds', { timeout: 20_000 }, async () => {
  const { port } = await openPorch();
  const startedAt = systemClock.elapsed();
  const { status } = await sendRaw(plainSocket(port), 'GET / HTTP/1.1\r\nHost: alice.str');
  expect(status).toBe(408);
  const tookMs = systemClock.elapsed() - startedAt;
  expect(tookMs).toBeGreaterThan(9_000);
  expect(tookMs).toBeLessThan(13_000);
});

test('lets one address hold 64 connections and no more', async () => {
  const { port, server, send } = await openPorch();
  const held = Array.from({ length: 64 }, () => connect({ host: '127.0.0.1', port }));
  await Promise.all(held.map((socket) => new Promise((done) => socket.once('connect', done))));
  const oneTooMany = send(request('GET /', ALICE)).then(
    ({ status }) => status || Promise.reject(new Error('closed')),
  );
  await expect(oneTooMany).rejects.toThrow(/closed|ECONNRESET|EPIPE/);
  expect(server.counters().connectionsRefused).toBe(1);
  for (const socket of held) socket.destroy();
  await vi.waitFor(async () => expect((await send(request('GET /', ALICE))).status).toBe(503), 5_000);
});

test('answers with a page of ours when something breaks, and logs it', async () => {
  const { send, street, log } = await openPorch();
  street.called = () => {
    throw new Error('directory on fire');
  };
  const { status, body } = await send(request('GET /', ALICE));
  expect(status).toBe(500);
  expect(body).toContain('That is our fault');
  expect(body).not.toContain('on fire');
  expect(log.events.join()).toContain('directory on fire');
});

test('closes within a second or so though somebody holds a connection open', async () => {
  const { server, port } = await openPorch();
  const held = plainSocket(port);
  await new Promise((done) => held.once('connect', done));
  const gone = new Promise((done) => held.once('close', done));
  await server.close();
  await gone;
});

test('does not open when one of its endpoints is taken, and leaves nothing open', async () => {
  const { port, anywhere, server } = await openPorch();
  await expect(openPorch({ listen: [anywhere, { ...anywhere, port }] })).rejects.toThrow('EADDRINUSE');
  expect(server.endpoints).toEqual([{ scheme: 'http', address: '127.0.0.1', port }]);
});
