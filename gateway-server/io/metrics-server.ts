import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import { parseAddress } from '../../protocol/address.ts';
import type { Logger } from '../../runtime/log.ts';
import { type Endpoint, endpointText } from '../endpoint.ts';
import type { MetricFamily } from '../metrics/metric-family.ts';

interface Options {
  readonly listen: Endpoint;
  /** The gateway's own metrics as of now. */
  readonly collect: () => Promise<readonly MetricFamily[]>;
  readonly log: Logger;
}

export interface MetricsServer {
  /** Port 0 has become the port that the system chose. */
  readonly endpoint: Endpoint;
  close(): Promise<void>;
}

const PATH = '/metrics';
const REQUEST_MS = 5_000;
const HEADER_BYTES = 8 * 1024;
const MOST_CONNECTIONS = 32;
const LIMITS = {
  headersTimeout: REQUEST_MS,
  requestTimeout: REQUEST_MS,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: HEADER_BYTES,
  keepAlive: false,
};

/** Tells Prometheus the gateway's figures and the process's own, and nothing else to anybody. */
export async function openMetricsServer({ listen, collect, log }: Options): Promise<MetricsServer> {
  const process = new Registry();
  collectDefaultMetrics({ register: process });
  const page = together(async () => `${await gatewayText(await collect())}\n${await process.metrics()}`);
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response, page).catch((error: unknown) => {
      log.error('metrics could not be told', { reason: String(error) });
      refuse(response, 500, 'the metrics could not be read');
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  // headers have a time-out of their own; this one is for whoever does not read the answer
  server.setTimeout(2 * REQUEST_MS);
  server.on('clientError', (_error, socket: Socket) => socket.destroy());
  await listening(server, listen);
  return { endpoint: endpointOf(server, listen), close: () => closed(server, process) };
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  page: () => Promise<string>,
): Promise<void> {
  if (url?.split('?')[0] !== PATH) return refuse(response, 404, `there is only ${PATH}`);
  if (method !== 'GET') {
    response.setHeader('allow', 'GET');
    return refuse(response, 405, 'there is only GET');
  }
  const text = await page();
  response.writeHead(200, { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE, connection: 'close' });
  response.end(text);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${why}\n`);
}

/** Written by the package, which knows the format's escapes; nothing is kept in it from one collection to the next. */
function gatewayText(families: readonly MetricFamily[]): Promise<string> {
  const metrics = families.map(({ name, help, type, samples }) => ({
    ...{ name, help, type, aggregator: 'first' },
    values: samples.map(({ name: metricName, labels, value }) => ({ metricName, labels, value })),
  }));
  return AggregatorRegistry.aggregate([metrics]).metrics();
}

/** Whoever asks while a collection is under way gets what it finds. */
function together(work: () => Promise<string>): () => Promise<string> {
  let running: Promise<string> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function listening(server: Server, { address, port }: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function endpointOf(server: Server, listen: Endpoint): Endpoint {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error(`not bound to ${endpointText(listen)}`);
  return { address: parseAddress(bound.address) ?? listen.address, port: bound.port };
}

function closed(server: Server, process: Registry): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      process.clear();
      resolve();
    });
    server.closeAllConnections();
  });
}
