import { randomBytes } from 'node:crypto';
import { type RequestListener, STATUS_CODES } from 'node:http';
import type { Endpoint } from '../../endpoint.ts';
import { openHttpListeners } from '../../web/io/http-listeners.ts';
import { Answering, type AnsweringParts } from '../answering.ts';
import type { Random } from '../form-seal.ts';
import { readHost, type Scheme } from '../host.ts';
import type { PlainGet } from '../plain-get.ts';
import type { AnsweringCounters } from '../tally.ts';
import type { Reply } from '../visit.ts';
import { openAnsweringApp } from './answering-app.ts';
import type { CertificateFiles } from './certificates.ts';

export interface AnsweringServerOptions extends Omit<AnsweringParts, 'random'> {
  readonly listen: readonly Endpoint[];
  /** Null: no HTTPS. */
  readonly tls: ({ readonly listen: readonly Endpoint[] } & CertificateFiles) | null;
  /** Who else answers at these endpoints, by the Host header: the portal. */
  readonly otherHosts?: (host: string) => RequestListener | undefined;
  readonly random?: Random;
}

export interface AnsweringServer {
  /** Where it listens, with the ports that the system chose. */
  readonly endpoints: readonly (Endpoint & { readonly scheme: Scheme })[];
  readonly answering: Answering;
  /** Reads the certificate files now; what cannot be used is logged, and the pair of before stays. */
  reloadCertificates(): Promise<void>;
  counters(): AnsweringCounters & { readonly connectionsRefused: number };
  close(): Promise<void>;
}

/** Answers visitors over HTTP and HTTPS. Throws when an endpoint cannot be had or the certificate not be used. */
export async function openAnsweringServer(options: AnsweringServerOptions): Promise<AnsweringServer> {
  const { otherHosts, log } = options;
  const answering = new Answering({ ...options, random: options.random ?? randomBytes });
  const app = await openAnsweringApp(answering, log);
  const serve: RequestListener = (request, response) => {
    const { host: hosts = [] } = request.headersDistinct;
    const host = readHost(hosts)?.name;
    const other = host === undefined ? undefined : otherHosts?.(host);
    if (other) other(request, response);
    else app.routing(request, response);
  };
  const quick = (get: PlainGet) => {
    const reply = answering.pageAt(get, 'http');
    return reply && textOf(reply);
  };
  const listeners = await openHttpListeners({ ...options, serve, quick }).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  return {
    endpoints: listeners.endpoints,
    answering,
    reloadCertificates: () => listeners.reloadCertificates(),
    counters: () => ({ ...answering.counters(), connectionsRefused: listeners.refused }),
    close: async () => {
      await listeners.close();
      await app.close();
    },
  };
}

/** The reply as it goes over the wire (RFC 9112 §4); undefined for one that is not whole yet. */
function textOf({ status, headers, body }: Reply): string | undefined {
  if (typeof body !== 'string') return undefined;
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields.join('')}${length}\r\n${body}`;
}
