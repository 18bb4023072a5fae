import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';
import { type Endpoint, endpointText } from '../../endpoint.ts';
import { Cookies } from '../cookie.ts';
import { type DnsCounters, DnsTally } from '../dns-counters.ts';
import { RateLimit, type RateLimits } from '../rate-limit.ts';
import { ResolverGate } from '../resolver-gate.ts';
import { Responder } from '../responder.ts';
import { refusedTransfers, type Transfers } from '../transfers.ts';
import type { TsigKey } from '../tsig-key.ts';
import type { Zone } from '../zone.ts';
import { generalPath } from './general-path.ts';
import { TcpListener } from './tcp-listener.ts';
import { UdpListener } from './udp-listener.ts';

export interface DnsServerOptions {
  readonly listen: readonly Endpoint[];
  readonly zone: Pick<Zone, 'find'>;
  readonly rateLimit: RateLimits;
  readonly clock: Clock;
  readonly log: Logger;
  /** Refused to everybody when left out. */
  readonly transfers?: Transfers;
  /** By name; whoever signs with another is refused. */
  readonly keys?: ReadonlyMap<string, TsigKey>;
  /** 16 bytes, the same for all that answer at the same endpoints (RFC 9018 §4.4); drawn when left out. */
  readonly cookieSecret?: Uint8Array;
  /** Always open when left out. */
  readonly gate?: ResolverGate;
  /** Other processes answer UDP at the same endpoints: `worker` for one of them, which leaves TCP to the `owner`. */
  readonly sharing?: 'owner' | 'worker';
}

export interface DnsServer {
  /** Where it listens, each for UDP and TCP; port 0 has become the port that the system chose. */
  readonly endpoints: readonly Endpoint[];
  counters(): DnsCounters;
  setRateLimits(limits: RateLimits): void;
  /** Resolves when the questions that wait now have been answered: who has much to do calls it in between. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/** An endpoint from the settings cannot be had. */
export class DnsListenError extends Error {
  override readonly name = 'DnsListenError';

  constructor(endpoint: Endpoint, cause: unknown) {
    super(`cannot serve DNS on ${endpointText(endpoint)}: ${reasonOf(cause, endpoint)}`, { cause });
  }
}

/** The listeners of one endpoint. */
interface Pair {
  readonly udp: UdpListener;
  readonly tcp: TcpListener | null;
}

type PairParts = Parameters<typeof TcpListener.open>[1] &
  Parameters<typeof UdpListener.open>[1] & { readonly isUdpOnly: boolean };

const PORT_TRIES = 20;
const COOKIE_SECRET_BYTES = 16;

export function drawnCookieSecret(): Uint8Array {
  return randomBytes(COOKIE_SECRET_BYTES);
}

/** Opens every endpoint or none. */
export async function openDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const { zone, clock, log, listen } = options;
  const rateLimit = new RateLimit(options.rateLimit, clock);
  const responder = new Responder({
    zone,
    encoder: generalPath,
    transfers: options.transfers ?? refusedTransfers,
    rateLimit,
    cookies: new Cookies(options.cookieSecret ?? drawnCookieSecret()),
    keys: options.keys ?? new Map(),
    gate: options.gate ?? new ResolverGate(),
    clock,
    log,
  });
  const tally = new DnsTally();
  const sharing = { isShared: options.sharing !== undefined, isUdpOnly: options.sharing === 'worker' };
  const pairs = await openAll(listen, { responder, tally, clock, log, ...sharing });
  return {
    endpoints: pairs.map(({ udp }) => udp.endpoint),
    counters: () => tally.counters(pairs.reduce((sum, { tcp }) => sum + (tcp?.connections ?? 0), 0)),
    setRateLimits: (limits) => rateLimit.setLimits(limits),
    caughtUp: () => caughtUp(() => tally.udpQueries),
    close: () => closeAll(pairs),
  };
}

/** The event loop takes so many datagrams from a socket in one turn and leaves the others where they can be lost. */
const DATAGRAMS_A_TURN = 32;
/** Under a flood there always are others; then whoever waits goes on all the same. */
const MOST_TURNS = 64;

async function caughtUp(received: () => number): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const before = received();
    await setImmediate();
    if (received() - before < DATAGRAMS_A_TURN) return;
  }
}

async function openAll(listen: readonly Endpoint[], parts: PairParts): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (const endpoint of listen) {
    try {
      pairs.push(await openPair(endpoint, parts, PORT_TRIES));
    } catch (error) {
      await closeAll(pairs);
      throw new DnsListenError(endpoint, error);
    }
  }
  return pairs;
}

/** A port that is free for UDP may be taken for TCP: then another is drawn, unless the settings name one. */
async function openPair(endpoint: Endpoint, parts: PairParts, triesLeft: number): Promise<Pair> {
  const udp = await UdpListener.open(endpoint, parts);
  try {
    return { udp, tcp: parts.isUdpOnly ? null : await TcpListener.open(udp.endpoint, parts) };
  } catch (error) {
    await udp.close();
    if (endpoint.port === 0 && triesLeft > 1 && codeOf(error) === 'EADDRINUSE')
      return openPair(endpoint, parts, triesLeft - 1);
    throw error;
  }
}

async function closeAll(pairs: readonly Pair[]): Promise<void> {
  await Promise.all(pairs.flatMap(({ udp, tcp }) => [udp.close(), tcp?.close()]));
}

function reasonOf(error: unknown, { port }: Endpoint): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return 'another program uses this port';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have this address';
    case 'EACCES':
      return port < 1024
        ? 'a port below 1024 needs the capability CAP_NET_BIND_SERVICE'
        : 'permission denied';
    default:
      return String(error);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
