import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import type { Secondary } from '../../../../../gateway-server/zone/backup/secondary.ts';
import { type DnsServer, openDnsServer } from '../../../../../gateway-server/zone/io/dns-server.ts';
import { TransferAccess } from '../../../../../gateway-server/zone/transfer/transfer-access.ts';
import { ZoneTransfers } from '../../../../../gateway-server/zone/transfer/zone-transfers.ts';
import type { TsigKey } from '../../../../../gateway-server/zone/tsig-key.ts';
import { type Address, parseAddress } from '../../../../../protocol/address.ts';
import { parsePrefix } from '../../../../../protocol/prefix.ts';
import { systemClock } from '../../../../../runtime/clock.ts';
import { dnsQuery } from '../../../../support/dns-message.ts';
import { MemoryLog } from '../../../../support/memory-log.ts';
import { type Changes, recordsIn, TRANSFER_ZONE, TransferZone } from '../../../../support/transfer-zone.ts';

const isMissing = (program: string, ...args: string[]) => spawnSync(program, args).error !== undefined;
const SECRET = Buffer.alloc(32, 'porchlight');
const KEY: TsigKey = { name: 'xfr', algorithm: 'hmac-sha256', secret: SECRET };
const LONG_KEY: TsigKey = { name: 'long', algorithm: 'hmac-sha512', secret: SECRET };
const STRANGERS_KEY: TsigKey = { name: 'strangers', algorithm: 'hmac-sha256', secret: SECRET };
const KEYS = [KEY, LONG_KEY, STRANGERS_KEY];

const servers: DnsServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function loopback(): Address {
  const address = parseAddress('127.0.0.1');
  if (!address) throw new Error('no loopback');
  return address;
}

function secondary(key: TsigKey | null, from = '127.0.0.1'): Secondary {
  const prefix = parsePrefix(from);
  return { endpoint: { address: loopback(), port: 53 }, key, from: prefix ? [prefix] : [], proof: false };
}

/** A DNS server that does nothing but hand out the zone; gives its port. */
async function serve(
  zone: TransferZone,
  secondaries = [secondary(KEY), secondary(LONG_KEY)],
  log = new MemoryLog(),
) {
  const transfers = new ZoneTransfers({
    zone: TRANSFER_ZONE,
    source: zone,
    access: new TransferAccess({ secondaries: () => secondaries, clock: systemClock, log }),
    clock: systemClock,
    log,
    onServed: () => undefined,
  });
  const authority = { name: 'authority', count: 0, bytes: Buffer.alloc(0), start: 0, end: 0 } as const;
  const server = await openDnsServer({
    listen: [{ address: loopback(), port: 0 }],
    zone: { find: () => ({ kind: 'no-data', authority }) },
    rateLimit: { perSecond: 0, exempt: [] },
    keys: new Map(KEYS.map((key) => [key.name, key])),
    transfers,
    clock: systemClock,
    log,
  });
  servers.push(server);
  return server.endpoints[0]?.port ?? 0;
}

const manyLines = (count: number, address: string): Changes =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`line${n}`, [address]]));

/** alice has both families, bob comes and goes, and there are 3,000 more. */
function sampleZone(): TransferZone {
  const zone = new TransferZone();
  zone.swap({ ...manyLines(3_000, '203.0.113.1'), alice: ['203.0.113.7', '2001:db8::7'] });
  zone.swap({ bob: ['203.0.113.8'], alice: ['203.0.113.9', '2001:db8::7'] });
  zone.swap({ bob: [], 'www.alice': ['203.0.113.9', '203.0.113.10'] });
  return zone;
}

const SOA = (serial: number) =>
  `mwebpages.test. 30 IN SOA ns1.mwebpages.test. hostmaster.mwebpages.test. ${serial} 60 15 604800 30`;
const WHOLE_ZONE = [
  SOA(4),
  'mwebpages.test. 3600 IN NS ns1.mwebpages.test.',
  'ns1.mwebpages.test. 3600 IN AAAA 2001:db8::53',
  ...Array.from({ length: 3_000 }, (_, n) => `line${n}.mwebpages.test. 30 IN A 203.0.113.1`),
  'alice.mwebpages.test. 30 IN A 203.0.113.9',
  'alice.mwebpages.test. 30 IN AAAA 2001:db8::7',
  'www.alice.mwebpages.test. 30 IN A 203.0.113.9',
  'www.alice.mwebpages.test. 30 IN A 203.0.113.10',
  SOA(4),
].sort();
const DIFFERENCES = [
  SOA(4),
  SOA(2),
  'alice.mwebpages.test. 30 IN A 203.0.113.7',
  'alice.mwebpages.test. 30 IN AAAA 2001:db8::7',
  SOA(4),
  'alice.mwebpages.test. 30 IN A 203.0.113.9',
  'alice.mwebpages.test. 30 IN AAAA 2001:db8::7',
  'www.alice.mwebpages.test. 30 IN A 203.0.113.9',
  'www.alice.mwebpages.test. 30 IN A 203.0.113.10',
  SOA(4),
];

