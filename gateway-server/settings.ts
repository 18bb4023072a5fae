import type { Address } from '../protocol/address.ts';
import { scopeOf } from '../protocol/address-scope.ts';
import { type DomainName, nameBelow } from '../protocol/domain-name.ts';
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
  table,
  text,
} from '../runtime/shape.ts';
import type { Endpoint } from './endpoint.ts';
import {
  certificateMistakes,
  consoleMistakes,
  doorMistakes,
  haltMistakes,
  mailMistakes,
  plainMistakes,
  rule,
  secondaryMistakes,
  serverAddressMistakes,
  serverNameMistakes,
  sharedEndpointMistakes,
} from './settings-rules.ts';
import {
  allowed,
  closable,
  domainName,
  hostAddress,
  hostAddressOf,
  keyName,
  listen,
  mailAddressIn,
  oneOrMore,
  only,
  orEmpty,
  originIn,
  path,
  prefix,
  relayIn,
  seconds,
  section,
  some,
} from './settings-shapes.ts';
import { TSIG_ALGORITHMS } from './zone/tsig-key.ts';

/** What gateway.toml says, every value filled in. Times are milliseconds unless the name says otherwise. */
export type Settings = ReturnType<typeof filled>;

/** What is wrong with a settings file: the whole of it in one sentence, or all mistakes at once, each with its key. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(file: string, wrong: string | readonly (Mistake | string)[], cause?: unknown) {
    const words = typeof wrong === 'string' ? [wrong] : wrong;
    const lines = words.map((one) => (typeof one === 'string' ? `  ${one}` : describeMistakes([one])));
    super(`bad settings in ${file}\n${lines.join('\n')}`, { cause });
  }
}

const LOOPBACK = '127.0.0.1' as Address;
const listenOn = (port: number): Endpoint => ({ address: LOOPBACK, port });

const CERTIFICATE = {
  cert_file: optional<string | null>(path, null),
  key_file: optional<string | null>(path, null),
};

const ZONE = {
  name: domainName,
  mode: optional(oneOf('swap', 'halt'), 'swap'),
  file: optional<string | null>(path, null),
  proof_timeout: optional(seconds(0, 60), 5_000),
  halt_min: optional(seconds(0, 60), 0),
};

const DNS = {
  listen: optional(some(listen), [listenOn(5300)]),
  ttl: optional(integer(1, 86_400), 30),
  workers: optional(integer(0, 64), 0),
  rate_limit: optional(integer(1, 1_000_000), 50),
  rate_exempt: optional(
    list(prefix),
    [parsePrefix('127.0.0.0/8')].filter((net) => net !== undefined),
  ),
  nameservers: optional<ReadonlyMap<string, readonly Address[]> | null>(dictionary(list(hostAddress)), null),
};

const KEY = table({
  name: keyName,
  algorithm: optional(oneOf(...TSIG_ALGORITHMS), 'hmac-sha256'),
  secret_file: path,
});

const SECONDARY = table({
  address: listen,
  key: optional<string | null>(keyName, null),
  proof: optional(flag, false),
  from: optional<readonly Prefix[] | null>(some(prefix), null),
});

const MQTT = {
  listen: optional(closable, listenOn(1883)),
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
  quota_mb: optional(integer(1, 100_000), 5),
};

const PORTAL = {
  // an empty text: portal.ZONE at the answering server
  url: optional(
    text<string | null>(
      'the address of the portal, as https://portal.example, or "" for portal.ZONE',
      (raw) => (raw === '' ? null : originIn(raw)),
    ),
    null,
  ),
};

const CONSOLE = {
  listen: optional(closable, listenOn(8090)),
  ...CERTIFICATE,
};

const MAIL = {
  relay: optional<string | null>(text('smtp://HOST:PORT or smtps://HOST:PORT', relayIn), null),
  from: optional<string | null>(text('one e-mail address', mailAddressIn), null),
};

const SHAPE = section(
  {
    data_dir: optional(path, './data'),
    log_level: optional(oneOf(...LOG_LEVELS), 'info'),
    zone: section(ZONE),
    dns: section(DNS, rule(only(DNS, 'nameservers'), serverNameMistakes)),
    key: optional(list(KEY), []),
    secondary: optional(list(SECONDARY), []),
    metrics: section({ listen: optional<Endpoint | null>(listen, null) }),
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
    portal: section(PORTAL),
    console: section(CONSOLE, rule(only(CONSOLE, 'listen', 'cert_file', 'key_file'), consoleMistakes)),
    mail: section(MAIL, rule(only(MAIL, 'relay', 'from'), mailMistakes)),
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
        console: orEmpty(only(CONSOLE, 'listen')),
        metrics: orEmpty(table({ listen: optional<Endpoint | null>(listen, null) }, 'ignored')),
      },
      'ignored',
    ),
    sharedEndpointMistakes,
  ),
  rule(
    table({ key: optional(list(KEY), []), secondary: optional(list(SECONDARY), []) }, 'ignored'),
    secondaryMistakes,
  ),
  rule(
    table({ zone: only(ZONE, 'mode'), secondary: optional(list(SECONDARY), []) }, 'ignored'),
    haltMistakes,
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
  const areDefaultNameservers = dns.nameservers === null;
  return {
    ...read,
    dns: { ...dns, nameservers, areDefaultNameservers },
    verify: { ...verify, reference },
  };
}
