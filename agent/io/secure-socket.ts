import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, type PeerCertificate, rootCertificates, type TLSSocket } from 'node:tls';
import type { Clock } from '../../runtime/clock.ts';
import { RELEASED_AT } from '../version.ts';
import { certificatesIn, chainTo, presented, type Validity, validityOf } from './certificate-chain.ts';

/** A certificate of the agent's own, both parts as PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface SecurePlace {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
  /** Name or address that the gateway's certificate has to have. */
  readonly name: string;
  readonly isAddress: boolean;
  /** PEM; null for the system's own authorities. */
  readonly ca: string | null;
  readonly client: ClientCertificate | null;
  readonly clock: Clock;
}

export interface SecureSocket {
  readonly socket: Socket;
  /** When all certificates of the gateway's chain are valid. */
  readonly validity: Validity;
}

const FOR_EVER: Validity = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/**
 * Connects and verifies the gateway. A clock that is behind this program's release is wrong: then "not yet valid" is
 * forgiven and the release counts as now; authority and name never are.
 */
export async function openSecurely(place: SecurePlace, signal: AbortSignal): Promise<SecureSocket> {
  const { host, port, localAddress, name, isAddress, ca, client, clock } = place;
  const isInDoubt = clock.now() < RELEASED_AT;
  const socket = connect({
    host,
    port,
    ...(localAddress !== undefined && { localAddress }),
    ...(isAddress ? { checkServerIdentity: isForAddress(name) } : { servername: name }),
    ...(ca !== null && { ca }),
    ...client,
    rejectUnauthorized: !isInDoubt,
  });
  socket.setNoDelay(true);
  try {
    await once(socket, 'secureConnect', { signal });
    return { socket, validity: isInDoubt ? verifiedWithoutClock(socket, place) : FOR_EVER };
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  }
}

/** Node 22.23 takes no IPv6 address for one when it compares it with a certificate's; OpenSSL does. */
function isForAddress(address: string): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (_host, { raw }) =>
    new X509Certificate(raw).checkIP(address) === undefined
      ? new Error(`the gateway's certificate is not for ${address}`)
      : undefined;
}

/** OpenSSL's word counts as long as it is not about dates; behind "not yet valid" it may hide another, so that all is done anew. */
function verifiedWithoutClock(socket: TLSSocket, { name, isAddress, ca }: SecurePlace): Validity {
  const problem = String(socket.authorizationError ?? '');
  if (!socket.authorized && !['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'].includes(problem))
    throw new Error(`the gateway's certificate: ${problem}`);
  const authorities = certificatesIn(ca ?? rootCertificates.join('\n'));
  const chain = chainTo(authorities, presented(socket.getPeerX509Certificate()));
  if (!chain) throw new Error("the gateway's certificate: no authority that is trusted has signed it");
  const isNamed = isAddress ? chain[0].checkIP(name) : chain[0].checkHost(name, { subject: 'never' });
  if (isNamed === undefined) throw new Error(`the gateway's certificate is not for ${name}`);
  const validity = validityOf(chain);
  if (validity.until < RELEASED_AT) throw new Error("the gateway's certificate has expired");
  return validity;
}
