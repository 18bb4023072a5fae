import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownNamesOf, parseSettings, type Settings, SettingsError } from '../../../gateway-server/settings.ts';
import { merged } from '../../../gateway-server/settings-reload.ts';

const LEAST = { zone: { name: 'mwebpages.test' } };
const KEY = { name: 'xfr', secret_file: 'xfr.key' };

describe('the defaults', () => {
  test('a zone name is all that has to be given', () => {
    expect(parseSettings(LEAST, 'gateway.toml')).toEqual({
      data_dir: './data',
      log_level: 'info',
      zone: { name: 'mwebpages.test', mode: 'swap', file: null, proof_timeout: 5_000, halt_min: 0 },
      dns: {
        listen: [{ address: '127.0.0.1', port: 5300 }],
        ttl: 30,
        rate_limit: 50,
        rate_exempt: [expect.objectContaining({ text: '127.0.0.0/8' })],
        nameservers: new Map([['ns1.mwebpages.test', ['127.0.0.1']]]),
        areDefaultNameservers: true,
        workers: 0,
      },
      key: [],
      secondary: [],
      metrics: { listen: null },
      mqtt: {
        ...{ listen: { address: '127.0.0.1', port: 1883 }, plain: false, per_source: 256 },
        ...{ tls_listen: null, cert_file: null, key_file: null },
      },
      answering: {
        ...{ listen: [{ address: '127.0.0.1', port: 8080 }], addresses: ['127.0.0.1'], provider: '' },
        ...{ tls_listen: null, cert_file: null, key_file: null, quota_mb: 5 },
      },
      portal: { url: null },
      console: { listen: { address: '127.0.0.1', port: 8090 }, cert_file: null, key_file: null },
      mail: { relay: null, from: null },
      alive: { timeout: 10_000 },
      verify: { patience: 30_000, ping: 'fping', reference: 'none' },
      update: { every: 1_000 },
      addresses: { allow: ['public'], nat: 'refuse' },
    });
  });

  test('the zone’s own server has the addresses of the answering gateway', () => {
    const { dns } = parseSettings(
      { ...LEAST, answering: { addresses: ['192.0.2.80', '2001:db8::80'] } },
      'f',
    );
    expect([...dns.nameservers]).toEqual([['ns1.mwebpages.test', ['192.0.2.80', '2001:db8::80']]]);
  });

  test('names of the gateway’s own lie below the zone', () => {
    const { zone } = parseSettings(LEAST, 'f');
    expect(ownNamesOf(zone.name)).toEqual(
      ['portal', 'console', 'leave'].map((label) => `${label}.mwebpages.test`),
    );
  });
});

describe('values', () => {
  test('seconds become milliseconds, fractions too', () => {
    const { alive, update } = parseSettings(
      { ...LEAST, alive: { timeout: 3 }, update: { every: 0.25 } },
      'f',
    );
    expect([alive.timeout, update.every]).toEqual([3_000, 250]);
  });

  test('the reference is the default gateway once agents come from outside, unless one is named', () => {
    const mqtt = { listen: '192.0.2.1:1883', plain: true };
    const reference = (settings: object) => parseSettings({ ...LEAST, ...settings }, 'f').verify.reference;
    expect(reference({ mqtt })).toBe('system');
    expect(reference({ mqtt, verify: { reference: 'none' } })).toBe('none');
    expect(reference({ verify: { reference: '192.0.2.254' } })).toBe('192.0.2.254');
  });

  test('an empty mqtt.listen closes the plain door', () => {
    const mqtt = { listen: '', tls_listen: '192.0.2.1:8883', cert_file: 'c.pem', key_file: 'k.pem' };
    expect(parseSettings({ ...LEAST, mqtt }, 'f').mqtt.listen).toBeNull();
  });

  test('one endpoint may stand for a list of one', () => {
    const answering = { tls_listen: '[2001:db8::80]:443', cert_file: 'c.pem', key_file: 'k.pem' };
    expect(parseSettings({ ...LEAST, answering }, 'f').answering.tls_listen).toEqual([
      { address: '2001:db8::80', port: 443 },
    ]);
  });

  test('port 0 may stand everywhere', () => {
    const all = {
      ...LEAST,
      dns: { listen: ['127.0.0.1:0'] },
      mqtt: { listen: '127.0.0.1:0' },
      answering: { listen: ['127.0.0.1:0'] },
    };
    expect(parseSettings(all, 'f').dns.listen).toEqual([{ address: '127.0.0.1', port: 0 }]);
  });
});

