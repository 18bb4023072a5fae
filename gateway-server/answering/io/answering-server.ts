import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { parseAddress } from '../../../protocol/address.ts';
import { within } from '../../../runtime/deadline.ts';
import { every } from '../../../runtime/loop.ts';
import type { Endpoint } from '../../endpoint.ts';
import { Answering, type AnsweringParts } from '../answering.ts';
import type { Random } from '../form-seal.ts';
import type { Scheme } from '../host.ts';
import type { AnsweringCounters } from '../tally.ts';
import { openAnsweringApp } from './answering-app.ts';
import { type CertificateFiles, Certificates } from './certificates.ts';
import { VisitorSockets } from './visitor-sockets.ts';

export interface AnsweringServerOptions extends Omit<AnsweringParts, 'random'> {
  readonly listen: readonly Endpoint[];
  /** Null: no HTTPS. */
  readonly tls: ({ readonly listen: readonly Endpoint[] } & CertificateFiles) | null;
  readonly random?: Random;
}

export interface AnsweringServer {
  /** Where it listens, with the ports that the system chose. */
  readonly endpoints: readonly (Endpoint & { readonly scheme: Scheme })[];
  /** Reads the certificate files now; what cannot be used is logged, and the pair of before stays. */
  reloadCertificates(): Promise<void>;
  counters(): AnsweringCounters & { readonly connectionsRefused: number };
  close(): Promise<void>;
}

/** A request comes in whole within seconds, or not at all. */
const BOUNDS: ServerOptions = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
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

/** Answers visitors over HTTP and HTTPS. Throws when an endpoint cannot be had or the certificate not be used. */
export async function openAnsweringServer(options: AnsweringServerOptions): Promise<AnsweringServer> {
  const { tls, clock, log } = options;
  const certificates = tls && (await Certificates.load(tls, log));
  const answering = new Answering({ ...options, random: options.random ?? randomBytes });
  const app = await openAnsweringApp(answering, log);
  const sockets = new VisitorSockets();
  const serve: RequestListener = (request, response) => app.routing(request, response);
  const listeners: readonly Listener[] = [
    ...options.listen.map((endpoint) => plainListener(endpoint, serve)),
    ...(tls && certificates ? tls.listen.map((endpoint) => tlsListener(endpoint, serve, certificates)) : []),
  ];
  const closing = new AbortController();
  const close = async () => {
    closing.abort();
    const closed = Promise.all(listeners.map(({ server }) => closeServer(server)));
    await within(clock, FAREWELL_MOST_MS, closed, new AbortController().signal);
    sockets.destroyAll();
    await closed;
    await app.close();
  };
  const reloadCertificates = async () => certificates?.reload();
  try {
    await Promise.all(listeners.map((listener) => open(listener, sockets)));
  } catch (error) {
    await close();
    throw error;
  }
  if (certificates) void watch(certificates, { clock, log }, closing.signal);
  return {
    endpoints: listeners.map(({ scheme, server, endpoint }) => ({ scheme, ...boundTo(server, endpoint) })),
    reloadCertificates,
    counters: () => ({ ...answering.counters(), connectionsRefused: sockets.refused }),
    close,
  };
}

/** Certificates are renewed by somebody else, who need not tell us. */
async function watch(
  certificates: Certificates,
  { clock, log }: Pick<AnsweringParts, 'clock' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  await clock.sleep(CERTIFICATES_EVERY_MS, signal).catch(() => undefined);
  await every({ periodMs: CERTIFICATES_EVERY_MS, clock, log }, signal, () => certificates.reload());
}

function plainListener(endpoint: Endpoint, serve: RequestListener): Listener {
  return { scheme: 'http', endpoint, server: createServer(BOUNDS, serve) };
}

/** There is no certificate but those that `certificates` gives by name: who asks for none of them gets no handshake. */
function tlsListener(endpoint: Endpoint, serve: RequestListener, certificates: Certificates): Listener {
  const server = createTlsServer(
    {
      ...BOUNDS,
      handshakeTimeout: HANDSHAKE_MOST_MS,
      SNICallback: (serverName, give) => give(null, certificates.contextFor(serverName)),
    },
    serve,
  );
  return { scheme: 'https', endpoint, server };
}

function open({ server, endpoint }: Listener, sockets: VisitorSockets): Promise<void> {
  server.timeout = IDLE_MOST_MS;
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
