import { expect, test, vi } from 'vitest';
import type { ByteRange } from '../../../../gateway-server/subscriber/content.ts';
import { NO_PAGE, type Offer } from '../../../../gateway-server/subscriber/shelf.ts';
import { parseLineId } from '../../../../protocol/line-id.ts';
import { openPorch } from './open-porch.ts';
import { plainSocket, request } from './raw-http.ts';

const PIECE = Buffer.alloc(65_536, 'x');
const BIG = 512 * 1024 * 1024;
const HOST = 'Host: alice.street.test';

/** A porch where alice offers one file of `bytes`, made while it is read. */
async function offering(bytes: number) {
  const line = parseLineId('alice');
  if (!line) throw new Error('no line id');
  const [name, mediaType] = ['film.webm', 'video/webm'];
  const offer: Offer = { id: 'film', line, role: 'file', name, mediaType, bytes, at: 0 };
  const read = { pieces: 0, isOver: false };
  async function* pieces(range: ByteRange | null) {
    try {
      let left = range ? range.last - range.first + 1 : bytes;
      for (; left > 0; left -= PIECE.length) {
        read.pieces += 1;
        yield PIECE.subarray(0, Math.min(PIECE.length, left));
      }
    } finally {
      read.isOver = true;
    }
  }
  const porch = await openPorch({
    shelf: {
      page: () => NO_PAGE,
      offers: () => [offer],
      offer: (_line, id) => (id === offer.id ? offer : undefined),
      read: async (_offer, range) => pieces(range),
    },
  });
  return { ...porch, read };
}

const FILM = '/.porchlight/file/film/film.webm';

test('sends the part of a file that is asked for, with its length', async () => {
  const { send } = await offering(100_000);
  const { status, headers, body } = await send(request(`GET ${FILM}`, HOST, 'Range: bytes=1000-70999'));
  expect([status, headers.get('content-length'), body.length]).toEqual([206, '70000', 70_000]);
  expect(headers.get('content-range')).toBe('bytes 1000-70999/100000');
});

test('tells the length of a file to a HEAD and reads none of it', async () => {
  const { send, read } = await offering(100_000);
  const { status, headers, body } = await send(request(`HEAD ${FILM}`, HOST));
  expect([status, headers.get('content-length'), body, read.pieces]).toEqual([200, '100000', '', 0]);
});

test('reads no further ahead than somebody takes, and stops when they leave', async () => {
  const { port, read } = await offering(BIG);
  const socket = plainSocket(port);
  socket.on('error', () => undefined).pause();
  socket.write(request(`GET ${FILM}`, HOST));
  await vi.waitFor(() => expect(read.pieces).toBeGreaterThan(0), 5_000);
  const before = process.memoryUsage.rss();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(read.pieces * PIECE.length).toBeLessThan(BIG / 8);
  expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
  socket.destroy();
  await vi.waitFor(() => expect(read.isOver).toBe(true), 5_000);
});

test('holds the events of a line open until it is back, and answers a HEAD at once', async () => {
  const { server, port, send } = await offering(1);
  expect((await send(request('HEAD /.porchlight/events', HOST))).status).toBe(404);
  const socket = plainSocket(port);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(request('GET /.porchlight/events', HOST, 'Accept: text/event-stream'));
  await vi.waitFor(() => expect(text).toContain('retry: 10000'), 5_000);
  expect(text).toMatch(/^HTTP\/1\.1 200 [\s\S]*content-type: text\/event-stream/);
  const line = parseLineId('alice');
  if (line) server.answering.sees({ kind: 'live', line, at: 0 });
  await closed;
  expect(text).toContain('event: live');
});
