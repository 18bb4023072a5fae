import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';

export interface RawReply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends bytes as they are and reads to the end of the connection: every answer of ours ends with it. */
export async function sendRaw(socket: Socket, request: string): Promise<RawReply> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    socket.once('close', () => resolve());
    socket.once('error', reject);
  });
  socket.write(request);
  await ended;
  const [head = '', ...rest] = Buffer.concat(chunks).toString().split('\r\n\r\n');
  const [start = '', ...fields] = head.split('\r\n');
  const headers = fields.map((field): [string, string] => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
  });
  return { status: Number(start.split(' ')[1]), headers: new Map(headers), body: rest.join('\r\n\r\n') };
}

export function plainSocket(port: number): Socket {
  return connect({ host: '127.0.0.1', port });
}

/** Resolves when the handshake is over, rejects when it is refused. */
export function tlsSocket(port: number, options: ConnectionOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ host: '127.0.0.1', port, ...options }, () => resolve(socket));
    socket.once('error', reject);
  });
}

export function request(start: string, ...fields: readonly string[]): string {
  return `${[`${start} HTTP/1.1`, ...fields].join('\r\n')}\r\n\r\n`;
}

export function formPost(host: string, body: string): string {
  const type = 'Content-Type: application/x-www-form-urlencoded';
  return request('POST /', `Host: ${host}`, type, `Content-Length: ${Buffer.byteLength(body)}`) + body;
}
