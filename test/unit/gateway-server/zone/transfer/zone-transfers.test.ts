import { array, assert, constantFrom, dictionary, integer, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import type { Secondary } from '../../../../../gateway-server/zone/backup/secondary.ts';
import { type Query, readMessage } from '../../../../../gateway-server/zone/query.ts';
import { TransferAccess } from '../../../../../gateway-server/zone/transfer/transfer-access.ts';
import type { TransferSource } from '../../../../../gateway-server/zone/transfer/transfer-answer.ts';
import { type Served, ZoneTransfers } from '../../../../../gateway-server/zone/transfer/zone-transfers.ts';
import type { Transport } from '../../../../../gateway-server/zone/transfers.ts';
import type { TsigKey } from '../../../../../gateway-server/zone/tsig-key.ts';
import { parseAddress } from '../../../../../protocol/address.ts';
import { parsePrefix } from '../../../../../protocol/prefix.ts';
import { decodeDns, dnsQuery } from '../../../../support/dns-message.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { MemoryLog } from '../../../../support/memory-log.ts';
import {
  type Changes,
  ixfrQuestion,
  recordsIn,
  replicaAfter,
  TRANSFER_ZONE,
  TransferZone,
} from '../../../../support/transfer-zone.ts';

const KEY: TsigKey = { name: 'xfr', algorithm: 'hmac-sha256', secret: Buffer.from('secret') };
const BACKUP = { address: '192.0.2.1', port: 5353 };
const STRANGER = { address: '192.0.2.9', port: 5353 };
const AXFR = dnsQuery({ name: 'mwebpages.test', type: 252 });

function backup(key: TsigKey | null): Secondary[] {
  const [address, from] = [parseAddress(BACKUP.address), parsePrefix(BACKUP.address)];
  if (!address || !from) throw new Error('no such address');
  return [{ endpoint: { address, port: 53 }, key, from: [from], proof: false }];
}

function transfersOf(source: TransferSource, key: TsigKey | null = null) {
  const [clock, log, served] = [new ManualClock(), new MemoryLog(), [] as Served[]];
  const transfers = new ZoneTransfers({
    zone: TRANSFER_ZONE,
    source,
    access: new TransferAccess({ secondaries: () => backup(key), clock, log }),
    clock,
    log,
    onServed: (one) => served.push(one),
  });
  const ask = (
    message: Buffer,
    client = BACKUP,
    transport: Transport = 'tcp',
    signedBy: TsigKey | null = null,
  ) => transfers.messages({ ...queryOf(message), signedBy }, client, transport);
  return { transfers, ask, log, served };
}

function queryOf(message: Buffer): Query {
  const reading = readMessage(message);
  if (reading.kind !== 'query') throw new Error('no query');
  return reading.query;
}

function zoneWith(...batches: readonly Changes[]): TransferZone {
  const zone = new TransferZone();
  for (const changes of batches) zone.swap(changes);
  return zone;
}

const manyLines = (count: number, address = '203.0.113.1'): Changes =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`line${n}`, [address]]));

const rcodeOf = ([reply]: Iterable<Buffer>) => (reply ? decodeDns(reply).rcode : undefined);
const SOA = (serial: number) =>
  `mwebpages.test 30 6 ns1.mwebpages.test hostmaster.mwebpages.test ${serial} 60 15 604800 30`;

test('AXFR gives every record once between two copies of the SOA', () => {
  const zone = zoneWith({
    alice: ['203.0.113.7', '2001:db8::7'],
    'www.alice': ['203.0.113.7'],
    bob: ['203.0.113.8'],
  });
  zone.swap({ bob: [] });
  expect(recordsIn(transfersOf(zone).ask(AXFR))).toEqual([
    SOA(3),
    'mwebpages.test 3600 2 ns1.mwebpages.test',
    'ns1.mwebpages.test 3600 28 2001:db8:0:0:0:0:0:53',
    'alice.mwebpages.test 30 1 203.0.113.7',
    'alice.mwebpages.test 30 28 2001:db8:0:0:0:0:0:7',
    'www.alice.mwebpages.test 30 1 203.0.113.7',
    SOA(3),
  ]);
});

test('IXFR gives the present SOA, what went behind the old SOA, what came behind the new one, the present SOA', () => {
  const zone = zoneWith(manyLines(50), { alice: ['203.0.113.7'], bob: ['203.0.113.8'] });
  zone.swap({ alice: ['203.0.113.9'] });
  zone.swap({ bob: [], 'www.alice': ['203.0.113.9'] });
  expect(recordsIn(transfersOf(zone).ask(ixfrQuestion(3)))).toEqual([
    SOA(5),
    SOA(3),
    'alice.mwebpages.test 30 1 203.0.113.7',
    'bob.mwebpages.test 30 1 203.0.113.8',
    SOA(5),
    'alice.mwebpages.test 30 1 203.0.113.9',
    'www.alice.mwebpages.test 30 1 203.0.113.9',
    SOA(5),
  ]);
});

