import { type DomainName, parseDomainName } from '../../protocol/domain-name.ts';

export type Scheme = 'http' | 'https';

/** The name and port that a visitor called, in the words of the Host header. */
export interface Host {
  readonly name: DomainName;
  /** Null when the header names none: then it is the scheme's own. */
  readonly port: number | null;
}

/** Reads the Host header fields of one request: exactly one there must be (RFC 9112 §3.2), and it must hold a name. */
export function readHost(fields: readonly string[]): Host | undefined {
  const match = /^([^:]{1,254})(?::(\d{0,5}))?$/.exec(fields.length === 1 ? (fields[0] ?? '') : '');
  const name = parseDomainName(match?.[1] ?? '');
  const port = match?.[2] ? Number(match[2]) : null;
  if (!name || port === 0 || (port ?? 1) > 65535) return undefined;
  return { name, port };
}

/** "http://leave.example:8080": without the port where it is the scheme's own. */
export function originOf(scheme: Scheme, { name, port }: Host): string {
  const isUsual = port === null || port === (scheme === 'https' ? 443 : 80);
  return `${scheme}://${name}${isUsual ? '' : `:${port}`}`;
}
