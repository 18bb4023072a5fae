import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { onTestFinished } from 'vitest';

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Wish {
  readonly answer?: RequestListener;
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
}

/** A real receiver of webhooks on a free port of loopback, which answers 204 unless told otherwise. */
export async function hookReceiver({
  answer = (_, reply) => void reply.writeHead(204).end(),
  tls,
}: Wish = {}) {
  const heard: Heard[] = [];
  const listener: RequestListener = (request, reply) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      heard.push({ method, path, headers, body: Buffer.concat(pieces).toString() });
      answer(request, reply);
    });
  };
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { heard, port, connections: () => connections };
}
