import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { readLeases } from '../../../../agent/lease/formats.ts';
import type { LeaseFile } from '../../../../agent/lease/lease.ts';
import { leaseFile } from '../../../support/agent-lease-file.ts';

interface Expected {
  readonly file: string;
  readonly at: number | null;
  readonly mtime?: number;
  readonly leases: readonly Readonly<Record<string, unknown>>[];
}

const LEASES = new URL('../../../fixtures/leases/', import.meta.url);
const NOW = 1_795_400_000;
const UPTIME_SECONDS = 13_327;
const expected: readonly Expected[] = JSON.parse(readFileSync(new URL('expected.json', LEASES), 'utf8'));

function captured(path: string, modifiedAt: number | null): LeaseFile {
  return leaseFile(readFileSync(new URL(path, LEASES)), { name: basename(path), modifiedAt });
}

/** The clean-up of Kea leaves a folder of files that are read as one. */
function found({ file, mtime }: Expected): LeaseFile {
  const modifiedAt = mtime ?? null;
  if (!file.endsWith('/')) return captured(file, modifiedAt);
  const older = ['dhcp4.csv.2', 'dhcp4.csv.1'].filter((name) => existsSync(new URL(file + name, LEASES)));
  return {
    ...captured(`${file}dhcp4.csv`, modifiedAt),
    older: older.map((name) => captured(file + name, modifiedAt)),
  };
}

/** Null is what cannot be known; the kind of an association follows from its other fields. */
function known({ kind, ...lease }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const fields = Object.entries(lease).filter(([key, value]) => value !== null || key === 'address');
  const start = lease['start'] === `now - uptime ${UPTIME_SECONDS}` ? { start: NOW - UPTIME_SECONDS } : {};
  return { ...Object.fromEntries(fields), ...start, delegated: kind === 'IA_PD' };
}

test.each(expected)('reads $file as real DHCP programs meant it', (sample) => {
  const reading = readLeases(found(sample), sample.at ?? NOW);
  expect(reading).toMatchObject({ leases: sample.leases.map(known), problems: [], isUnfinished: false });
  expect(reading.leases).toHaveLength(sample.leases.length);
});

test.each([
  ['udhcpc/kea-01-bound.env', 'udhcpc'],
  ['dhclient/01-bound.leases', 'dhclient'],
  ['dhclient/hook-kea-3-BOUND.env', 'dhclient-hook'],
  ['dhcpcd/01-bound.lease', 'dhcpcd'],
  ['dhcpcd/hook-02-BOUND.env', 'dhcpcd-hook'],
  ['v6/dhcpcd-04-BOUND6.env', 'dhcpcd-hook'],
  ['v6/dhclient6-BOUND6.env', 'dhclient-hook'],
  ['networkd/2', 'networkd'],
  ['networkmanager/internal-UUID-wan.lease', 'networkmanager'],
  ['openwrt/ubus-wan-pppoe.json', 'netifd'],
  ['dnsmasq/10-v4-and-v6-duid.leases', 'dnsmasq'],
  ['isc-dhcpd/02-one-released.leases', 'isc-dhcpd'],
  ['kea/02-renewed/dhcp4.csv', 'kea'],
])('knows %s for a file of %s', (file, format) => {
  expect(readLeases(captured(file, null), NOW).format).toBe(format);
});

test('reads the file of the hook where a dhclient line names that one', () => {
  const reading = readLeases(captured('dhclient/hook-kea-3-BOUND.env', null), 1795380735, 'dhclient');
  expect(reading.leases[0]?.address).toBe('198.51.100.100');
});
