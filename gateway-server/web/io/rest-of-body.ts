import type { IncomingMessage } from 'node:http';

/** What may still come after the answer is known; then the connection is cut. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Lets the rest of a body pass by unread: whoever is still sending would not hear the answer otherwise. */
export function passOver(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let bytes = 0;
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) request.socket.destroy();
  });
  request.resume();
}
