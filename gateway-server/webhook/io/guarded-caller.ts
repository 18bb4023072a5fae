import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import { type Address, parseAddress } from '../../../protocol/address.ts';
import type { Call, Called, Caller } from '../caller.ts';
import type { Reach } from '../webhook-url.ts';

interface CallerParts {
  readonly reach: Pick<Reach, 'mayCall'>;
  /** Asked once for each call. */
  readonly resolve?: (name: string) => Promise<readonly Address[]>;
  /** Certificates to trust instead of the system's. */
  readonly ca?: string;
}

/** What is read of an answer; only its status counts. */
const MOST_ANSWER_BYTES = 64 * 1024;
const LONGEST_HEADERS = 16 * 1024;

/** Calls webhooks: the name is resolved once, and the address that was checked is the one that is called. */
export function guardedCaller({ reach, resolve = resolveByTheSystem, ca }: CallerParts): Caller {
  return {
    post: async (call, signal) => {
      const late = AbortSignal.timeout(call.deadlineMs);
      const either = AbortSignal.any([signal, late]);
      try {
        return await callOnce(call, { reach, resolve, ca, signal: either });
      } catch (error) {
        if (signal.aborted) throw error;
        return late.aborted ? { kind: 'too-late' } : { kind: 'unreachable', why: reasonOf(error) };
      }
    },
  };
}

interface Way {
  readonly reach: Pick<Reach, 'mayCall'>;
  readonly resolve: (name: string) => Promise<readonly Address[]>;
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

async function callOnce(call: Call, { reach, resolve, ca, signal }: Way): Promise<Called> {
  const url = new URL(call.url);
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const literal = parseAddress(name);
  const addresses = literal === undefined ? await abortable(resolve(name), signal) : [literal];
  const address = addresses.find((one) => reach.mayCall(one));
  if (address === undefined)
    return { kind: 'refused', why: 'the name leads to no address that may be called' };
  const response = await answerTo(call, url, { address, ca, signal });
  await drain(response);
  return { kind: 'answered', status: response.statusCode ?? 0 };
}

interface Connection {
  readonly address: Address;
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

/** Redirects are not followed by these functions, and without an agent no connection is used twice. */
function answerTo({ headers, body }: Call, url: URL, { address, ca, signal }: Connection) {
  const isSecure = url.protocol === 'https:';
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const options = {
    method: 'POST',
    // connected to by address: nothing is resolved a second time, whatever the name says by then
    host: address,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    headers: { host: url.host, ...headers, 'content-length': Buffer.byteLength(body) },
    agent: false,
    maxHeaderSize: LONGEST_HEADERS,
    signal,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
  return new Promise<IncomingMessage>((resolve, reject) => {
    const request = isSecure ? secureRequest(options) : plainRequest(options);
    request.on('response', resolve).on('error', reject).end(body);
  });
}

/** Reads the answer to its end, for the receiver's sake, but not forever; what becomes of it changes nothing. */
async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const piece of response) {
      bytes += piece.length;
      if (bytes > MOST_ANSWER_BYTES) break;
    }
  } catch {
    // the status has arrived, and that is all that counts
  }
  response.destroy();
}

async function resolveByTheSystem(name: string): Promise<readonly Address[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => parseAddress(address)).filter((address) => address !== undefined);
}

/** The system's resolver knows no deadline of ours. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
