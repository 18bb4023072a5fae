import { type Address, parseAddress } from '../protocol/address.ts';
import { scopeOf } from '../protocol/address-scope.ts';
import { parseDomainName } from '../protocol/domain-name.ts';
import { type Prefix, parsePrefix } from '../protocol/prefix.ts';
import { list, type Shape, scalar, table, text } from '../runtime/shape.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import type { Rule } from './settings-rules.ts';

/** What the values of gateway.toml look like. */

export const path = text('the path of a file', (raw) => (raw === '' ? undefined : raw));
export const listen = text('ADDRESS:PORT, as 192.0.2.1:53 or [2001:db8::1]:53', parseEndpoint);
/** An empty text closes the door: TOML has no null. */
export const closable = text<Endpoint | null>('ADDRESS:PORT, or "" for none', (raw) =>
  raw === '' ? null : parseEndpoint(raw),
);
export const hostAddress = text('the address of one host', hostAddressOf);
export const domainName = text('a domain name', parseDomainName);
export const prefix = text('a network such as 198.51.100.0/24', parsePrefix);
export const allowed = text<'public' | Prefix>('"public" or a network such as 198.51.100.0/24', (raw) =>
  raw === 'public' ? raw : parsePrefix(raw),
);
/** The name of a TSIG key is a domain name (RFC 8945 §4.2). */
export const keyName = text<string>('the name of a key, as xfr or xfr.example', parseDomainName);

/** Seconds in the file, milliseconds in the program. */
export const seconds = (least: number, most: number): Shape<number> =>
  scalar(`seconds from ${least} to ${most}`, (raw) =>
    typeof raw === 'number' && raw >= least && raw <= most ? Math.round(raw * 1_000) : undefined,
  );

export function hostAddressOf(raw: string): Address | undefined {
  const address = parseAddress(raw);
  const isHost = address && !['unspecified', 'multicast', 'v4-mapped'].includes(scopeOf(address));
  return isHost ? address : undefined;
}

/** Scheme, host and port of a web address; nothing may follow them. */
export function originIn(raw: string): string | undefined {
  const url = URL.parse(raw);
  const isWeb = url !== null && ['https:', 'http:'].includes(url.protocol);
  return isWeb && [url.origin, `${url.origin}/`].includes(raw.toLowerCase()) ? url.origin : undefined;
}

export function relayIn(raw: string): string | undefined {
  const url = URL.parse(raw);
  const isRelay = url !== null && ['smtp:', 'smtps:'].includes(url.protocol) && url.hostname !== '';
  return isRelay && ['', '/'].includes(url.pathname) ? raw : undefined;
}

/** Nothing that could break out of a header. */
export function mailAddressIn(raw: string): string | undefined {
  return /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9.-]{1,253}$/i.test(raw) ? raw : undefined;
}

/** A table that may be left out (then all its keys have their defaults) and the rules between its keys. */
export function section<S extends Readonly<Record<string, Shape<unknown>>>>(
  fields: S,
  ...rules: readonly Rule[]
) {
  const shape = orEmpty(table(fields));
  const whole: typeof shape = (raw, key, mistakes) => {
    const before = mistakes.length;
    const value = shape(raw, key, mistakes);
    for (const check of rules) check(raw ?? {}, key, mistakes);
    return mistakes.length > before ? undefined : value;
  };
  return whole;
}

export function orEmpty<T>(shape: Shape<T>): Shape<T> {
  return (raw, key, mistakes) => shape(raw === undefined ? {} : raw, key, mistakes);
}

/** Reads some keys of a table and looks past the others. */
export function only<S extends Readonly<Record<string, Shape<unknown>>>, K extends keyof S & string>(
  fields: S,
  ...keys: readonly K[]
) {
  // the entries are exactly those that Pick names
  const picked = Object.fromEntries(keys.map((key) => [key, fields[key]])) as unknown as Pick<S, K>;
  return table(picked, 'ignored');
}

export function some<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (raw, key, mistakes) => {
    const values = list(shape)(raw, key, mistakes);
    if (values?.length !== 0) return values;
    mistakes.push({ key, found: '[]', expected: 'at least one' });
    return undefined;
  };
}

export function oneOrMore<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (raw, key, mistakes) => list(shape)(Array.isArray(raw) ? raw : [raw], key, mistakes);
}
