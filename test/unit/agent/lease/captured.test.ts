import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readLeases } from '../../../../agent/lease/formats.ts';

interface Expected {
  readonly file: string;
  readonly at: number;
  readonly leases: readonly unknown[];
}

const LEASES = new URL('../../../leases/', import.meta.url);
const text = (file: string) => readFileSync(new URL(file, LEASES), 'utf8');
const expected: readonly Expected[] = JSON.parse(text('expected.json'));

test.each(expected)('reads $file as real DHCP clients meant it', ({ file, at, leases }) => {
  const reading = readLeases(text(file), at);
  expect(reading).toMatchObject({ leases, problems: [], isUnfinished: false });
  expect(reading.format).toBe(file.startsWith('udhcpc') ? 'udhcpc' : formatOf(file));
});

test('reads the file of the hook where a dhclient line names that one', () => {
  const reading = readLeases(text('dhclient/hook-kea-3-BOUND.env'), 1795380735, 'dhclient');
  expect(reading.leases[0]?.address).toBe('198.51.100.100');
});

function formatOf(file: string): string {
  return file.endsWith('.env') ? 'dhclient-hook' : 'dhclient';
}