test('IXFR of changes that cancel each other out is four SOAs', () => {
  const zone = zoneWith({ alice: ['203.0.113.7'] }, { alice: ['203.0.113.9'] }, { alice: ['203.0.113.7'] });
  expect(recordsIn(transfersOf(zone).ask(ixfrQuestion(2)))).toEqual([SOA(4), SOA(2), SOA(4), SOA(4)]);
});

test.each([
  ['the present serial', 3, 3],
  ['a later one', 4, 3],
  ['a later one over the wrap', 0, 0xffff_ffff],
])('IXFR from %s gets the present SOA alone', (_case, from, serial) => {
  const zone = new TransferZone({ serial });
  for (const transport of ['tcp', 'udp'] as const) {
    const { ask, transfers } = transfersOf(zone);
    expect(recordsIn(ask(ixfrQuestion(from), BACKUP, transport))).toEqual([SOA(serial)]);
    expect(transfers.counters()).toMatchObject({ upToDate: 1, ixfr: 0, axfr: 0 });
  }
});

test('IXFR over UDP from an older serial gets the present SOA alone, so that the client comes over TCP', () => {
  const { ask, served, transfers } = transfersOf(
    zoneWith({ alice: ['203.0.113.7'] }, { bob: ['203.0.113.8'] }),
  );
  expect(recordsIn(ask(ixfrQuestion(2), BACKUP, 'udp'))).toEqual([SOA(3)]);
  expect(served).toEqual([]);
  expect(transfers.counters()).toMatchObject({ upToDate: 0, ixfr: 0, axfr: 0 });
});

test('IXFR from a serial that is not in the history gets the whole zone', () => {
  const zone = zoneWith(manyLines(3), manyLines(3, '203.0.113.2'));
  zone.history.append({ from: 3, to: 4, diff: null });
  zone.serial = 4;
  const { ask, log, transfers } = transfersOf(zone);
  expect(recordsIn(ask(ixfrQuestion(2)))).toEqual(recordsIn(ask(AXFR)));
  expect(log.events[0]).toMatch(/^info zone transferred 192\.0\.2\.1 ixfr-as-axfr 2 4 /);
  expect(transfers.counters()).toMatchObject({ axfr: 2, ixfr: 0 });
});

test('IXFR gets the whole zone when the history does not lead to what is served', () => {
  const zone = zoneWith({ alice: ['203.0.113.7'] }, { bob: ['203.0.113.8'] });
  zone.serial = 9;
  expect(recordsIn(transfersOf(zone).ask(ixfrQuestion(2)))[1]).toMatch(/ 2 ns1/);
});

test('IXFR gets the whole zone when the differences are larger', () => {
  const zone = zoneWith(manyLines(1000), manyLines(1000, '203.0.113.2'), manyLines(100, '203.0.113.3'));
  const { ask } = transfersOf(zone);
  expect(recordsIn(ask(ixfrQuestion(2)))).toHaveLength(1000 + 4);
  expect(recordsIn(ask(ixfrQuestion(3)))).toHaveLength(4 + 2 * 100);
});

test('IXFR over steps that are too large to be made into one gives them one after the other', () => {
  const longNames = (address: string) =>
    Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`${'x'.repeat(50)}${n}`, [address]]));
  const zone = zoneWith(longNames('203.0.113.1'));
  for (let n = 0; n < 4; n++) zone.swap(longNames(`203.0.113.${n + 2}`));
  const head = () => ({ ...zone.head(), size: 1_000_000 });
  const { ask } = transfersOf({ head, snapshot: zone.snapshot, history: zone.history });
  const records = recordsIn(ask(ixfrQuestion(2)));
  const soas = records.filter((record) => record.split(' ')[2] === '6');
  expect(soas).toEqual([6, 2, 3, 3, 4, 4, 5, 5, 6, 6].map(SOA));
  expect(records).toHaveLength(soas.length + 4 * 2 * 1_000);
});

