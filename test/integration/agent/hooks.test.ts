import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLeases } from '../../../agent/lease/formats.ts';
import { leaseFile } from '../../support/agent-lease-file.ts';
import { temporaryFolder } from '../../support/agent-temporary-folder.ts';

const UDHCPC = new URL('../../../packaging/hooks/udhcpc', import.meta.url).pathname;
const DHCLIENT = new URL('../../../packaging/hooks/dhclient', import.meta.url).pathname;
const DHCPCD = new URL('../../../packaging/hooks/dhcpcd', import.meta.url).pathname;
const ODHCP6C = new URL('../../../packaging/hooks/odhcp6c', import.meta.url).pathname;
const PPPD = new URL('../../../packaging/hooks/pppd', import.meta.url).pathname;
const AT = 1_795_380_000;

function after(words: readonly string[], environment: Readonly<Record<string, string>>, file = 'run/lease') {
  const folder = temporaryFolder();
  const path = join(folder, file);
  const env = {
    PATH: process.env['PATH'] ?? '',
    PORCHLIGHT_LEASE_FILE: path,
    interface: 'wan',
    ...environment,
  };
  execFileSync('sh', words, { env });
  const reading = existsSync(path) ? readLeases(leaseFile(readFileSync(path)), AT) : undefined;
  return { folder, reading };
}

test('what the udhcpc hook writes is what the agent reads', () => {
  const { reading, folder } = after([UDHCPC, 'bound'], {
    ip: '198.51.100.7',
    mask: '24',
    lease: '4294967295',
  });
  expect(reading).toMatchObject({
    format: 'udhcpc',
    problems: [],
    leases: [{ address: '198.51.100.7', prefix: 24, expiry: 'never', state: 'active', interface: 'wan' }],
  });
  expect(readdirSync(join(folder, 'run'))).toEqual(['lease']);
});

test.each(['deconfig', 'nak', 'leasefail'])('the udhcpc hook tells of %s', (event) => {
  const { reading } = after([UDHCPC, event], { ip: '0.0.0.0' });
  expect(reading).toMatchObject({ event, problems: [], leases: [{ address: null, state: 'none' }] });
});

test("the udhcpc hook runs the system's own script first, and ends well although its file cannot be written", () => {
  const folder = temporaryFolder();
  const script = join(folder, 'default.script');
  writeFileSync(script, `#!/bin/sh\necho "$1 $ip" > ${folder}/ran\nexit 3\n`);
  chmodSync(script, 0o755);
  after([UDHCPC, 'bound'], {
    ip: '198.51.100.7',
    PORCHLIGHT_SCRIPT: script,
    PORCHLIGHT_LEASE_FILE: '/dev/null/lease',
  });
  expect(readFileSync(join(folder, 'ran'), 'utf8')).toBe('bound 198.51.100.7\n');
});

test('what the dhclient hook writes is what the agent reads', () => {
  const { reading } = after(['-c', `set -e; . ${DHCLIENT}; test "$reason" = BOUND`], {
    reason: 'BOUND',
    new_ip_address: '198.51.100.7',
    new_subnet_mask: '255.255.255.0',
    new_dhcp_lease_time: '60',
    new_expiry: String(AT + 60),
  });
  expect(reading).toMatchObject({
    format: 'dhclient-hook',
    problems: [],
    leases: [
      { address: '198.51.100.7', prefix: 24, start: AT, expiry: AT + 60, state: 'active', interface: 'wan' },
    ],
  });
});

test('the dhclient hook tells of an end, and never disturbs the script that sources it', () => {
  const { reading } = after(['-c', `set -eu; . ${DHCLIENT}`], { reason: 'EXPIRE' });
  expect(reading).toMatchObject({ event: 'EXPIRE', leases: [{ address: null, state: 'expired' }] });
  after(['-c', `set -e; . ${DHCLIENT}`], { reason: 'BOUND', PORCHLIGHT_LEASE_FILE: '/dev/null/lease' });
});

