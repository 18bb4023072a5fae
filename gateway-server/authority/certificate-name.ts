import { type Address, parseAddress } from '../../protocol/address.ts';
import { type DomainName, isBelow, parseDomainName } from '../../protocol/domain-name.ts';

/** What a certificate is shown for: a host name, all names one label below a host name, or an address. */
export type CertificateName =
  | { readonly kind: 'host'; readonly name: DomainName }
  | { readonly kind: 'below'; readonly name: DomainName }
  | { readonly kind: 'address'; readonly address: Address };

export function parseCertificateName(text: string): CertificateName | undefined {
  const address = parseAddress(text);
  if (address) return { kind: 'address', address };
  const isBelowAll = text.startsWith('*.');
  const name = parseDomainName(isBelowAll ? text.slice(2) : text);
  // the last label of a host name is never a number (RFC 3696 §2): what looks like a short address is a slip
  if (!name || /(^|\.)\d+$/.test(name)) return undefined;
  return { kind: isBelowAll ? 'below' : 'host', name };
}

export function textOf(name: CertificateName): string {
  if (name.kind === 'address') return name.address;
  return name.kind === 'below' ? `*.${name.name}` : name.name;
}

/** The zone, every name in it, and the extra names; none twice. */
export function namesFor(zone: DomainName, extra: readonly CertificateName[]): readonly CertificateName[] {
  const all: CertificateName[] = [{ kind: 'host', name: zone }, { kind: 'below', name: zone }, ...extra];
  return [...new Map(all.map((name) => [textOf(name), name])).values()];
}

/** Whether an authority that is bound to the permitted names and what is below them may sign for the name. */
export function isPermitted(name: CertificateName, permitted: readonly CertificateName[]): boolean {
  return permitted.some((one) => {
    if (name.kind === 'address' || one.kind === 'address')
      return name.kind === one.kind && textOf(name) === textOf(one);
    return name.name === one.name || isBelow(name.name, one.name);
  });
}
