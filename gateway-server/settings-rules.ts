import type { Address } from '../protocol/address.ts';
import { scopeOf } from '../protocol/address-scope.ts';
import { type DomainName, isBelow, parseDomainName } from '../protocol/domain-name.ts';
import type { Mistake, Shape } from '../runtime/shape.ts';
import { type Endpoint, endpointText } from './endpoint.ts';

/** What no single key of gateway.toml can be wrong about, but several together. */

/** Notes what is wrong with keys that depend on each other; keeps quiet while one of them is wrong by itself. */
export type Rule = (raw: unknown, key: string, mistakes: Mistake[]) => void;

interface Listening {
  readonly dns: { readonly listen: readonly Endpoint[] };
  readonly mqtt: { readonly listen: Endpoint | null; readonly tls_listen: Endpoint | null };
  readonly answering: {
    readonly listen: readonly Endpoint[];
    readonly tls_listen: readonly Endpoint[] | null;
  };
  readonly console: { readonly listen: Endpoint | null };
  readonly metrics: { readonly listen: Endpoint | null };
}

interface Backups {
  readonly key: readonly { readonly name: string }[];
  readonly secondary: readonly { readonly address: Endpoint; readonly key: string | null }[];
}

interface Tls {
  readonly tls_listen: unknown;
  readonly cert_file: string | null;
  readonly key_file: string | null;
}

interface MqttDoor {
  readonly listen: Endpoint | null;
  readonly tls_listen: Endpoint | null;
}

interface ZonesServers {
  readonly zone: { readonly name: DomainName };
  readonly dns: { readonly nameservers: ReadonlyMap<string, readonly Address[]> | null };
}

/** A rule over what `shape` reads. */
export function rule<T>(shape: Shape<T>, check: (value: T, key: string) => readonly Mistake[]): Rule {
  return (raw, key, mistakes) => {
    const value = shape(raw, key, []);
    if (value !== undefined) mistakes.push(...check(value, key));
  };
}

/** Whoever listens with TLS needs a certificate and its key. */
export function certificateMistakes({ tls_listen, cert_file, key_file }: Tls, section: string): Mistake[] {
  if (tls_listen === null) return [];
  const right = `the path of a PEM file, as ${section}.tls_listen is set`;
  return Object.entries({ cert_file, key_file })
    .filter(([, file]) => file === null)
    .map(([key]) => mistake(`${section}.${key}`, '(nothing)', right));
}

/** Secrets travel unencrypted only where nobody else can listen, or where the provider says so. */
export function plainMistakes({
  listen,
  plain,
}: {
  readonly listen: Endpoint | null;
  readonly plain: boolean;
}): Mistake[] {
  if (plain || listen === null || scopeOf(listen.address) === 'loopback') return [];
  const right =
    'a loopback address, or use tls_listen, or set mqtt.plain = true to let secrets travel unencrypted';
  return [mistake('mqtt.listen', JSON.stringify(endpointText(listen)), right)];
}

/** Agents must be able to come in. */
export function doorMistakes({ listen, tls_listen }: MqttDoor): Mistake[] {
  if (listen !== null || tls_listen !== null) return [];
  return [mistake('mqtt.listen', '""', 'ADDRESS:PORT, or set mqtt.tls_listen: else no agent can connect')];
}

/** Operators' passwords travel unencrypted on loopback alone. */
export function consoleMistakes({
  listen,
  cert_file,
  key_file,
}: {
  readonly listen: Endpoint | null;
  readonly cert_file: string | null;
  readonly key_file: string | null;
}): Mistake[] {
  if ((cert_file === null) !== (key_file === null)) {
    const absent = cert_file === null ? 'cert_file' : 'key_file';
    return [mistake(`console.${absent}`, '(nothing)', 'the path of a PEM file, as the other one is set')];
  }
  if (listen === null || cert_file !== null || scopeOf(listen.address) === 'loopback') return [];
  const right = 'a loopback address, or set console.cert_file and console.key_file';
  return [mistake('console.listen', JSON.stringify(endpointText(listen)), right)];
}

/** A relay takes mail from somebody. */
export function mailMistakes({
  relay,
  from,
}: {
  readonly relay: string | null;
  readonly from: string | null;
}): Mistake[] {
  if (relay === null || from !== null) return [];
  return [mistake('mail.from', '(nothing)', 'the address that mails come from, as mail.relay is set')];
}

