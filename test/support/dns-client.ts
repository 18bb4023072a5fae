import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Endpoint } from '../../gateway-server/endpoint.ts';

/** Sends over UDP and gives what comes back, or `'silence'` when nothing does within the limit. */
export async function exchangeUdp(
  { address, port }: Endpoint,
  message: Uint8Array,
  limitMs = 2000,
): Promise<Buffer | 'silence'> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.send(message, port, address);
    const [reply] = await once(socket, 'message', { signal: AbortSignal.timeout(limitMs) });
    return Buffer.from(reply);
  } catch {
    return 'silence';
  } finally {
    socket.close();
  }
}

export function framed(...messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => [Buffer.from([message.length >> 8, message.length & 255]), message]),
  );
}

/** A TCP client that does with its connection what a test wants. */
export class DnsTcpClient {
  readonly socket: Socket;
  readonly chunks: Buffer[] = [];
  isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('error', () => undefined);
  }

  static async open({ address, port }: Endpoint, localAddress: string = address): Promise<DnsTcpClient> {
    const client = new DnsTcpClient(connect({ host: address, port, localAddress, noDelay: true }));
    await once(client.socket, 'connect');
    return client;
  }

  get bytesReceived(): number {
    return this.chunks.reduce((sum, { length }) => sum + length, 0);
  }

  /** The whole messages that have come so far. */
  messages(): Buffer[] {
    const bytes = Buffer.concat(this.chunks);
    const found: Buffer[] = [];
    for (let at = 0; at + 2 <= bytes.length; ) {
      const end = at + 2 + bytes.readUInt16BE(at);
      if (end > bytes.length) break;
      found.push(bytes.subarray(at + 2, end));
      at = end;
    }
    return found;
  }

  close(): void {
    this.socket.destroy();
  }
}