const CAPTURED = new URL('../../fixtures/leases/', import.meta.url).pathname;

/** What a client gave its hook script, as it was captured. */
function captured(file: string): Record<string, string> {
  const lines = readFileSync(join(CAPTURED, file), 'utf8').split('\n');
  return Object.fromEntries(
    lines
      .map((line) => /^(\w+)=(.*)$/.exec(line))
      .filter((pair) => pair !== null)
      .map(([, name, value]) => [name, value]),
  );
}

test.each([
  'dhcpcd/hook-00-PREINIT.env',
  'dhcpcd/hook-02-BOUND.env',
  'dhcpcd/hook-03-RENEW.env',
  'dhcpcd/hook-05-NAK.env',
  'v6/dhcpcd-04-BOUND6.env',
  'v6/dhcpcd-08-STOPPED.env',
])('the dhcpcd hook passes on what dhcpcd told in %s', (file) => {
  const { reading } = after(['-c', `set -eu; reason=$reason; . ${DHCPCD}`], captured(file));
  const whole = readLeases(leaseFile(readFileSync(join(CAPTURED, file))), AT);
  const timeless = (lease: object) => ({ ...lease, start: null, expiry: null, state: null });
  expect(reading).toMatchObject({ format: 'dhcpcd-hook', event: whole.event, problems: [] });
  expect(reading?.leases.map(timeless)).toEqual(whole.leases.map(timeless));
});

test('the dhcpcd hook tells for how long, and never disturbs the script that sources it', () => {
  const bound = { reason: 'BOUND', new_ip_address: '198.51.100.7', new_subnet_cidr: '24' };
  const { reading } = after(['-c', `. ${DHCPCD}`], { ...bound, new_dhcp_lease_time: '60' });
  const [lease] = reading?.leases ?? [];
  expect(Number(lease?.expiry) - Number(lease?.start)).toBe(60);
  after(['-c', `set -e; . ${DHCPCD}`], { ...bound, PORCHLIGHT_LEASE_FILE: '/dev/null/lease' });
});

test('the odhcp6c hook passes on addresses and prefixes, called or sourced', () => {
  const told = {
    ADDRESSES: '2001:db8:100::7/128,1800,3600',
    RA_ADDRESSES: '2001:db8:100::a/64,1800,3600',
    PREFIXES: '2001:db8:f000::/56,1800,3600',
  };
  for (const words of [
    [ODHCP6C, 'wan6', 'updated'],
    ['-c', `set -e; . ${ODHCP6C}`, 'sh', 'wan6', 'updated'],
  ]) {
    const { reading } = after(words, told);
    expect(reading).toMatchObject({ format: 'odhcp6c', event: 'updated', problems: [] });
    expect(
      reading?.leases.map(({ address, prefix, delegated, interface: name }) => [
        address,
        prefix,
        delegated,
        name,
      ]),
    ).toEqual([
      ['2001:db8:100::7', 128, false, 'wan6'],
      ['2001:db8:100::a', 64, false, 'wan6'],
      ['2001:db8:f000::', 56, true, 'wan6'],
    ]);
  }
  after([ODHCP6C, 'wan6', 'stopped'], { PORCHLIGHT_LEASE_FILE: '/dev/null/lease' });
});

test.each([
  ['ip-up', 'active', '198.51.100.7'],
  ['ip-down', 'none', null],
])('the pppd hook tells of %s by the folder that it lies in', (event, state, address) => {
  const folder = join(temporaryFolder(), `${event}.d`);
  mkdirSync(folder);
  const script = join(folder, 'porchlight');
  copyFileSync(PPPD, script);
  const words = [script, 'ppp0', '/dev/tty', '0', '198.51.100.7', '198.51.100.1'];
  const { reading } = after(words, {});
  expect(reading).toMatchObject({
    format: 'pppd',
    event,
    problems: [],
    leases: [{ state, address, interface: 'ppp0' }],
  });
  after(words, { PORCHLIGHT_LEASE_FILE: '/dev/null/lease' });
});