describe('mistakes', () => {
  const servers = (nameservers: object) => ({ dns: { nameservers } });
  const outside = { tls_listen: '192.0.2.1:8883' };

  test.each<[string, object, string]>([
    ['a misspelt key', { datadir: 'x' }, 'datadir = "x": give one of the keys data_dir,'],
    ['a misspelt section key', { alive: { time: 3 } }, 'alive.time = 3: give one of the keys timeout'],
    ['an empty path', { data_dir: '' }, 'data_dir = "": give the path of a file'],
    ['a log level', { log_level: 'loud' }, 'log_level = "loud": give one of error, warn, info, debug'],
    ['no zone', { zone: undefined }, 'zone.name = (nothing): give a domain name'],
    ['a zone that is none', { zone: { name: 'a_b' } }, 'zone.name = "a_b": give a domain name'],
    ['a mode', { zone: { name: 'a.test', mode: 'stop' } }, 'zone.mode = "stop": give one of swap, halt'],
    [
      'a halt without a backup',
      { zone: { name: 'a.test', mode: 'halt' } },
      'zone.mode = "halt": give "swap", or a [[secondary]] that answers meanwhile',
    ],
    [
      'a proof time',
      { zone: { name: 'a.test', proof_timeout: 61 } },
      'zone.proof_timeout = 61: give seconds',
    ],
    ['a key', { key: [{ name: 'x y' }] }, 'key[0].name = "x y": give the name of a key, as xfr'],
    ['a key without its file', { key: [{ name: 'x' }] }, 'key[0].secret_file = (nothing): give the path'],
    [
      'an old algorithm',
      { key: [{ ...KEY, algorithm: 'hmac-md5' }] },
      'key[0].algorithm = "hmac-md5": give one of hmac-sha256, hmac-sha512',
    ],
    ['a key that is there twice', { key: [KEY, KEY] }, 'key[1].name = "xfr": give a name of its own'],
    [
      'a secondary with a key that is not there',
      { key: [KEY], secondary: [{ address: '192.0.2.53:53', key: 'other' }] },
      'secondary[0].key = "other": give one of the names in [[key]]: xfr',
    ],
    [
      'a secondary that is there twice',
      { secondary: [{ address: '192.0.2.53:53' }, { address: '192.0.2.53:53' }] },
      'secondary[1].address = "192.0.2.53:53": give an address of its own',
    ],
    [
      'a secondary without a port',
      { secondary: [{ address: '192.0.2.53:0' }] },
      'secondary[0].address = "192.0.2.53:0": give its port, as :53',
    ],
    [
      'a network of a secondary',
      { secondary: [{ address: '192.0.2.53:53', from: ['192.0.2.53/24'] }] },
      'secondary[0].from[0] = "192.0.2.53/24": give a network',
    ],
    ['workers', { dns: { workers: -1 } }, 'dns.workers = -1: give a whole number from 0 to 64'],
    [
      'metrics where the pages are',
      { metrics: { listen: '127.0.0.1:8080' } },
      'metrics.listen = "127.0.0.1:8080": give an endpoint of its own: answering.listen has this one',
    ],
    ['no dns.listen', { dns: { listen: [] } }, 'dns.listen = []: give at least one'],
    [
      'a host name to listen on',
      { dns: { listen: ['ns:53'] } },
      'dns.listen[0] = "ns:53": give ADDRESS:PORT',
    ],
    ['a port too high', { mqtt: { listen: '127.0.0.1:65536' } }, 'mqtt.listen = "127.0.0.1:65536": give ADD'],
    ['a TTL', { dns: { ttl: 0 } }, 'dns.ttl = 0: give a whole number from 1 to 86400'],
    ['a rate', { dns: { rate_limit: 1.5 } }, 'dns.rate_limit = 1.5: give a whole number from 1 to 1000000'],
    ['a network', { dns: { rate_exempt: ['10.0.0.1/8'] } }, 'dns.rate_exempt[0] = "10.0.0.1/8": give a netw'],
    ['no server', servers({}), 'dns.nameservers = {}: give at least one name server'],
    ['a server’s name', servers({ 'a b': [] }), 'dns.nameservers."a b" = (this key): give the domain name'],
    [
      'a lost server',
      servers({ 'ns1.mwebpages.test': [] }),
      'dns.nameservers."ns1.mwebpages.test" = []: give',
    ],
    [
      'plain MQTT outside',
      { mqtt: { listen: '192.0.2.1:1883' } },
      'mqtt.listen = "192.0.2.1:1883": give a lo',
    ],
    ['no door', { mqtt: { listen: '' } }, 'mqtt.listen = "": give ADDRESS:PORT, or set mqtt.tls_listen'],
    ['no certificate', { mqtt: outside }, 'mqtt.cert_file = (nothing): give the path of a PEM file'],
    ['no key', { answering: outside }, 'answering.key_file = (nothing): give the path of a PEM file'],
    ['nowhere to answer', { answering: { addresses: [] } }, 'answering.addresses = []: give at least one'],
    [
      'any address',
      { answering: { addresses: ['0.0.0.0'] } },
      'answering.addresses[0] = "0.0.0.0": give the',
    ],
    ['a long name', { answering: { provider: 'x'.repeat(81) } }, 'answering.provider = "xxx'],
    [
      'a portal with a path',
      { portal: { url: 'https://x.test/login' } },
      'portal.url = "https://x.test/login"',
    ],
    [
      'a console for everybody',
      { console: { listen: '0.0.0.0:8090' } },
      'console.listen = "0.0.0.0:8090": give a loopback address, or set console.cert_file',
    ],
    [
      'half a certificate',
      { console: { cert_file: 'c.pem' } },
      'console.key_file = (nothing): give the path of a PEM file',
    ],
    [
      'the console where the pages are',
      { console: { listen: '127.0.0.1:8080' } },
      'console.listen = "127.0.0.1:8080": give an endpoint of its own: answering.listen has this one',
    ],
    [
      'mail from nobody',
      { mail: { relay: 'smtp://127.0.0.1:25' } },
      'mail.from = (nothing): give the address',
    ],
    ['a relay', { mail: { relay: 'mail.test' } }, 'mail.relay = "mail.test": give smtp://HOST:PORT'],
    [
      'mail from two',
      { mail: { relay: 'smtp://127.0.0.1:25', from: 'a@b.test, c@d.test' } },
      'mail.from = "a@b.test, c@d.test": give one e-mail address',
    ],
    ['no quota', { answering: { quota_mb: 0 } }, 'answering.quota_mb = 0: give a whole number from 1 to'],
    ['a time-out', { alive: { timeout: '10' } }, 'alive.timeout = "10": give seconds from 1 to 3600'],
    ['no number', { alive: { timeout: Number.NaN } }, 'alive.timeout = null: give seconds from 1 to 3600'],
    ['a reference', { verify: { reference: 'gw' } }, 'verify.reference = "gw": give an IP address, "none"'],
    ['too often', { update: { every: 0.05 } }, 'update.every = 0.05: give seconds from 0.1 to 3600'],
    ['a scope', { addresses: { allow: ['private'] } }, 'addresses.allow[0] = "private": give "public" or a'],
    ['NAT', { addresses: { nat: 'guess' } }, 'addresses.nat = "guess": give one of refuse'],
    [
      'one endpoint for two servers',
      { dns: { listen: ['127.0.0.1:53'] }, answering: { listen: ['127.0.0.1:53'] } },
      'answering.listen = "127.0.0.1:53": give an endpoint of its own: dns.listen has this one',
    ],
    ['a section that is none', { dns: 5 }, 'dns = 5: give a table'],
  ])('%s is told with its key, what was found and what would be right', (_, change, line) => {
    const text = mistakesIn({ ...LEAST, ...change });
    expect(text).toContain(`bad settings in gateway.toml\n`);
    expect(text).toContain(`\n  ${line}`);
  });

  test('all of them are told at once, those of single keys and those between keys', () => {
    const text = mistakesIn({
      data_dir: 3,
      zone: { name: 'a.test', mode: 'halt' },
      dns: { ttl: 'x', nameservers: { 'ns1.a.test': [] } },
      mqtt: { per_source: 0, listen: '192.0.2.1:1883', tls_listen: '192.0.2.1:8883', cert_file: 'c.pem' },
      alive: { timeout: 0 },
    });
    const keys = text
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(' = ')[0]);
    expect(new Set(keys)).toEqual(
      new Set([
        ...['data_dir', 'zone.mode', 'dns.ttl', 'dns.nameservers."ns1.a.test"', 'mqtt.per_source'],
        ...['mqtt.listen', 'mqtt.key_file', 'alive.timeout'],
      ]),
    );
  });

  test('whatever a file holds, nothing but a SettingsError comes of it', () => {
    const keys = fc.constantFrom(...Object.keys(parseSettings(LEAST, 'f')), 'listen', 'name', '__proto__');
    const value = fc.anything({ maxDepth: 1, maxKeys: 3 });
    const section = fc.dictionary(keys, value, { maxKeys: 3 });
    const whole = fc.oneof(value, fc.dictionary(keys, fc.oneof(value, section), { maxKeys: 4 }));
    fc.assert(
      fc.property(whole, (raw) => {
        try {
          parseSettings(raw, 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(SettingsError);
        }
      }),
    );
  });
});

describe('a reload', () => {
  test('takes over what may change in a running gateway and keeps the rest', () => {
    const [before, after] = [
      settings({}),
      settings({ alive: { timeout: 3 }, dns: { rate_limit: 7, ttl: 60 } }),
    ];
    const { settings: now, postponed } = merged(before, after);
    expect(now.alive.timeout).toBe(3_000);
    expect(now.dns).toMatchObject({ rate_limit: 7, ttl: 30 });
    expect(postponed).toEqual(['dns.ttl']);
  });

  test('names every key that has to wait for the next start', () => {
    const after = settings({
      data_dir: 'x',
      mqtt: { per_source: 1 },
      answering: { addresses: ['192.0.2.1'] },
    });
    expect(merged(settings({}), after).postponed).toEqual([
      ...['data_dir', 'dns.nameservers', 'mqtt.per_source', 'answering.addresses'],
    ]);
    expect(merged(after, after).postponed).toEqual([]);
  });
});

function settings(change: object): Settings {
  return parseSettings({ ...LEAST, ...change }, 'f');
}

function mistakesIn(raw: object): string {
  try {
    parseSettings(raw, 'gateway.toml');
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'no mistakes';
}
