import { anything, assert, dictionary, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { parseSettings } from '../../../agent/settings.ts';
import { describeMistakes } from '../../../runtime/shape.ts';

const RIGHT = {
  gateway: 'mqtts://gateway.example:8883',
  line: 'alice',
  secret: 'abc',
  domain: 'Alice.mwebpages.test',
  wan: { interface: 'wan' },
};

function mistakesIn(raw: unknown): string {
  const reading = parseSettings(raw);
  return reading.kind === 'wrong' ? describeMistakes(reading.mistakes) : '';
}

test('fills everything that is not given', () => {
  expect(parseSettings(RIGHT)).toEqual({
    kind: 'read',
    value: {
      gateway: { host: 'gateway.example', port: 8883, isEncrypted: true },
      domain: 'alice.mwebpages.test',
      identity: { kind: 'secret', line: 'alice', secret: 'abc' },
      caFile: null,
      clientCertificate: null,
      statusFile: '/var/run/porchlight/status.json',
      logLevel: 'info',
      wan: { interfaces: ['wan'], leaseFile: null, format: undefined },
    },
  });
});

test('takes a certificate of the agent with its key, and says which of the two is missing', () => {
  const files = { client_cert_file: '/c.pem', client_key_file: '/k.pem' };
  const reading = parseSettings({ ...RIGHT, ...files });
  expect(reading).toMatchObject({
    value: { clientCertificate: { certFile: '/c.pem', keyFile: '/k.pem' } },
  });
  expect(mistakesIn({ ...RIGHT, client_cert_file: '/c.pem' })).toContain('client_key_file = (nothing): give');
  expect(mistakesIn({ ...RIGHT, client_key_file: '/k.pem' })).toContain('client_cert_file = (nothing): give');
});

test('lists all mistakes at once, each with what would be right', () => {
  const text = mistakesIn({
    ...RIGHT,
    gateway: 'http://gw',
    domain: 5,
    colour: 'red',
    wan: { interface: '' },
  });
  expect(text.split('\n')).toEqual([
    expect.stringContaining('colour = "red": give one of the keys'),
    '  gateway = "http://gw": give mqtts://HOST[:PORT] (mqtt:// only for a gateway on this machine)',
    expect.stringContaining('domain = 5'),
    `  wan.interface = "": give the name of the interface that holds the line's address`,
  ]);
});

test.each([
  ['no secret at all', { secret: undefined }],
  ['two secrets', { secret_file: '/s' }],
  ['no line', { line: undefined }],
  ['no domain', { domain: undefined }],
  ['a line beside a command that tells it', { secret: undefined, identity: { command: 'x' } }],
  ['a reserved line', { line: 'gateway' }],
  ['neither interface nor lease file', { wan: {} }],
  ['no wan table', { wan: undefined }],
  ['source udhcpc without a lease file', { wan: { source: 'udhcpc' } }],
  ['source interface without an interface', { wan: { source: 'interface', lease_file: '/l' } }],
  ['an interface that would be an option', { wan: { interface: '-x' } }],
  ['one interface and several', { wan: { interface: 'wan', interfaces: ['wan', 'wanb'] } }],
  ['no interface in the row', { wan: { interfaces: [] } }],
  ['the same interface twice', { wan: { interfaces: ['wan', 'wan'] } }],
  ['an interface in the row that would be an option', { wan: { interfaces: ['wan', '-x'] } }],
  ['a source that is a server', { wan: { source: 'dnsmasq', lease_file: '/l' } }],
  ['source dhcpcd without a lease file', { wan: { source: 'dhcpcd', interface: 'wan' } }],
])('refuses %s', (_, change) => {
  const given = Object.entries({ ...RIGHT, ...change }).filter(([, value]) => value !== undefined);
  expect(mistakesIn(Object.fromEntries(given))).not.toBe('');
});

test('says that either one interface is given or a row of them', () => {
  expect(mistakesIn({ ...RIGHT, wan: { interface: 'wan', interfaces: ['wan', 'wanb'] } })).toBe(
    '  wan.interfaces = (given): give either wan.interface or wan.interfaces, not both',
  );
});

test('takes several interfaces in order of preference', () => {
  expect(parseSettings({ ...RIGHT, wan: { interfaces: ['wan', 'wanb'] } })).toMatchObject({
    value: { wan: { interfaces: ['wan', 'wanb'], leaseFile: null } },
  });
});

test.each(['udhcpc', 'dhclient', 'dhcpcd', 'networkd', 'networkmanager', 'netifd', 'odhcp6c', 'pppd'])(
  'takes %s for the source of the lease',
  (source) => {
    expect(parseSettings({ ...RIGHT, wan: { source, lease_file: '/l' } })).toMatchObject({
      value: { wan: { interfaces: [], leaseFile: '/l', format: source } },
    });
  },
);

test.each([
  ['mqtt://127.0.0.1', true],
  ['mqtt://127.9.9.9:1884', true],
  ['mqtt://[::1]:1883', true],
  ['mqtt://localhost', true],
  ['mqtts://[2001:db8::1]', true],
  ['mqtt://198.51.100.1', false],
  ['mqtt://gateway.example', false],
  ['mqtts://user:pass@gateway.example', false],
  ['mqtts://gateway.example:0', false],
  ['mqtts://gateway.example:70000', false],
  ['mqtts://gateway.example/path', false],
])('%s: accepted %s', (gateway, isRight) => {
  expect(mistakesIn({ ...RIGHT, gateway }) === '').toBe(isRight);
});

test('takes line and secret from a command or a file instead', () => {
  const { line, secret: _, ...rest } = RIGHT;
  expect(parseSettings({ ...rest, identity: { command: 'nvram get line' } })).toMatchObject({
    value: { identity: { kind: 'command', command: 'nvram get line' } },
  });
  expect(parseSettings({ ...rest, line, secret_file: '/s' })).toMatchObject({
    value: { identity: { kind: 'secret-file', line: 'alice', file: '/s' } },
  });
});

test('takes anything without throwing', async () => {
  await assert(property(anything(), (raw) => void parseSettings(raw)));
  await assert(
    property(dictionary(string(), anything()), (raw) => void parseSettings({ ...RIGHT, ...raw, wan: raw })),
  );
});
