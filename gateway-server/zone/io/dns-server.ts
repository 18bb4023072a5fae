import type { Clock } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';
import { type Endpoint, endpointText } from '../../endpoint.ts';
import { type DnsCounters, DnsTally } from '../dns-counters.ts';
import { RateLimit, type RateLimits } from '../rate-limit.ts';
import { Responder } from '../responder.ts';
import { refusedTransfers, type Transfers } from '../transfers.ts';
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
}

export interface DnsServer {
  /** Where it listens, each for UDP and TCP; port 0 has become the port that the system chose. */
  readonly endpoints: readonly Endpoint[];
  counters(): DnsCounters;
  setRateLimits(limits: RateLimits): void;
  close(): Promise<void>;
}

/** An endpoint from the settings cannot be had. */
export class DnsListenError extends Error {
  override readonly name = 'DnsListenError';

  constructor(endpoint: Endpoint, cause: unknown) {
    super(`cannot serve DNS on ${endpointText(endpoint)}: ${reasonOf(cause, endpoint)}`, { cause });
  }
}

/** Both listeners of one endpoint. */
interface Pair {
  readonly udp: UdpListener;
  readonly tcp: TcpListener;
}

type PairParts = Parameters<typeof TcpListener.open>[1];

const PORT_TRIES = 20;

/** Opens every endpoint or none. */
export async function openDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const { zone, clock, log, listen, transfers = refusedTransfers } = options;
  const rateLimit = new RateLimit(options.rateLimit, clock);
  const responder = new Responder({ zone, encoder: generalPath, transfers, rateLimit, log });
  const tally = new DnsTally();
  const pairs = await openAll(listen, { responder, tally, clock, log });
  return {
    endpoints: pairs.map(({ udp }) => udp.endpoint),
    counters: () => tally.counters(pairs.reduce((sum, { tcp }) => sum + tcp.connections, 0)),
    setRateLimits: (limits) => rateLimit.setLimits(limits),
    close: () => closeAll(pairs),
  };
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
    return { udp, tcp: await TcpListener.open(udp.endpoint, parts) };
  } catch (error) {
    await udp.close();
    if (endpoint.port === 0 && triesLeft > 1 && codeOf(error) === 'EADDRINUSE')
      return openPair(endpoint, parts, triesLeft - 1);
    throw error;
  }
}

async function closeAll(pairs: readonly Pair[]): Promise<void> {
  await Promise.all(pairs.flatMap(({ udp, tcp }) => [udp.close(), tcp.close()]));
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
