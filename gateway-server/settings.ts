import { type Address, parseAddress } from '../protocol/address.ts';
import { scopeOf } from '../protocol/address-scope.ts';
import { type DomainName, nameBelow, parseDomainName } from '../protocol/domain-name.ts';
import { type Prefix, parsePrefix } from '../protocol/prefix.ts';
import { LOG_LEVELS } from '../runtime/log.ts';
import {
  describeMistakes,
  dictionary,
  flag,
  integer,
  list,
  type Mistake,
  oneOf,
  optional,
  read,
  type Shape,
  scalar,
  table,
  text,
} from '../runtime/shape.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import {
  certificateMistakes,
  doorMistakes,
  plainMistakes,
  type Rule,
  rule,
  serverAddressMistakes,
  serverNameMistakes,
  sharedEndpointMistakes,
} from './settings-rules.ts';

/** What gateway.toml says, every value filled in. Times are milliseconds unless the name says otherwise. */
export type Settings = ReturnType<typeof filled>;

/** What is wrong with a settings file: the whole of it in one sentence, or all mistakes at once, each with its key. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(file: string, wrong: string | readonly Mistake[], cause?: unknown) {
    const words = typeof wrong === 'string' ? `  ${wrong}` : describeMistakes(wrong);
    super(`bad settings in ${file}\n${words}`, { cause });
  }
}

const path = text('the path of a file', (raw) => (raw === '' ? undefined : raw));
const listen = text('ADDRESS:PORT, as 192.0.2.1:53 or [2001:db8::1]:53', parseEndpoint);
const hostAddress = text('the address of one host', hostAddressOf);
const domainName = text('a domain name', parseDomainName);
const prefix = text('a network such as 198.51.100.0/24', parsePrefix);
const allowed = text<'public' | Prefix>('"public" or a network such as 198.51.100.0/24', (raw) =>
  raw === 'public' ? raw : parsePrefix(raw),
);
/** Accepted by the file's grammar, not yet by the gateway: said at once instead of being silently ignored. */
const notYet: Shape<null> = scalar<null>(
  'nothing: this version cannot do it yet, remove the key',
  () => undefined,
);

/** Seconds in the file, milliseconds in the program. */
const seconds = (least: number, most: number): Shape<number> =>
  scalar(`seconds from ${least} to ${most}`, (raw) =>
    typeof raw === 'number' && raw >= least && raw <= most ? Math.round(raw * 1_000) : undefined,
  );

const LOOPBACK = '127.0.0.1' as Address;
const listenOn = (port: number): Endpoint => ({ address: LOOPBACK, port });

const CERTIFICATE = {
  cert_file: optional<string | null>(path, null),
  key_file: optional<string | null>(path, null),
};

const ZONE = {
  name: domainName,
  mode: optional(
    text<'swap'>('"swap": this version cannot halt yet', (raw) => (raw === 'swap' ? raw : undefined)),
    'swap',
  ),
  file: optional(notYet, null),
  proof_timeout: optional(seconds(0, 60), 5_000),
  halt_min: optional(seconds(0, 60), 0),
};

const DNS = {
  listen: optional(some(listen), [listenOn(5300)]),
  ttl: optional(integer(1, 86_400), 30),
  rate_limit: optional(integer(1, 1_000_000), 50),
  rate_exempt: optional(
    list(prefix),
    [parsePrefix('127.0.0.0/8')].filter((net) => net !== undefined),
  ),
  nameservers: optional<ReadonlyMap<string, readonly Address[]> | null>(dictionary(list(hostAddress)), null),
};

const MQTT = {
  // an empty text closes the plain door: TOML has no null
  listen: optional(
    text<Endpoint | null>('ADDRESS:PORT, or "" for none', (raw) => (raw === '' ? null : parseEndpoint(raw))),
    listenOn(1883),
  ),
  plain: optional(flag, false),
  per_source: optional(integer(1, 1_000_000), 256),
  tls_listen: optional<Endpoint | null>(listen, null),
  ...CERTIFICATE,
};

const ANSWERING = {
  listen: optional(list(listen), [listenOn(8080)]),
  addresses: optional(some(hostAddress), [LOOPBACK]),
  tls_listen: optional<readonly Endpoint[] | null>(oneOrMore(listen), null),
  ...CERTIFICATE,
  provider: optional(
    text('a name of at most 80 characters', (raw) => (raw.length <= 80 ? raw : undefined)),
    '',
  ),
};

