import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openHttpListeners } from '../../../../../gateway-server/web/io/http-listeners.ts';
import type { Address } from '../../../../../protocol/address.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { MemoryLog } from '../../../../support/memory-log.ts';

async function listening(serve: RequestListener) {
  const clock = new ManualClock();
  const listeners = await openHttpListeners({
    listen: [{ address: '127.0.0.1' as Address, port: 0 }],
    tls: null,
    serve,
    clock,
    log: new MemoryLog(),
  });
  const socket = connect(listeners.endpoints[0]?.port ?? 0, '127.0.0.1');
  const seen = { isClosed: false, text: '' };
  socket.on('error', () => undefined);
  socket.on('data', (piece: Buffer) => {
    seen.text += piece.toString();
  });
  socket.once('close', () => {
    seen.isClosed = true;
  });
  onTestFinished(async () => {
    socket.destroy();
    const closed = listeners.close();
    await vi.waitFor(() => clock.advance(2_000));
    await closed;
  });
  return { clock, socket, seen };
}

test('a body that drips is cut after half a minute, whoever reads it', async () => {
  let bytes = 0;
  const { clock, socket, seen } = await listening((request) => {
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    request.on('error', () => undefined);
  });
  socket.write('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\n');
  for (let second = 1; second <= 25; second++) {
    socket.write('x');
    await vi.waitFor(() => expect(bytes).toBe(second));
    await clock.advance(1_000);
  }
  expect(seen.isClosed).toBe(false);
  await clock.advance(10_000);
  await vi.waitFor(() => expect(seen.isClosed).toBe(true));
});

test('who only listens is not cut, however long the answer takes', async () => {
  const told: (() => void)[] = [];
  const { clock, socket, seen } = await listening((_, reply) => {
    reply.write('one');
    told.push(() => reply.end('two'));
  });
  socket.write('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n');
  await vi.waitFor(() => expect(seen.text).toContain('one'));
  for (let minute = 0; minute < 10; minute++) await clock.advance(60_000);
  told[0]?.();
  await vi.waitFor(() => expect(seen.isClosed).toBe(true));
  expect(seen.text).toContain('two');
});
