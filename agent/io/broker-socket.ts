import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Address, type AddressSet, isIpv4, parseAddress } from '../../protocol/address.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { GatewayUrl } from '../gateway-url.ts';
import { RELEASED_AT } from '../version.ts';
import { recheckWithClock } from './certificate-recheck.ts';
import { type ClientCertificate, openSecurely, type SecurePlace } from './secure-socket.ts';

export interface SocketOptions {
  readonly gateway: GatewayUrl;
  /** PEM; null for the system's own authorities. */
  readonly ca: string | null;
  /** What the gateway knows the agent by, where it asks for more than line and secret. */
  readonly client: ClientCertificate | null;
  readonly clock: Clock;
  readonly connectMs: number;
}

const MOST_ADDRESSES = 4;

/** Opens a connection to the gateway, from one of our own addresses where the machine has it; throws when every way failed. */
export async function openSocket(
  options: SocketOptions,
  from: AddressSet,
  signal: AbortSignal,
): Promise<Socket> {
  const targets = await addressesOf(options.gateway.host, from, signal);
  const shareMs = options.connectMs / Math.max(1, targets.length);
  let failure: unknown = new Error(`${options.gateway.host} has no address`);
  for (const target of targets) {
    const until = AbortSignal.any([signal, AbortSignal.timeout(shareMs)]);
    try {
      return await openFrom(ownAddressFor(target, from), target, options, until);
    } catch (error) {
      failure = error;
      signal.throwIfAborted();
    }
  }
  throw failure;
}

/** The families that the line has come first: only they can prove its claim. */
async function addressesOf(host: string, from: AddressSet, signal: AbortSignal): Promise<readonly Address[]> {
  const literal = parseAddress(host);
  if (literal) return [literal];
  const found = await orAborted(lookup(host, { all: true }), signal);
  const addresses = found
    .map(({ address }) => parseAddress(address))
    .filter((address) => address !== undefined);
  const isOurs = (address: Address) => ownAddressFor(address, from) !== null;
  return [...addresses.filter(isOurs), ...addresses.filter((address) => !isOurs(address))].slice(
    0,
    MOST_ADDRESSES,
  );
}

function ownAddressFor(target: Address, from: AddressSet): Address | null {
  return isIpv4(target) ? from.ipv4 : from.ipv6;
}

async function openFrom(
  own: Address | null,
  target: Address,
  options: SocketOptions,
  signal: AbortSignal,
): Promise<Socket> {
  try {
    return await open(own, target, options, signal);
  } catch (error) {
    // behind NAT the leased address is on another machine: the gateway then says so in its own words
    if (own === null || !isNotOurs(error)) throw error;
    return open(null, target, options, signal);
  }
}

async function open(
  own: Address | null,
  target: Address,
  options: SocketOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const { gateway } = options;
  const place = { host: target, port: gateway.port, ...(own !== null && { localAddress: own }) };
  return gateway.isEncrypted ? openEncrypted(place, options, signal) : openPlain(place, signal);
}

type Place = Pick<SecurePlace, 'host' | 'port' | 'localAddress'>;

async function openEncrypted(place: Place, options: SocketOptions, signal: AbortSignal): Promise<Socket> {
  const { gateway, ca, client, clock } = options;
  const isAddress = parseAddress(gateway.host) !== undefined;
  const secure = { ...place, name: gateway.host, isAddress, ca, client, clock };
  const isInDoubt = clock.now() < RELEASED_AT;
  const { socket, validity } = await openSecurely(secure, signal);
  if (isInDoubt) void recheckWithClock(socket, validity, clock);
  return socket;
}

async function openPlain(place: Place, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ ...place, noDelay: true });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  }
}

function isNotOurs(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'EINVAL')
  );
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const fail = () => reject(signal.reason);
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}
