import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type PlainGet, readPlainGet } from '../../answering/plain-get.ts';

type Quick = (get: PlainGet, socket: Socket) => string | undefined;

/**
 * Looks at the first bytes of each connection before the HTTP server does: a page that is asked for plainly is answered
 * without parser, request and response, which cost several times what the page does. Whatever is not answered is handed
 * over as if it had just come.
 */
export function answerQuickly(server: Server, quick: Quick): void {
  const takeOver = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    // the visitor whose connection was one too many
    if (socket.destroyed) return;
    const ended = () => socket.destroy();
    socket.setTimeout(server.headersTimeout, ended);
    // an HTTP server's sockets stay half open: who leaves without a word has to be let go
    for (const event of ['error', 'end'] as const) socket.on(event, ended);
    socket.once('data', (bytes: Buffer) => {
      socket.setTimeout(0);
      for (const event of ['timeout', 'error', 'end'] as const) socket.off(event, ended);
      const answer = answerTo(bytes, socket, quick);
      if (answer !== undefined) finish(socket, answer);
      else handOver(server, takeOver, socket, bytes);
    });
  });
}

/** What fails here fails on the long way too, where it is told and answered. */
function answerTo(bytes: Buffer, socket: Socket, quick: Quick): string | undefined {
  const get = readPlainGet(bytes);
  try {
    return get && quick(get, socket);
  } catch {
    return undefined;
  }
}

function finish(socket: Socket, answer: string): void {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(LINGER_MS, () => socket.destroy());
  // what is sent after a whole request is of no interest
  socket.resume();
  socket.end(answer);
}

const LINGER_MS = 10_000;

function handOver(server: Server, takeOver: readonly unknown[], socket: Socket, bytes: Buffer): void {
  socket.pause();
  for (const listener of takeOver) if (typeof listener === 'function') listener.call(server, socket);
  socket.unshift(bytes);
  socket.resume();
}