test('a backup that follows by IXFR from whatever serial has what AXFR would give it', async () => {
  const names = constantFrom('a', 'b', 'c', 'www.a');
  const addresses = constantFrom([], ['192.0.2.1'], ['192.0.2.2', '192.0.2.1'], ['192.0.2.2', '2001:db8::1']);
  const batches = array(dictionary(names, addresses, { noNullPrototype: true }), {
    minLength: 1,
    maxLength: 8,
  });
  await assert(
    property(tuple(batches, integer({ min: 0, max: 8 })), ([all, lag]) => {
      const zone = new TransferZone({ serial: 0xffff_fffc });
      const { ask } = transfersOf(zone);
      const held = all.map((changes) => {
        zone.swap(changes);
        return { serial: zone.serial, records: new Set(recordsIn(ask(AXFR))) };
      });
      const now = held.at(-1);
      const then = held[Math.max(0, held.length - 1 - lag)];
      if (!now || !then) return;
      expect(replicaAfter(then.records, recordsIn(ask(ixfrQuestion(then.serial))))).toEqual(now.records);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['AXFR', AXFR],
  ['IXFR', ixfrQuestion(2)],
])('%s shows nothing of the batches that come while it is read', (_case, question) => {
  const zone = zoneWith(manyLines(3_000), manyLines(1_000, '203.0.113.2'));
  const { ask } = transfersOf(zone);
  const undisturbed = recordsIn(ask(question));
  const messages = ask(question)[Symbol.iterator]();
  const read = [messages.next().value].filter((message) => message !== undefined);
  for (let n = 3; n < 8; n++)
    zone.swap({ ...manyLines(2_000, `203.0.113.${n}`), [`new${n}`]: ['192.0.2.1'], line2999: [] });
  read.push(...{ [Symbol.iterator]: () => messages });
  expect(read.length).toBeGreaterThan(2);
  expect(recordsIn(read)).toEqual(undisturbed);
});

test('the zone is taken as of when the first message is asked for', () => {
  const zone = zoneWith({ alice: ['203.0.113.7'] });
  const messages = transfersOf(zone).ask(AXFR);
  zone.swap({ bob: ['203.0.113.8'] });
  expect(recordsIn(messages)[0]).toBe(SOA(3));
});

test('AXFR over UDP is not implemented', () => {
  expect(rcodeOf(transfersOf(zoneWith()).ask(AXFR, BACKUP, 'udp'))).toBe(4);
});

test.each([
  ['another address', STRANGER, null, null],
  ['the right address without a signature', BACKUP, KEY, null],
  ['the right address with another key', BACKUP, KEY, { ...KEY, name: 'other' }],
])('whoever asks from %s is refused', (_case, client, key, signedBy) => {
  const { ask, transfers, served } = transfersOf(zoneWith(), key);
  expect([AXFR, ixfrQuestion(1)].map((question) => rcodeOf(ask(question, client, 'tcp', signedBy)))).toEqual([
    5, 5,
  ]);
  expect(transfers.counters()).toEqual({ axfr: 0, ixfr: 0, upToDate: 0, refused: 2, bytes: 0 });
  expect(served).toEqual([]);
});

test('whoever signs with the key of the secondary gets the zone', () => {
  const { ask } = transfersOf(zoneWith(), KEY);
  expect(recordsIn(ask(AXFR, BACKUP, 'tcp', { ...KEY }))).toHaveLength(4);
});

test.each(['alice.mwebpages.test', 'test', 'other.example'])(
  'of %s it has no authority to give the zone',
  (name) => {
    const { ask } = transfersOf(zoneWith());
    expect(rcodeOf(ask(dnsQuery({ name, type: 252 })))).toBe(9);
    expect(rcodeOf(ask(ixfrQuestion(1, name)))).toBe(9);
  },
);

test('IXFR without the SOA of the client is malformed', () => {
  expect(rcodeOf(transfersOf(zoneWith()).ask(dnsQuery({ name: 'mwebpages.test', type: 251 })))).toBe(1);
});

test('logs, counts and tells of a transfer once its last message was taken', () => {
  const zone = zoneWith(manyLines(2_000));
  const { ask, log, served, transfers } = transfersOf(zone);
  let bytes = 0;
  for (const message of ask(AXFR)) {
    expect(served).toEqual([]);
    bytes += message.length;
  }
  expect(served).toEqual([{ client: BACKUP, serial: 2 }]);
  expect(log.events).toEqual(['info zone transferred 192.0.2.1 axfr  2 2004 4 0']);
  expect(transfers.counters()).toEqual({ axfr: 1, ixfr: 0, upToDate: 0, refused: 0, bytes });
});

test('says so when a transfer was not read to its end, and takes it for none', () => {
  const { ask, log, served, transfers } = transfersOf(zoneWith(manyLines(2_000)));
  for (const _first of ask(AXFR)) break;
  expect(served).toEqual([]);
  expect(log.events).toEqual([
    expect.stringMatching(/^warn zone transfer broke off 192\.0\.2\.1 axfr {2}2 /),
  ]);
  expect(transfers.counters()).toMatchObject({ axfr: 0 });
});

test('a mistake of ours ends the transfer without throwing', () => {
  const zone = zoneWith(manyLines(2_000));
  const name = TRANSFER_ZONE;
  zone.extra = [{ name, ttlSeconds: 1, type: 'TYPE65280', number: 65_280, rdata: new Uint8Array(65_500) }];
  const { ask, log, served } = transfersOf(zone);
  const codes = [...ask(AXFR)].map((message) => decodeDns(message).rcode);
  expect(codes.at(-1)).toBe(2);
  expect(log.events.at(-1)).toMatch(/^error zone transfer failed 192\.0\.2\.1 OversizedRecord/);
  expect(served).toEqual([]);
});

test('knows the questions of a backup that must be answered while resolvers are not', () => {
  const { transfers } = transfersOf(zoneWith(), KEY);
  const isForBackup = (type: number, client = BACKUP, signedBy: TsigKey | null = KEY) =>
    transfers.isForBackup({ ...queryOf(dnsQuery({ name: 'mwebpages.test', type })), signedBy }, client);
  expect([6, 251, 252].map((type) => isForBackup(type))).toEqual([true, true, true]);
  expect([isForBackup(1), isForBackup(6, STRANGER), isForBackup(6, BACKUP, null)]).toEqual([
    false,
    false,
    false,
  ]);
});