/** What a program prints, and the records in it. */
async function run(program: string, args: readonly string[]) {
  const { stdout, stderr } = await promisify(execFile)(program, args, { maxBuffer: 1 << 26 });
  const lines = stdout.split('\n').map((line) => line.replaceAll(/[\t ]+/g, ' '));
  return { text: stdout + stderr, records: lines.filter((line) => line !== '' && !line.startsWith(';')) };
}

describe.skipIf(isMissing('dig', '-v'))('as dig reads it', () => {
  const dig = (port: number, ...question: string[]) =>
    run('dig', ['@127.0.0.1', '-p', String(port), '+tries=1', '+time=5', 'mwebpages.test', ...question]);
  const signed = ({ algorithm, name, secret }: TsigKey) => [
    '-y',
    `${algorithm}:${name}:${Buffer.from(secret).toString('base64')}`,
  ];

  test.each([KEY, LONG_KEY])(
    'AXFR signed with %o gives the whole zone in several signed messages',
    async (key) => {
      const { text, records } = await dig(await serve(sampleZone()), ...signed(key), 'AXFR', '+nocrypto');
      expect(records.filter((record) => !record.includes(' TSIG ')).sort()).toEqual(WHOLE_ZONE);
      expect(records.filter((record) => record.includes(' TSIG ')).length).toBeGreaterThan(3);
      expect(text).not.toMatch(/verify|WARN/i);
    },
  );

  test('AXFR needs no signature from a secondary that is known by its address alone', async () => {
    const { text, records } = await dig(await serve(sampleZone(), [secondary(null)]), 'AXFR');
    expect(records.sort()).toEqual(WHOLE_ZONE);
    expect(text).toMatch(/XFR size: 3008 records \(messages [4-9],/);
  });

  test('IXFR gives what has changed since the serial, in order', async () => {
    const { records } = await dig(await serve(sampleZone(), [secondary(null)]), 'IXFR=2');
    expect(records).toEqual(DIFFERENCES);
  });

  test('IXFR gives the present SOA to who has it already, and to who asks over UDP', async () => {
    const port = await serve(sampleZone(), [secondary(null)]);
    expect((await dig(port, 'IXFR=4')).records).toEqual([SOA(4)]);
    expect((await dig(port, 'IXFR=4', '+notcp')).records).toEqual([SOA(4)]);
  });

  test.each([
    ['no key', []],
    ['a key that is not the secondary’s', signed(STRANGERS_KEY)],
  ])('AXFR and IXFR with %s are refused', async (_case, key) => {
    const log = new MemoryLog();
    const port = await serve(sampleZone(), [secondary(KEY)], log);
    for (const type of ['AXFR', 'IXFR=2']) {
      const { text, records } = await dig(port, ...key, type, '+comments');
      expect(text).toMatch(/Transfer failed|REFUSED/);
      expect(records.filter((record) => !record.includes(' TSIG '))).toEqual([]);
    }
    expect(log.events.map((event) => event.split(' ').slice(0, 4).join(' '))).toEqual([
      'warn transfer refused 127.0.0.1',
    ]);
  });

  test('a transfer from another address than the secondaries’ is refused', async () => {
    const { text, records } = await dig(
      await serve(sampleZone(), [secondary(KEY, '192.0.2.0/24')]),
      ...signed(KEY),
      'AXFR',
    );
    expect(text).toMatch(/Transfer failed|REFUSED/);
    expect(records.filter((record) => !record.includes(' TSIG '))).toEqual([]);
  });
});

describe.skipIf(isMissing('kdig', '-V'))('as kdig reads it', () => {
  const kdig = (port: number, ...question: string[]) =>
    run('kdig', ['@127.0.0.1', '-p', String(port), '+retry=0', '+time=5', 'mwebpages.test', ...question]);

  test('AXFR gives the whole zone, and IXFR what has changed', async () => {
    const port = await serve(sampleZone());
    const key = ['-y', `hmac-sha512:long:${SECRET.toString('base64')}`];
    const whole = await kdig(port, ...key, 'AXFR');
    expect(whole.records.filter((record) => !record.includes(' TSIG ')).sort()).toEqual(WHOLE_ZONE);
    const changed = await kdig(port, ...key, 'IXFR=2');
    expect(changed.records.filter((record) => !record.includes(' TSIG '))).toEqual(DIFFERENCES);
    expect(whole.text + changed.text).not.toMatch(/WARN|failed/i);
  });
});

test('a client that stops reading for a while gets the zone as it was when it asked', async () => {
  const zone = new TransferZone();
  zone.swap(manyLines(60_000, '203.0.113.1'));
  const port = await serve(zone, [secondary(null)]);
  const socket = connect(port, '127.0.0.1');
  const question = dnsQuery({ name: 'mwebpages.test', type: 252 });
  const length = Buffer.from([0, question.length]);
  socket.end(Buffer.concat([length, question]));
  await once(socket, 'readable');
  zone.swap(manyLines(60_000, '203.0.113.2'));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  const records = recordsIn(framesIn(Buffer.concat(chunks)));
  expect(records).toHaveLength(60_000 + 4);
  expect(records.filter((record) => record.endsWith(' 203.0.113.1'))).toHaveLength(60_000);
});

/** The messages behind their two bytes of length. */
function framesIn(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + bytes.readUInt16BE(at);
    frames.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return frames;
}
