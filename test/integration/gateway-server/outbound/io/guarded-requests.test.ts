import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { guardedRequests } from '../../../../../gateway-server/outbound/io/guarded-requests.ts';
import type { OutboundRequest } from '../../../../../gateway-server/outbound/outbound.ts';
import type { Address } from '../../../../../protocol/address.ts';
import { hookReceiver } from '../../../../support/hook-receiver.ts';
import { ThrowawayCa } from '../../../../support/throwaway-certificate.ts';

const NEVER = new AbortController().signal;
const HOME = '127.0.0.1' as Address;
const reach = { mayCall: (address: Address) => address === HOME };

const REQUEST = { address: HOME, method: 'GET', headers: {}, mostBytes: 1_000, deadlineMs: 5_000 } as const;

function get(url: string, wish: Partial<OutboundRequest> = {}) {
  return guardedRequests({ reach }).request({ url, ...REQUEST, ...wish }, NEVER);
}

/** A server that says these bytes to everybody. */
async function speaker(words: string) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', () => undefined);
    socket.end(words);
  });
  await new Promise<void>((resolve) => server.listen(0, HOME, resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

test('the address that is given is called under the name of the URL, which nobody resolves', async () => {
  const { heard, port } = await hookReceiver({ answer: (_, reply) => void reply.end('hello') });
  const result = await get(`http://name.invalid:${port}/a?b=c`, { headers: { 'user-agent': 'Lamp' } });
  if (result.kind !== 'answered') throw new Error(result.kind);
  expect([result.status, String(result.body)]).toEqual([200, 'hello']);
  expect(heard).toMatchObject([
    {
      method: 'GET',
      path: '/a?b=c',
      headers: { host: `name.invalid:${port}`, 'user-agent': 'Lamp', 'accept-encoding': 'identity' },
    },
  ]);
});

test('an address that may not be called gets no connection', async () => {
  const { port, connections } = await hookReceiver();
  const result = await get(`http://name.invalid:${port}/`, { address: '127.0.0.2' as Address });
  expect([result.kind, connections()]).toEqual(['refused', 0]);
});

test('an address that the URL names itself is not the one that is called', async () => {
  const { heard } = await hookReceiver();
  const other = await hookReceiver();
  await get(`http://127.0.0.9:${other.port}/`);
  expect([heard.length, other.heard.length]).toEqual([0, 1]);
});

test('a body goes out whole with its length', async () => {
  const { heard, port } = await hookReceiver();
  await get(`http://name.invalid:${port}/`, { method: 'POST', body: 'ü' });
  expect(heard).toMatchObject([{ method: 'POST', body: 'ü', headers: { 'content-length': '2' } }]);
});

test('a redirect is an answer and is not followed', async () => {
  const elsewhere = await hookReceiver();
  const location = `http://127.0.0.1:${elsewhere.port}/`;
  const { port } = await hookReceiver({
    answer: (_, reply) => void reply.writeHead(302, { location }).end(),
  });
  const result = await get(`http://name.invalid:${port}/`);
  expect(result).toMatchObject({ kind: 'answered', status: 302 });
  expect(result.kind === 'answered' && result.headers.get('location')).toBe(location);
  expect(elsewhere.connections()).toBe(0);
});

test('a body is taken up to the limit and not a byte beyond', async () => {
  const { port } = await hookReceiver({
    answer: ({ url }, reply) => void reply.write('x'.repeat(Number(url?.slice(1))), () => reply.end()),
  });
  const url = (bytes: number) => `http://name.invalid:${port}/${bytes}`;
  expect(await get(url(1_000))).toMatchObject({ status: 200, body: Buffer.from('x'.repeat(1_000)) });
  expect(await get(url(1_001))).toMatchObject({ status: 200, body: 'too-large' });
});

test('a body that is announced as too long is not waited for', async () => {
  const { port } = await hookReceiver({
    answer: (_, reply) => void reply.writeHead(200, { 'content-length': '1001' }).flushHeaders(),
  });
  expect(await get(`http://name.invalid:${port}/`)).toMatchObject({ body: 'too-large' });
});

test('a body without end is cut at the limit', async () => {
  let isClosed = false;
  const { port } = await hookReceiver({
    answer: (_, reply) => {
      reply.on('close', () => {
        isClosed = true;
      });
      const more = () => void (!reply.destroyed && reply.write('x'.repeat(1_000), more));
      more();
    },
  });
  const result = await get(`http://name.invalid:${port}/`, { mostBytes: 100_000 });
  expect(result).toMatchObject({ body: 'too-large' });
  await expect.poll(() => isClosed).toBe(true);
});

test('the deadline counts for the first byte and for the last', async () => {
  const silent = await hookReceiver({ answer: () => undefined });
  const slow = await hookReceiver({ answer: (_, reply) => void reply.writeHead(200).write('x') });
  const [nothing, half] = [silent, slow].map(({ port }) =>
    get(`http://name.invalid:${port}/`, { deadlineMs: 200 }),
  );
  expect(await nothing).toEqual({ kind: 'too-late' });
  expect(await half).toMatchObject({ status: 200, body: 'cut-off' });
});

test.each([
  ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`],
  ['what is no HTTP', 'SSH-2.0-hello\r\n'],
  ['an upgrade', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ['nothing', ''],
])('%s is told as unreachable', async (_, words) => {
  expect((await get(`http://name.invalid:${await speaker(words)}/`)).kind).toBe('unreachable');
});

test('a body that breaks off is told as that', async () => {
  const port = await speaker('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf');
  expect(await get(`http://name.invalid:${port}/`)).toMatchObject({ status: 200, body: 'cut-off' });
});

test('a certificate counts for the name of the URL', async () => {
  const ca = new ThrowawayCa();
  onTestFinished(() => ca.remove());
  const tls = { key: readFileSync(ca.keyFile), cert: readFileSync(ca.certFile) };
  const { port } = await hookReceiver({ tls });
  const trusting = guardedRequests({ reach, ca: ca.ca.toString() });
  const called = (host: string) =>
    trusting.request({ ...REQUEST, url: `https://${host}:${port}/`, mostBytes: 10 }, NEVER);
  expect((await called('localhost')).kind).toBe('answered');
  expect((await called('name.invalid')).kind).toBe('unreachable');
  expect((await get(`https://localhost:${port}/`)).kind).toBe('unreachable');
});

test('every request has a connection of its own', async () => {
  const { port, connections } = await hookReceiver();
  for (const _ of [1, 2]) await get(`http://name.invalid:${port}/`);
  expect(connections()).toBe(2);
});

test('a stop ends a request at once', async () => {
  const { port, heard } = await hookReceiver({ answer: () => undefined });
  const stop = new AbortController();
  const url = `http://name.invalid:${port}/`;
  const request = guardedRequests({ reach }).request({ ...REQUEST, url }, stop.signal);
  await expect.poll(() => heard.length).toBe(1);
  stop.abort();
  await expect(request).rejects.toThrow();
});
