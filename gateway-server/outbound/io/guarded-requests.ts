import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Outbound, OutboundBody, OutboundRequest, OutboundResult } from '../outbound.ts';
import type { Reach } from '../reach.ts';

interface GuardParts {
  /** Asked at every request, also for an address that somebody has checked before. */
  readonly reach: Pick<Reach, 'mayCall'>;
  /** Certificates to trust instead of the system's. */
  readonly ca?: string | undefined;
}

const LONGEST_HEADERS = 16 * 1024;

/** HTTP requests that reach the given address or nobody, and cannot be kept busy or filled up by whoever answers. */
export function guardedRequests({ reach, ca }: GuardParts): Outbound {
  return {
    request: async (request, signal) => {
      if (!reach.mayCall(request.address)) return { kind: 'refused' };
      const late = AbortSignal.timeout(request.deadlineMs);
      try {
        return await requestOnce(request, ca, AbortSignal.any([signal, late]));
      } catch (error) {
        if (signal.aborted) throw error;
        return late.aborted ? { kind: 'too-late' } : { kind: 'unreachable', why: reasonOf(error) };
      }
    },
  };
}

async function requestOnce(
  request: OutboundRequest,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<OutboundResult> {
  const response = await responseTo(request, ca, signal);
  const body = await bodyOf(response, request.mostBytes);
  response.destroy();
  return { kind: 'answered', status: response.statusCode ?? 0, headers: headersOf(response), body };
}

/** Node follows no redirects here, and without an agent no connection is used twice. */
function responseTo(
  { url: text, address, method, headers, body }: OutboundRequest,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(text);
  const isSecure = url.protocol === 'https:';
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = {
    method,
    // connected to by address: no resolver has a say in where this goes
    host: address,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    headers: { host: url.host, ...headers, ...length, 'accept-encoding': 'identity' },
    agent: false,
    maxHeaderSize: LONGEST_HEADERS,
    signal,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
  return new Promise((resolve, reject) => {
    const request = isSecure ? secureRequest(options) : plainRequest(options);
    // an upgrade that nobody asked for closes the connection without an error
    request.on('close', () => reject(new Error('closed without an answer')));
    request.on('response', resolve).on('error', reject).end(body);
  });
}

async function bodyOf(response: IncomingMessage, mostBytes: number): Promise<OutboundBody> {
  if (Number(response.headers['content-length'] ?? 0) > mostBytes) return 'too-large';
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > mostBytes) return 'too-large';
      pieces.push(piece);
    }
  } catch {
    return 'cut-off';
  }
  return Buffer.concat(pieces);
}

function headersOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return new Map(given.map(([name, value]) => [name, String(value)]));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
