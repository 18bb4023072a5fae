import { type DomainName, parseDomainName } from '../protocol/domain-name.ts';
import { type LineId, parseLineId } from '../protocol/line-id.ts';
import { LOG_LEVELS, type LogLevel } from '../runtime/log.ts';
import { list, type Mistake, oneOf, optional, type Reading, read, table, text } from '../runtime/shape.ts';
import { type GatewayUrl, parseGatewayUrl } from './gateway-url.ts';
import type { LeaseFormat } from './lease/formats.ts';

/** Where line and secret come from. */
export type IdentitySource =
  | { readonly kind: 'secret'; readonly line: LineId; readonly secret: string }
  | { readonly kind: 'secret-file'; readonly line: LineId; readonly file: string }
  | { readonly kind: 'command'; readonly command: string };

export interface ClientCertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface WanSettings {
  /** Their own addresses are the truth, the best one comes first; none where the lease file alone decides. */
  readonly interfaces: readonly string[];
  readonly leaseFile: string | null;
  /** Undefined: by the file's content. */
  readonly format: LeaseFormat | undefined;
}

export interface Settings {
  readonly gateway: GatewayUrl;
  /** Null where the identity's command is to print it. */
  readonly domain: DomainName | null;
  readonly identity: IdentitySource;
  readonly caFile: string | null;
  /** Null where the gateway asks for no certificate. */
  readonly clientCertificate: ClientCertificateFiles | null;
  readonly statusFile: string;
  readonly logLevel: LogLevel;
  readonly wan: WanSettings;
}

const DEFAULTS = {
  status_file: '/var/run/porchlight/status.json',
  log_level: 'info',
  source: 'auto',
} as const;

/** A DHCP client's own file, and what a hook writes for it, have one name here. */
const CLIENTS = [
  'udhcpc',
  'dhclient',
  'dhcpcd',
  'networkd',
  'networkmanager',
  'netifd',
  'odhcp6c',
  'pppd',
] as const satisfies readonly LeaseFormat[];
const MOST_INTERFACES = 8;

const path = text('the path of a file', (raw) => (raw.trim() === '' ? undefined : raw));
const given = (expected: string, parse: (raw: string) => string | undefined) =>
  optional<string | null>(text(expected, parse), null);
const notEmpty = (raw: string) => (raw.trim() === '' ? undefined : raw);
/** As long as the kernel's names may be, and never an option of a command. */
const interfaceName = (raw: string) => (/^[A-Za-z0-9_.][A-Za-z0-9_.:@-]{0,14}$/.test(raw) ? raw : undefined);

const A_DOMAIN = 'the full name of the line, such as alice.mwebpages.test';
const AN_INTERFACE = "the name of the interface that holds the line's address";

const FILE = table({
  gateway: text('mqtts://HOST[:PORT] (mqtt:// only for a gateway on this machine)', parseGatewayUrl),
  line: optional<LineId | null>(text('the id of the line, as the provider told it', parseLineId), null),
  secret: given('the secret of the line', notEmpty),
  secret_file: given('the path of a file that holds the secret', notEmpty),
  domain: optional<DomainName | null>(text(A_DOMAIN, parseDomainName), null),
  status_file: optional(path, DEFAULTS.status_file),
  ca_file: given('the path of a PEM file', notEmpty),
  client_cert_file: given('the path of a PEM file', notEmpty),
  client_key_file: given('the path of a PEM file', notEmpty),
  log_level: optional<LogLevel>(oneOf(...LOG_LEVELS), DEFAULTS.log_level),
  identity: optional(table({ command: given('a command that prints line and secret', notEmpty) }), {
    command: null,
  }),
  wan: optional(
    table({
      source: optional<WanSource>(oneOf('auto', 'interface', ...CLIENTS), DEFAULTS.source),
      interface: given(AN_INTERFACE, interfaceName),
      interfaces: optional(list(text(AN_INTERFACE, interfaceName)), []),
      lease_file: given("the path of the DHCP client's lease file", notEmpty),
    }),
    { source: DEFAULTS.source, interface: null, interfaces: [], lease_file: null },
  ),
});

type WanSource = 'auto' | 'interface' | (typeof CLIENTS)[number];
type FileTable = Extract<ReturnType<typeof readFile>, { readonly kind: 'read' }>['value'];

/** Turns the parsed settings file into settings; all mistakes are told together. */
export function parseSettings(raw: unknown): Reading<Settings> {
  const reading = readFile(raw);
  const mistakes = [
    ...(reading.kind === 'wrong' ? reading.mistakes : []),
    ...identityMistakes(raw),
    ...clientCertificateMistakes(raw),
    ...wanMistakes(raw),
  ];
  if (reading.kind === 'wrong' || mistakes.length > 0) return { kind: 'wrong', mistakes };
  return { kind: 'read', value: settingsOf(reading.value) };
}

