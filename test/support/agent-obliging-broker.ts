import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { Aedes } from 'aedes';
import {
  decodeUpper,
  encodeLower,
  type LowerMessage,
  type Register,
  type UpperMessage,
} from '../../protocol/message.ts';
import { isUpperLeaf, parseTopic, topicOf } from '../../protocol/topic.ts';

/** A gateway of the smallest kind: whoever registers is live at once. With TLS where options for it are given. */
export async function obligingBroker(tls?: TlsOptions, host = '127.0.0.1') {
  const aedes = await Aedes.createBroker();
  const heard: UpperMessage[] = [];
  aedes.on('publish', ({ topic, payload }) => {
    const seen = parseTopic(topic);
    if (!seen || !isUpperLeaf(seen.leaf)) return;
    const message = decodeUpper(seen.leaf, Buffer.from(payload));
    if (message.kind === 'malformed') throw new Error(message.problem);
    heard.push(message);
    if (message.kind !== 'register') return;
    const live = encodeLower(liveAfter(message));
    const packet = { topic: topicOf(seen.line, 'live'), payload: Buffer.from(live), qos: 1 } as const;
    aedes.publish({ cmd: 'publish', retain: false, dup: false, ...packet }, () => undefined);
  });
  const sockets = new Set<Socket>();
  const take = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    aedes.handle(socket);
  };
  const server = tls
    ? createTlsServer({ ...tls, noDelay: true }, take).on('tlsClientError', () => undefined)
    : createServer({ noDelay: true }, take);
  server.listen(0, host);
  await once(server, 'listening');
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    aedes.close();
  };
  return { aedes, heard, sockets, port: (server.address() as AddressInfo).port, close };
}

function liveAfter({ session, seq, domain, ipv4, ipv6 }: Register): LowerMessage {
  const away = {
    lastLogOn: null,
    offlineForMs: null,
    offlineReason: null,
    hits: 0,
    messages: 0,
    portal: null,
  };
  const proof = { ok: true, missing: [] };
  return { kind: 'live', session, seq, domain, addresses: { ipv4, ipv6 }, serial: 9, proof, ...away };
}
