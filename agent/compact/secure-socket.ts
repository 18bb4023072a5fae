/** The twin of io/secure-socket.ts on the small engine, which verifies in the host. */
import * as tls from 'host:tls';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Socket as NodeSocket } from 'node:net';
import type { SecurePlace, SecureSocket } from '../io/secure-socket.ts';
import { RELEASED_AT } from '../version.ts';
import { Socket, type Wire } from './node/net.ts';

/** Where the system's own authorities are, on OpenWrt and on Debian. */
const SYSTEM_AUTHORITIES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/cert.pem'];

/** The last settings, parsed: the next connection usually has the same. */
let known: { readonly text: string; readonly trust: tls.Trust } | null = null;

/** Connects and verifies the gateway; to a clock that is behind the release, "not yet valid" is forgiven. */
export async function openSecurely(place: SecurePlace, signal: AbortSignal): Promise<SecureSocket> {
  const trust = trustFor(place, place.ca ?? (await systemAuthorities()));
  let validity = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const wireOn = (fd: number): Wire => {
    const session = tls.open(trust, fd, place.name, RELEASED_AT / 1_000);
    return wireOf(session, ([from, until]) => {
      validity = { from: from * 1_000, until: until * 1_000 };
    });
  };
  const socket = new Socket(place, wireOn, 'secureConnect');
  try {
    await once(socket, 'secureConnect', { signal });
    // the agent knows connections by Node's type, of which this has what is used
    return { socket: socket as unknown as NodeSocket, validity };
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  }
}

function trustFor({ client }: SecurePlace, authorities: string): tls.Trust {
  const text = JSON.stringify([authorities, client]);
  if (known?.text !== text)
    known = { text, trust: tls.trust(authorities, client?.cert ?? null, client?.key ?? null) };
  return known.trust;
}

async function systemAuthorities(): Promise<string> {
  for (const file of SYSTEM_AUTHORITIES) {
    const pem = await readFile(file, 'utf8').catch(() => null);
    if (pem !== null) return pem;
  }
  throw new Error(`no authorities to trust: give ca_file, or install ${SYSTEM_AUTHORITIES[0]}`);
}

function wireOf(session: tls.Session, verified: (dates: readonly [number, number]) => void): Wire {
  return {
    greet: () => {
      const result = tls.handshake(session);
      if (result === 0) verified(tls.dates(session));
      return result;
    },
    read: (buffer, offset, length) => tls.read(session, buffer, offset, length),
    write: (buffer, offset, length) => tls.write(session, buffer, offset, length),
    finish: () => tls.finish(session),
    close: () => tls.close(session),
  };
}
