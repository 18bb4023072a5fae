import { X509Certificate } from 'node:crypto';
import type { Instant } from '../../runtime/clock.ts';

/** From when to when something counts. */
export interface Validity {
  readonly from: Instant;
  readonly until: Instant;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** RFC 5280 §4.2.1.12. */
const FOR_SERVERS = '1.3.6.1.5.5.7.3.1';

/** Every certificate in a text; one that cannot be read is left out, as in a system's own collection. */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(BLOCK) ?? []).flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

/** The server's certificate and what it brought along, in the order of the wire. */
export function presented(certificate: X509Certificate | undefined): X509Certificate[] {
  const all: X509Certificate[] = [];
  for (let next = certificate; next && !all.includes(next); next = next.issuerCertificate) all.push(next);
  return all;
}

/**
 * The chain from a server's certificate to an authority by signatures and rights, whatever the dates; undefined when there
 * is none. At most one authority stands between, so that whatever the trusted one says of paths is kept.
 */
export function chainTo(
  authorities: readonly X509Certificate[],
  [leaf, between]: readonly X509Certificate[],
): readonly [X509Certificate, ...X509Certificate[]] | undefined {
  if (!leaf || !isForServers(leaf)) return undefined;
  if (authorities.some(({ fingerprint256 }) => fingerprint256 === leaf.fingerprint256)) return [leaf];
  const root = authorities.find((authority) => isIssuedBy(leaf, authority));
  if (root) return [leaf, root];
  if (!between || !isIssuedBy(leaf, between)) return undefined;
  const above = authorities.find((authority) => isIssuedBy(between, authority));
  return above && [leaf, between, above];
}

/** When all of them are valid. */
export function validityOf(chain: readonly X509Certificate[]): Validity {
  return {
    from: Math.max(...chain.map(({ validFromDate }) => validFromDate.getTime())),
    until: Math.min(...chain.map(({ validToDate }) => validToDate.getTime())),
  };
}

function isForServers({ keyUsage }: X509Certificate): boolean {
  // the property is missing where the certificate says nothing of it, whatever its type says
  const purposes: readonly string[] | undefined = keyUsage;
  return purposes === undefined || purposes.includes(FOR_SERVERS);
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