function readFile(raw: unknown) {
  return read(FILE, raw);
}

function settingsOf(file: FileTable): Settings {
  const { source, interface: name, interfaces, lease_file: leaseFile } = file.wan;
  return Object.freeze({
    gateway: file.gateway,
    domain: file.domain,
    identity: identityOf(file),
    caFile: file.ca_file,
    clientCertificate: clientCertificateOf(file),
    statusFile: file.status_file,
    logLevel: file.log_level,
    wan: {
      interfaces: name === null ? interfaces : [name],
      leaseFile: source === 'interface' ? null : leaseFile,
      format: CLIENTS.find((client) => client === source),
    },
  });
}

/** `clientCertificateMistakes` has seen to it that none or both are given. */
function clientCertificateOf({ client_cert_file: certFile, client_key_file: keyFile }: FileTable) {
  return certFile === null || keyFile === null ? null : { certFile, keyFile };
}

function clientCertificateMistakes(raw: unknown): Mistake[] {
  const keys = ['client_cert_file', 'client_key_file'];
  const missing = keys.filter((key) => !has(raw, key));
  if (missing.length !== 1) return [];
  return missing.map((key) => ({
    key,
    found: '(nothing)',
    expected: `both of ${keys.join(' and ')}, or none`,
  }));
}

/** `identityMistakes` has seen to it that exactly one way is given. */
function identityOf({ line, secret, secret_file: file, identity }: FileTable): IdentitySource {
  if (line !== null && secret !== null) return { kind: 'secret', line, secret };
  if (line !== null && file !== null) return { kind: 'secret-file', line, file };
  return { kind: 'command', command: identity.command ?? '' };
}

function identityMistakes(raw: unknown): Mistake[] {
  const hasCommand = has(tableAt(raw, 'identity'), 'command');
  const ways = [has(raw, 'secret'), has(raw, 'secret_file'), hasCommand].filter(Boolean).length;
  const mistakes: Mistake[] = [];
  if (ways !== 1) {
    const found = ways === 0 ? '(nothing)' : '(more than one)';
    mistakes.push({ key: 'secret', found, expected: 'one of secret, secret_file and identity.command' });
  }
  if (!hasCommand && !has(raw, 'line')) {
    mistakes.push({
      key: 'line',
      found: '(nothing)',
      expected: 'the id of the line, as the provider told it',
    });
  }
  if (!hasCommand && !has(raw, 'domain')) {
    mistakes.push({ key: 'domain', found: '(nothing)', expected: A_DOMAIN });
  }
  if (hasCommand && has(raw, 'line')) {
    mistakes.push({ key: 'line', found: '(given)', expected: 'no line: identity.command prints it' });
  }
  return mistakes;
}

function wanMistakes(raw: unknown): Mistake[] {
  const wan = tableAt(raw, 'wan');
  const source = has(wan, 'source') ? wan.source : DEFAULTS.source;
  const needsInterface = source === 'interface' || (source === 'auto' && !has(wan, 'lease_file'));
  const mistakes = interfacesMistakes(wan);
  if (needsInterface && !has(wan, 'interface') && !has(wan, 'interfaces')) {
    mistakes.push({ key: 'wan.interface', found: '(nothing)', expected: AN_INTERFACE });
  }
  if (CLIENTS.some((client) => client === source) && !has(wan, 'lease_file')) {
    const expected = "the path of the DHCP client's lease file";
    mistakes.push({ key: 'wan.lease_file', found: '(nothing)', expected });
  }
  return mistakes;
}

function interfacesMistakes(wan: unknown): Mistake[] {
  const names = tableAt(wan, 'interfaces');
  if (!Array.isArray(names)) return [];
  const isRow = names.length > 0 && names.length <= MOST_INTERFACES && new Set(names).size === names.length;
  const found = JSON.stringify(names.slice(0, MOST_INTERFACES));
  const expected = `1 to ${MOST_INTERFACES} different interfaces, the best one first`;
  return [
    ...(isRow ? [] : [{ key: 'wan.interfaces', found, expected }]),
    ...(has(wan, 'interface')
      ? [
          {
            key: 'wan.interfaces',
            found: '(given)',
            expected: 'either wan.interface or wan.interfaces, not both',
          },
        ]
      : []),
  ];
}

function has<K extends string>(raw: unknown, key: K): raw is Readonly<Record<K, unknown>> {
  return typeof raw === 'object' && raw !== null && Object.hasOwn(raw, key);
}

function tableAt(raw: unknown, key: string): unknown {
  return has(raw, key) ? raw[key] : undefined;
}
