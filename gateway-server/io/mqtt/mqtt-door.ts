import { readFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type SecureContextOptions } from 'node:tls';
import { type Address, parseAddress, unmapped } from '../../../protocol/address.ts';
import type { Endpoint } from '../../endpoint.ts';

/** PEM files of a server: the certificate with its chain, and its key. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What a door asks, and whom it leads in. */
export interface Doorkeeper {
  /** Asked before anything is spent on a connection, a TLS handshake included. */
  admits(source: Address): boolean;
  leaves(source: Address): void;
  welcome(socket: Socket, source: Address): void;
  handshakeFailed(error: Error): void;
  readonly handshakeTimeoutMs: number;
}

/** A port on which agents connect. */
export interface Door {
  readonly endpoint: Endpoint;
  /** Stops listening; connections stay. */
  close(): Promise<void>;
}

export interface TlsDoor extends Door {
  /** Reads the files again, for connections to come; a pair that does not fit together rejects and changes nothing. */
  reload(): Promise<void>;
}

/** Many agents come at once after a power cut; the kernel drops what does not fit. */
const BACKLOG = 4096;

export async function openDoor(listen: Endpoint, keeper: Doorkeeper): Promise<Door> {
  const server = gatedServer(keeper, (socket, source) => keeper.welcome(socket, source));
  return { endpoint: await listening(server, listen), close: () => closed(server) };
}

export async function openTlsDoor(
  listen: Endpoint,
  files: CertificateFiles,
  keeper: Doorkeeper,
): Promise<TlsDoor> {
  const tls = createTlsServer(
    { ...(await contextOf(files)), handshakeTimeout: keeper.handshakeTimeoutMs },
    (socket) => {
      const source = sourceOf(socket);
      if (source) keeper.welcome(socket, source);
      else socket.destroy();
    },
  );
  tls.on('tlsClientError', (error, socket) => {
    socket.destroy();
    keeper.handshakeFailed(error);
  });
  // the TLS server never listens itself: the gate stands before the handshake, which is what costs
  const server = gatedServer(keeper, (socket) => tls.emit('connection', socket));
  return {
    endpoint: await listening(server, listen),
    close: () => closed(server),
    reload: async () => tls.setSecureContext(await contextOf(files)),
  };
}

function gatedServer(keeper: Doorkeeper, lead: (socket: Socket, source: Address) => void): Server {
  return createServer({ noDelay: true }, (socket) => {
    const source = sourceOf(socket);
    if (!source || !keeper.admits(source)) return void socket.resetAndDestroy();
    socket.once('close', () => keeper.leaves(source));
    lead(socket, source);
  });
}

/** Undefined when the peer has gone already. */
function sourceOf(socket: Socket): Address | undefined {
  const address = parseAddress(socket.remoteAddress?.replace(/%.*$/, '') ?? '');
  return address && unmapped(address);
}

async function contextOf({ certFile, keyFile }: CertificateFiles): Promise<SecureContextOptions> {
  const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
  const options: SecureContextOptions = { cert, key, minVersion: 'TLSv1.2' };
  createSecureContext(options);
  return options;
}

function listening(server: Server, { address, port }: Endpoint): Promise<Endpoint> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, backlog: BACKLOG }, () => {
      const bound = server.address();
      resolve({ address, port: typeof bound === 'object' && bound ? bound.port : port });
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