const SHAPE = section(
  {
    data_dir: optional(path, './data'),
    log_level: optional(oneOf(...LOG_LEVELS), 'info'),
    zone: section(ZONE),
    dns: section(DNS, rule(only(DNS, 'nameservers'), serverNameMistakes)),
    key: optional(notYet, null),
    secondary: optional(notYet, null),
    mqtt: section(
      MQTT,
      rule(only(MQTT, 'tls_listen', 'cert_file', 'key_file'), certificateMistakes),
      rule(only(MQTT, 'listen', 'plain'), plainMistakes),
      rule(only(MQTT, 'listen', 'tls_listen'), doorMistakes),
    ),
    answering: section(
      ANSWERING,
      rule(only(ANSWERING, 'tls_listen', 'cert_file', 'key_file'), certificateMistakes),
    ),
    alive: section({ timeout: optional(seconds(1, 3_600), 10_000) }),
    verify: section({
      patience: optional(seconds(0, 3_600), 30_000),
      ping: optional(path, 'fping'),
      reference: optional(
        text<Address | 'none' | 'system'>('an IP address, "none", or "" for the default gateway', (raw) =>
          raw === '' ? 'system' : raw === 'none' ? raw : hostAddressOf(raw),
        ),
        'system',
      ),
    }),
    update: section({ every: optional(seconds(0.1, 3_600), 1_000) }),
    addresses: section({
      allow: optional(list(allowed), ['public']),
      nat: optional(oneOf('refuse'), 'refuse'),
    }),
  },
  rule(
    table({ zone: only(ZONE, 'name'), dns: orEmpty(only(DNS, 'nameservers')) }, 'ignored'),
    serverAddressMistakes,
  ),
  rule(
    table(
      {
        dns: orEmpty(only(DNS, 'listen')),
        mqtt: orEmpty(only(MQTT, 'listen', 'tls_listen')),
        answering: orEmpty(only(ANSWERING, 'listen', 'tls_listen')),
      },
      'ignored',
    ),
    sharedEndpointMistakes,
  ),
);

/** Turns what a TOML file says into settings; throws SettingsError with all mistakes. */
export function parseSettings(raw: unknown, file: string): Settings {
  const reading = read(SHAPE, raw);
  if (reading.kind === 'wrong') throw new SettingsError(file, reading.mistakes);
  return Object.freeze(filled(reading.value));
}

/** Names of the gateway itself, which always lead to it. */
export function ownNamesOf(zone: DomainName): DomainName[] {
  return ['portal', 'console', 'leave']
    .map((label) => nameBelow(label, zone))
    .filter((name) => name !== undefined);
}

type Read = NonNullable<ReturnType<typeof SHAPE>>;

/** Fills in the defaults that follow from other values. */
function filled(read: Read) {
  const { zone, dns, answering, mqtt, verify } = read;
  const ns1 = nameBelow('ns1', zone.name);
  const nameservers = dns.nameservers ?? new Map(ns1 ? [[ns1 as string, answering.addresses]] : []);
  // agents that come over loopback are reached without any network that a reference could stand for
  const isAllLoopback = [mqtt.listen, mqtt.tls_listen].every(
    (door) => door === null || scopeOf(door.address) === 'loopback',
  );
  const reference = verify.reference === 'system' && isAllLoopback ? 'none' : verify.reference;
  return { ...read, dns: { ...dns, nameservers }, verify: { ...verify, reference } };
}

function hostAddressOf(raw: string): Address | undefined {
  const address = parseAddress(raw);
  const isHost = address && !['unspecified', 'multicast', 'v4-mapped'].includes(scopeOf(address));
  return isHost ? address : undefined;
}

/** A table that may be left out (then all its keys have their defaults) and the rules between its keys. */
function section<S extends Readonly<Record<string, Shape<unknown>>>>(fields: S, ...rules: readonly Rule[]) {
  const shape = orEmpty(table(fields));
  const whole: typeof shape = (raw, key, mistakes) => {
    const before = mistakes.length;
    const value = shape(raw, key, mistakes);
    for (const check of rules) check(raw ?? {}, key, mistakes);
    return mistakes.length > before ? undefined : value;
  };
  return whole;
}

function orEmpty<T>(shape: Shape<T>): Shape<T> {
  return (raw, key, mistakes) => shape(raw === undefined ? {} : raw, key, mistakes);
}

/** Reads some keys of a table and looks past the others. */
function only<S extends Readonly<Record<string, Shape<unknown>>>, K extends keyof S & string>(
  fields: S,
  ...keys: readonly K[]
) {
  // the entries are exactly those that Pick names
  const picked = Object.fromEntries(keys.map((key) => [key, fields[key]])) as unknown as Pick<S, K>;
  return table(picked, 'ignored');
}

function some<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (raw, key, mistakes) => {
    const values = list(shape)(raw, key, mistakes);
    if (values?.length !== 0) return values;
    mistakes.push({ key, found: '[]', expected: 'at least one' });
    return undefined;
  };
}

function oneOrMore<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (raw, key, mistakes) => list(shape)(Array.isArray(raw) ? raw : [raw], key, mistakes);
}
