import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Endpoint } from '../../gateway-server/endpoint.ts';
import { clientIdOf, type LineId } from '../../protocol/line-id.ts';
import { topicOf, type UpperLeaf } from '../../protocol/topic.ts';

/** MQTT 3.1.1 packets made by hand, for peers that do what no client library would. */

interface WireWill {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos?: number;
  readonly retain?: boolean;
}

export interface WireConnect {
  readonly line: LineId;
  readonly secret?: string;
  readonly keepalive?: number;
  readonly will?: WireWill;
}

export function packet(firstByte: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(firstByte), lengthBytes(body.length), body]);
}

export function lengthBytes(length: number): Buffer {
  const bytes: number[] = [];
  for (let rest = length; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

export function field(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

export function connectPacket({ line, secret = 'secret', keepalive = 10, will }: WireConnect): Buffer {
  const willFlags = will ? 0x04 | ((will.qos ?? 0) << 3) | (will.retain ? 0x20 : 0) : 0;
  return packet(
    0x10,
    field('MQTT'),
    Buffer.of(4, 0xc2 | willFlags, keepalive >> 8, keepalive & 0xff),
    field(clientIdOf(line)),
    ...(will ? [field(will.topic), field(will.payload)] : []),
    field(line),
    field(secret),
  );
}

export function publishPacket(line: LineId, leaf: UpperLeaf, payload: Uint8Array): Buffer {
  return packet(0x30, field(topicOf(line, leaf)), payload);
}

export function subscribePacket(topics: readonly string[]): Buffer {
  return packet(0x82, Buffer.of(0, 1), ...topics.flatMap((topic) => [field(topic), Buffer.of(1)]));
}

export const DISCONNECT = packet(0xe0);
export const PING = packet(0xc0);

/** Opens a TCP connection that swallows errors: the other side may end it at any time. */
export async function openSocket({ address, port }: Endpoint): Promise<Socket> {
  const socket = connect({ host: address, port, noDelay: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Logs in on a fresh socket and waits for CONNACK. */
export async function loggedInSocket(endpoint: Endpoint, hello: WireConnect): Promise<Socket> {
  const socket = await openSocket(endpoint);
  socket.write(connectPacket(hello));
  await once(socket, 'data');
  return socket;
}

/** Sends the bytes and gives what comes back until the other side closes. */
export async function answerTo(endpoint: Endpoint, ...chunks: readonly Uint8Array[]): Promise<Buffer> {
  const socket = await openSocket(endpoint);
  const heard: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => heard.push(chunk));
  for (const chunk of chunks) socket.write(chunk);
  await closing(socket);
  return Buffer.concat(heard);
}

export async function closing(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}
