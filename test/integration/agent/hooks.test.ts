import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLeases } from '../../../agent/lease/formats.ts';
import { leaseFile } from '../../support/agent-lease-file.ts';
import { temporaryFolder } from '../../support/agent-temporary-folder.ts';

const UDHCPC = new URL('../../../packaging/hooks/udhcpc', import.meta.url).pathname;
const DHCLIENT = new URL('../../../packaging/hooks/dhclient', import.meta.url).pathname;
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
