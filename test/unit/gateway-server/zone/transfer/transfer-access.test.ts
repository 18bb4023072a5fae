import { expect, test } from 'vitest';
import type { Secondary } from '../../../../../gateway-server/zone/backup/secondary.ts';
import { mayTransfer, TransferAccess } from '../../../../../gateway-server/zone/transfer/transfer-access.ts';
import type { TsigKey } from '../../../../../gateway-server/zone/tsig-key.ts';
import { type Address, parseAddress } from '../../../../../protocol/address.ts';
import { parsePrefix } from '../../../../../protocol/prefix.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { MemoryLog } from '../../../../support/memory-log.ts';

const key = (name: string): TsigKey => ({ name, algorithm: 'hmac-sha256', secret: Buffer.from('secret') });
const address = (text: string): Address => parseAddress(text) ?? address('192.0.2.255');

function secondary(from: string, of: TsigKey | null): Secondary {
  const prefix = parsePrefix(from);
  const endpoint = { address: address('192.0.2.1'), port: 53 };
  return { endpoint, key: of, from: prefix ? [prefix] : [], proof: false };
}

const BACKUPS = [
  secondary('192.0.2.1', key('one')),
  secondary('192.0.2.1', key('two')),
  secondary('198.51.100.0/24', null),
  secondary('2001:db8::/64', key('one')),
];

test.each([
  ['192.0.2.1', key('one'), 'yes'],
  ['192.0.2.1', key('two'), 'yes'],
  ['192.0.2.1', null, 'unsigned'],
  ['192.0.2.1', key('three'), 'wrong-key'],
  ['192.0.2.1', { ...key('one'), algorithm: 'hmac-sha512' }, 'wrong-key'],
  ['192.0.2.2', key('one'), 'wrong-address'],
  ['198.51.100.9', null, 'yes'],
  ['198.51.100.9', key('one'), 'yes'],
  ['2001:db8::7', key('one'), 'yes'],
  ['2001:db8::7', key('two'), 'wrong-key'],
  ['2001:db8:1::7', key('one'), 'wrong-address'],
] as const)('of a request from %s signed with %o the zone says %s', (from, signedBy, access) => {
  expect(mayTransfer(BACKUPS, address(from), signedBy)).toBe(access);
});

test('gives nothing to anybody where there are no secondaries', () => {
  expect(mayTransfer([], address('127.0.0.1'), key('one'))).toBe('wrong-address');
});

function doorkeeper() {
  const clock = new ManualClock();
  const log = new MemoryLog();
  return { clock, log, access: new TransferAccess({ secondaries: () => BACKUPS, clock, log }) };
}

test('tells of a refusal once a minute for each client and reason', async () => {
  const { clock, log, access } = doorkeeper();
  for (const signedBy of [null, null, key('three'), null])
    expect(access.allows({ address: '192.0.2.1', port: 5 }, signedBy)).toBe(false);
  expect(log.events).toEqual([
    'warn transfer refused 192.0.2.1 unsigned ',
    'warn transfer refused 192.0.2.1 wrong-key three',
  ]);
  await clock.advance(59_999);
  access.allows({ address: '192.0.2.1', port: 5 }, null);
  expect(log.events).toHaveLength(2);
  await clock.advance(1);
  access.allows({ address: '192.0.2.1', port: 5 }, null);
  expect(log.events).toHaveLength(3);
});

test('tells of a hundred refusals a minute at most, whatever addresses are pretended', async () => {
  const { clock, log, access } = doorkeeper();
  const refuseMany = () => {
    for (let n = 0; n < 300; n++) access.allows({ address: `10.0.${n >> 8}.${n & 255}`, port: 5 }, null);
  };
  refuseMany();
  expect(log.events).toHaveLength(100);
  await clock.advance(60_000);
  refuseMany();
  expect(log.events).toHaveLength(200);
});

test('knows a link-local client without the interface in its address', () => {
  const log = new MemoryLog();
  const link = [secondary('fe80::1', null)];
  const access = new TransferAccess({ secondaries: () => link, clock: new ManualClock(), log });
  expect(access.allows({ address: 'fe80::1%eth0', port: 5 }, null)).toBe(true);
  expect(log.events).toEqual([]);
});
