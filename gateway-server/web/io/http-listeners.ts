import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { parseAddress } from '../../../protocol/address.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { within } from '../../../runtime/deadline.ts';
import type { Logger } from '../../../runtime/log.ts';
import { every } from '../../../runtime/loop.ts';
import type { Scheme } from '../../answering/host.ts';
import { type CertificateFiles, Certificates } from '../../answering/io/certificates.ts';
import { VisitorSockets } from '../../answering/io/visitor-sockets.ts';
import type { PlainGet } from '../../answering/plain-get.ts';
import type { Endpoint } from '../../endpoint.ts';
import { BodyPace } from '../body-pace.ts';
import { answerQuickly } from './quick-answers.ts';

export interface HttpListenersOptions {
  readonly listen: readonly Endpoint[];
  /** Null: no HTTPS. */
  readonly tls: ({ readonly listen: readonly Endpoint[] } & CertificateFiles) | null;
  readonly serve: RequestListener;
  /** The whole answer to a plain look at a page, where it is known at once; all else goes the long way. */
  readonly quick?: (get: PlainGet, socket: Socket) => string | undefined;
  /** For certificates that name no host that could be asked for, as on an address alone. */
  readonly anyServerName?: boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface HttpListeners {
  /** Where it listens, with the ports that the system chose. */
  readonly endpoints: readonly (Endpoint & { readonly scheme: Scheme })[];
  readonly refused: number;
  /** Reads the certificate files now; what cannot be used is logged, and the pair of before stays. */
  reloadCertificates(): Promise<void>;
  close(): Promise<void>;
}

/** Headers come in whole within seconds, or not at all; of bodies the pace counts, and not the time. */
const BOUNDS: ServerOptions = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 0,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 1_000,
  // a request without Host gets a page of ours instead of an empty answer
  requireHostHeader: false,
};
const HANDSHAKE_MOST_MS = 10_000;
const IDLE_MOST_MS = 30_000;
const CERTIFICATES_EVERY_MS = 10_000;
const FAREWELL_MOST_MS = 1_000;

interface Listener {
  readonly scheme: Scheme;
  readonly server: Server;
  readonly endpoint: Endpoint;
}

/** HTTP and HTTPS doors with bounds on time, size and number. Throws when an endpoint cannot be had or the certificate not be used. */
export async function openHttpListeners(options: HttpListenersOptions): Promise<HttpListeners> {
  const { tls, clock, log } = options;
  const certificates = tls && (await Certificates.load(tls, log));
  const sockets = new VisitorSockets();
  const listeners: readonly Listener[] = [
    ...options.listen.map((endpoint) => plainListener(endpoint, options)),
    ...(tls && certificates
      ? tls.listen.map((endpoint) => tlsListener(endpoint, options, certificates))
      : []),
  ];
  const closing = new AbortController();
  const pace = new BodyPace(clock, log);
  const close = async () => {
    closing.abort();
    const closed = Promise.all(listeners.map(({ server }) => closeServer(server)));
    await within(clock, FAREWELL_MOST_MS, closed, new AbortController().signal);
    sockets.destroyAll();
    await closed;
  };
  try {
    await Promise.all(listeners.map((listener) => open(listener, sockets, pace)));
  } catch (error) {
    await close();
    throw error;
  }
  void pace.run(closing.signal);
  if (certificates) void watch(certificates, { clock, log }, closing.signal);
  return {
    endpoints: listeners.map(({ scheme, server, endpoint }) => ({ scheme, ...boundTo(server, endpoint) })),
    get refused() {
      return sockets.refused;
    },
    reloadCertificates: async () => certificates?.reload(),
    close,
  };
}

/** Certificates are renewed by somebody else, who need not tell us. */
async function watch(
  certificates: Certificates,
  { clock, log }: Pick<HttpListenersOptions, 'clock' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  await clock.sleep(CERTIFICATES_EVERY_MS, signal).catch(() => undefined);
  await every({ periodMs: CERTIFICATES_EVERY_MS, clock, log }, signal, () => certificates.reload());
}

function plainListener(endpoint: Endpoint, { serve, quick }: HttpListenersOptions): Listener {
  const server = createServer(BOUNDS, serve);
  if (quick) answerQuickly(server, quick);
  return { scheme: 'http', endpoint, server };
}

/** There is no certificate but those that `certificates` gives by name: who asks for none of them gets no handshake. */
function tlsListener(
  endpoint: Endpoint,
  { serve, anyServerName = false }: HttpListenersOptions,
  certificates: Certificates,
): Listener {
  const server = createTlsServer(
    {
      ...BOUNDS,
      ...(anyServerName ? certificates.files() : {}),
      handshakeTimeout: HANDSHAKE_MOST_MS,
      SNICallback: (serverName, give) =>
        give(null, anyServerName ? certificates.context() : certificates.contextFor(serverName)),
    },
    serve,
  );
  return { scheme: 'https', endpoint, server };
}

function follow(request: IncomingMessage, pace: BodyPace): void {
  const { socket } = request;
  const incoming = {
    bytes: () => socket.bytesRead,
    isWhole: () => request.complete,
    cut: () => void socket.destroy(),
  };
  pace.begins(incoming);
  request.once('close', () => pace.ends(incoming));
}

function open({ server, endpoint }: Listener, sockets: VisitorSockets, pace: BodyPace): Promise<void> {
  server.timeout = IDLE_MOST_MS;
  server.prependListener('request', (request) => follow(request, pace));
  server.prependListener('connection', (socket) => sockets.admit(socket));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: endpoint.address, port: endpoint.port, ipv6Only: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // closing a server that never came to listen is no failure
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

function boundTo(server: Server, asked: Endpoint): Endpoint {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return asked;
  return { address: parseAddress(bound.address) ?? asked.address, port: bound.port };
}