/** Somebody must be named as the zone's server. */
export function serverNameMistakes({ nameservers }: ZonesServers['dns']): Mistake[] {
  if (nameservers?.size === 0) return [mistake('dns.nameservers', '{}', 'at least one name server')];
  const wrong = [...(nameservers ?? new Map()).keys()].filter((name) => !parseDomainName(name));
  return wrong.map((name) =>
    mistake(serverKey(name), '(this key)', 'the domain name of a name server as the key'),
  );
}

/** A server's name that lies in the zone is found only with the address that the zone gives for it. */
export function serverAddressMistakes({ zone, dns: { nameservers } }: ZonesServers): Mistake[] {
  return [...(nameservers ?? [])].flatMap(([name, addresses]) => {
    const host = parseDomainName(name);
    const isNowhere = host && isBelow(host, zone.name) && addresses.length === 0;
    return isNowhere ? [mistake(serverKey(name), '[]', 'its addresses, as it lies in the zone')] : [];
  });
}

/** Two of our own servers cannot have one endpoint; port 0 is another one each time. */
export function sharedEndpointMistakes({ dns, mqtt, answering, console, metrics }: Listening): Mistake[] {
  const wanted = [
    ...dns.listen.map((endpoint) => ({ key: 'dns.listen', endpoint })),
    { key: 'mqtt.listen', endpoint: mqtt.listen },
    { key: 'mqtt.tls_listen', endpoint: mqtt.tls_listen },
    ...answering.listen.map((endpoint) => ({ key: 'answering.listen', endpoint })),
    ...(answering.tls_listen ?? []).map((endpoint) => ({ key: 'answering.tls_listen', endpoint })),
    { key: 'console.listen', endpoint: console.listen },
    { key: 'metrics.listen', endpoint: metrics.listen },
  ];
  const firstKeys = new Map<string, string>();
  return wanted.flatMap(({ key, endpoint }) => {
    if (endpoint === null || endpoint.port === 0) return [];
    const text = endpointText(endpoint);
    const first = firstKeys.get(text);
    if (first === undefined) firstKeys.set(text, key);
    return first === undefined
      ? []
      : [mistake(key, JSON.stringify(text), `an endpoint of its own: ${first} has this one`)];
  });
}

/** Every secondary is there once, and with a key that is there once. */
export function secondaryMistakes({ key, secondary }: Backups): Mistake[] {
  const names = key.map(({ name }) => name);
  const addresses = secondary.map(({ address }) => endpointText(address));
  const known = names.length > 0 ? `one of the names in [[key]]: ${names.join(', ')}` : 'a name in [[key]]';
  return [
    ...repeated(names).map((at) => mistake(`key[${at}].name`, quoted(names[at]), 'a name of its own')),
    ...repeated(addresses).map((at) =>
      mistake(`secondary[${at}].address`, quoted(addresses[at]), 'an address of its own'),
    ),
    ...secondary.flatMap(({ key: wanted }, at) =>
      wanted === null || names.includes(wanted)
        ? []
        : [mistake(`secondary[${at}].key`, quoted(wanted), known)],
    ),
    ...secondary.flatMap(({ address }, at) =>
      address.port === 0
        ? [mistake(`secondary[${at}].address`, quoted(addresses[at]), 'its port, as :53')]
        : [],
    ),
  ];
}

/** While resolvers are routed around an update, somebody must answer them. */
export function haltMistakes({
  zone,
  secondary,
}: {
  readonly zone: { readonly mode: 'swap' | 'halt' };
  readonly secondary: readonly unknown[];
}): Mistake[] {
  if (zone.mode === 'swap' || secondary.length > 0) return [];
  return [mistake('zone.mode', '"halt"', '"swap", or a [[secondary]] that answers meanwhile')];
}

/** The places of values that were there before. */
function repeated(values: readonly string[]): number[] {
  return [...values.keys()].filter((at) => values.indexOf(values[at] ?? '') < at);
}

function quoted(value: string | undefined): string {
  return JSON.stringify(value ?? '');
}

function mistake(key: string, found: string, expected: string): Mistake {
  return { key, found, expected };
}

function serverKey(name: string): string {
  return `dns.nameservers.${JSON.stringify(name)}`;
}
