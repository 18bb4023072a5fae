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
    let isAnswered = false;
    const left = () => socket.destroy();
    // an HTTP server's sockets stay half open: who leaves without a word has to be let go
    const ended = () => isAnswered || socket.destroy();
    socket.setTimeout(server.headersTimeout);
    socket.on('timeout', left).on('error', left).on('end', ended);
    socket.once('data', (bytes: Buffer) => {
      const answer = answerTo(bytes, socket, quick);
      isAnswered = answer !== undefined;
      // what is sent after a whole request is of no interest; the time-out stays, for who reads or leaves too slowly
      if (answer !== undefined) return socket.resume().end(answer);
      socket.setTimeout(0);
      socket.off('timeout', left).off('error', left).off('end', ended);
      return handOver(server, takeOver, socket, bytes);
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

function handOver(server: Server, takeOver: readonly unknown[], socket: Socket, bytes: Buffer): void {
  socket.pause();
  for (const listener of takeOver) if (typeof listener === 'function') listener.call(server, socket);
  socket.unshift(bytes);
  socket.resume();
}
