import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { guardedCaller } from '../../../../../gateway-server/webhook/io/guarded-caller.ts';
import type { Address } from '../../../../../protocol/address.ts';
import { hookReceiver } from '../../../../support/hook-receiver.ts';
import { ThrowawayCa } from '../../../../support/throwaway-certificate.ts';

const NEVER = new AbortController().signal;
const LOOPBACK = { mayCall: (address: Address) => address === '127.0.0.1' };

function callTo(url: string, deadlineMs = 5_000) {
  return {
    url,
    headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' },
    body: '{"ü":1}',
    deadlineMs,
  };
}

function certified() {
  const ca = new ThrowawayCa();
  onTestFinished(() => ca.remove());
  return { ca: ca.ca.toString(), tls: { key: readFileSync(ca.keyFile), cert: readFileSync(ca.certFile) } };
}

test('the body arrives byte by byte as it was signed, under the name that was given', async () => {
  const { heard, port } = await hookReceiver();
  const caller = guardedCaller({ reach: LOOPBACK, resolve: async () => ['127.0.0.1' as Address] });
  const called = await caller.post(callTo(`http://hooks.example.org:${port}/a?b=c`), NEVER);
  expect(called).toEqual({ kind: 'answered', status: 204 });
  expect(heard).toMatchObject([
    {
      method: 'POST',
      path: '/a?b=c',
      headers: { host: `hooks.example.org:${port}`, 'content-length': '8', 'webhook-id': 'msg_1' },
      body: '{"ü":1}',
    },
  ]);
});

test('the name is resolved once a call, and only the address that was checked is called', async () => {
  const { port, heard } = await hookReceiver();
  const asked: string[] = [];
  const caller = guardedCaller({
    reach: LOOPBACK,
    resolve: async (name) => {
      asked.push(name);
      // as a name that leads elsewhere from the second question on
      return [(asked.length === 1 ? '127.0.0.1' : '127.0.0.9') as Address];
    },
  });
  const call = callTo(`http://rebinding.example.org:${port}/`);
  expect(await caller.post(call, NEVER)).toMatchObject({ kind: 'answered' });
  expect(asked).toHaveLength(1);
  expect(await caller.post(call, NEVER)).toMatchObject({ kind: 'refused' });
  expect(heard).toHaveLength(1);
});

test.each(['10.0.0.1', '127.0.0.2', '::1', '169.254.169.254'])(
  'a name that leads to %s is not called',
  async (address) => {
    const { port, connections } = await hookReceiver();
    const caller = guardedCaller({ reach: LOOPBACK, resolve: async () => [address as Address] });
    expect(await caller.post(callTo(`http://inside.example.org:${port}/`), NEVER)).toMatchObject({
      kind: 'refused',
    });
    expect(connections()).toBe(0);
  },
);

test('an address in the URL is checked at the call as well', async () => {
  const { port, connections } = await hookReceiver();
  const caller = guardedCaller({ reach: { mayCall: () => false } });
  const called = await caller.post(callTo(`http://127.0.0.1:${port}/`), NEVER);
  expect([called.kind, connections()]).toEqual(['refused', 0]);
});

test('a redirect is an answer and is not followed', async () => {
  const elsewhere = await hookReceiver();
  const location = `http://127.0.0.1:${elsewhere.port}/`;
  const { port } = await hookReceiver({
    answer: (_, reply) => void reply.writeHead(307, { location }).end(),
  });
  const caller = guardedCaller({ reach: LOOPBACK });
  expect(await caller.post(callTo(`http://127.0.0.1:${port}/`), NEVER)).toEqual({
    kind: 'answered',
    status: 307,
  });
  expect(elsewhere.connections()).toBe(0);
});

test('a certificate is checked against the name, not against the address that is called', async () => {
  const { ca, tls } = certified();
  const { port } = await hookReceiver({ tls });
  const resolve = async () => ['127.0.0.1' as Address];
  const called = (host: string, trusted?: string) =>
    guardedCaller({ reach: LOOPBACK, resolve, ...(trusted === undefined ? {} : { ca: trusted }) }).post(
      callTo(`https://${host}:${port}/`),
      NEVER,
    );
  expect(await called('localhost', ca)).toEqual({ kind: 'answered', status: 204 });
  expect(await called('127.0.0.1', ca)).toEqual({ kind: 'answered', status: 204 });
  expect(await called('hooks.example.org', ca)).toMatchObject({ kind: 'unreachable' });
  expect(await called('localhost')).toMatchObject({ kind: 'unreachable' });
});

test('a receiver that does not answer is cut at the deadline', async () => {
  const { port } = await hookReceiver({ answer: () => undefined });
  const call = callTo(`http://127.0.0.1:${port}/`, 100);
  expect(await guardedCaller({ reach: LOOPBACK }).post(call, NEVER)).toEqual({ kind: 'too-late' });
});

test('a resolver that does not answer is cut at the deadline', async () => {
  const caller = guardedCaller({ reach: LOOPBACK, resolve: () => new Promise(() => undefined) });
  expect(await caller.post(callTo('https://slow.example.org/', 100), NEVER)).toEqual({ kind: 'too-late' });
});

test('an answer without end counts by its status and is cut', async () => {
  const { port } = await hookReceiver({
    answer: (_, reply) => {
      reply.writeHead(200);
      const more = () => void (!reply.destroyed && reply.write('x'.repeat(32_768), more));
      more();
    },
  });
  const call = callTo(`http://127.0.0.1:${port}/`);
  expect(await guardedCaller({ reach: LOOPBACK }).post(call, NEVER)).toEqual({
    kind: 'answered',
    status: 200,
  });
});

test('an answer that drips counts by its status at the deadline', async () => {
  const { port } = await hookReceiver({ answer: (_, reply) => void reply.writeHead(200).write('x') });
  const call = callTo(`http://127.0.0.1:${port}/`, 200);
  expect(await guardedCaller({ reach: LOOPBACK }).post(call, NEVER)).toEqual({
    kind: 'answered',
    status: 200,
  });
});

test('headers without end, and what is no HTTP at all, are told as not reached', async () => {
  const caller = guardedCaller({ reach: LOOPBACK });
  for (const words of [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, 'SSH-2.0-hello\r\n']) {
    const server = createServer((socket) => socket.on('error', () => undefined).end(words));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    expect(await caller.post(callTo(`http://127.0.0.1:${port}/`), NEVER)).toMatchObject({
      kind: 'unreachable',
    });
  }
});

test('a stop ends a call at once', async () => {
  const { port, heard } = await hookReceiver({ answer: () => undefined });
  const stop = new AbortController();
  const called = guardedCaller({ reach: LOOPBACK }).post(callTo(`http://127.0.0.1:${port}/`), stop.signal);
  await expect.poll(() => heard.length).toBe(1);
  stop.abort();
  await expect(called).rejects.toThrow();
});

test('every call has a connection of its own', async () => {
  const { port, connections } = await hookReceiver();
  const caller = guardedCaller({ reach: LOOPBACK });
  await caller.post(callTo(`http://127.0.0.1:${port}/`), NEVER);
  await caller.post(callTo(`http://127.0.0.1:${port}/`), NEVER);
  expect(connections()).toBe(2);
});
