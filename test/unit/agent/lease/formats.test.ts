import { readdirSync, readFileSync } from 'node:fs';
import { array, assert, constantFrom, integer, nat, property, string, tuple, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { LEASE_FORMATS, readLeases } from '../../../../agent/lease/formats.ts';
import { leaseFile } from '../../../support/agent-lease-file.ts';

const AT = 1_795_381_000;
const FOLDER = new URL('../../../fixtures/leases/', import.meta.url);
const samples = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/\.md$|^expected/.test(entry.name))
  .map((entry) => new Uint8Array(readFileSync(`${entry.parentPath}/${entry.name}`)));
const sample = constantFrom(...samples);
const format = constantFrom(undefined, ...LEASE_FORMATS);

const LONG_MS = 30_000;

test('takes any bytes in any format without throwing', async () => {
  await assert(
    property(uint8Array({ maxLength: 400 }), format, (bytes, wanted) => {
      readLeases(leaseFile(bytes), AT, wanted);
    }),
    { numRuns: 500 },
  );
});

test('takes real files that are cut and have wrong bytes in them, and tells only of addresses', async () => {
  const wrong = array(tuple(nat(2_000), integer({ min: 0, max: 255 })), { maxLength: 8 });
  await assert(
    property(sample, nat(2_000), wrong, format, (whole, length, changes, wanted) => {
      const bytes = whole.slice(0, length);
      for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
      for (const lease of readLeases(leaseFile(bytes, { modifiedAt: AT }), AT, wanted).leases) {
        expect(Number.isNaN(lease.prefix)).toBe(false);
        expect(lease.address === null || /^[\da-f.:]+$/.test(lease.address)).toBe(true);
        expect(lease.start === null || Number.isSafeInteger(lease.start)).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('tells the same of a file with the line ends of Windows and blanks at the ends of lines', () => {
  for (const bytes of samples.filter((one) => !one.includes(0))) {
    const text = new TextDecoder().decode(bytes);
    const read = (as: string) => readLeases(leaseFile(as, { modifiedAt: AT }), AT);
    expect(read(text.replaceAll('\n', ' \r\n')).leases).toEqual(read(text).leases);
  }
});

const ISC = 'starts 0 2026/11/22 20:53:29;\n ends 0 2026/11/22 20:53:49;\n binding state active;\n';
const address = (index: number) => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
const LARGE: Readonly<Record<string, (index: number) => string>> = {
  udhcpc: (index) => `event=bound\nip=${address(index)}\n`,
  dhclient: (index) => `lease {\n interface "w${index % 8}";\n fixed-address ${address(index)};\n}\n`,
  'isc-dhcpd': (index) => `lease ${address(index)} {\n ${ISC} uid "id\\001\\"q;}";\n}\n`,
  dnsmasq: (index) => `1795380563 02:00:00:00:00:11 ${address(index)} home 01:02:00:00:00:00:11\n`,
  kea: (index) =>
    `${index === 0 ? 'address,hwaddr,client_id,valid_lifetime,expire,state\n' : ''}${address(index)},02:00:00:00:00:11,,12,1795380509,0\n`,
  netifd: (index) => `{"network.interface":{"action":"ifup","interface":"w${index}"}}\n`,
  odhcp6c: (index) => `ADDRESSES=2001:db8::${(index & 0xffff).toString(16)}/128,60,60\n`,
};

test.each(Object.entries(LARGE))(
  'reads 4 MB of %s whole',
  (wanted, line) => {
    const pieces: string[] = [];
    for (let i = 0, length = 0; length < 4_000_000; i++) {
      pieces.push(line(i));
      length += pieces.at(-1)?.length ?? 0;
    }
    const file = leaseFile(pieces.join(''));
    const reading = readLeases(file, AT);
    expect(reading).toMatchObject({ format: wanted, problems: [] });
  },
  // a reader that goes back for each piece would need minutes
  LONG_MS,
);

test.each([
  ['blank lines', '\n'],
  ['blanks', ' '],
  ['opening braces', '{'],
  ['closing braces', '}'],
  ['quotes', '"'],
  ['backslashes', '"\\'],
  ['leases that never end', 'lease {\n'],
  ['leases in a row', 'lease lease '],
  ['commas', 'address,'],
  ['numbers', '1 '],
  ['names', 'ip='],
  ['brackets', '[{"a":'],
])(
  'is through with half a MB of %s, and tells of no lease',
  (_, piece) => {
    const file = leaseFile(piece.repeat(500_000 / piece.length));
    for (const wanted of [
      undefined,
      'dhclient',
      'isc-dhcpd',
      'kea',
      'dnsmasq',
      'udhcpc',
      'netifd',
    ] as const) {
      expect(readLeases(file, AT, wanted).leases.filter((lease) => lease.address !== null)).toEqual([]);
    }
  },
  // a reader that goes back for each piece would need minutes
  LONG_MS,
);

test('tells of a file that is wrong from end to end in no more than 21 problems', () => {
  const { problems } = readLeases(leaseFile('nonsense\n'.repeat(500)), AT, 'dnsmasq');
  expect(problems).toHaveLength(21);
  expect(problems[0]).toBe('line 1: "nonsense" is no lease');
  expect(problems.at(-1)).toBe('and 480 more');
});

test(
  'quotes what it could not read without its control characters',
  async () => {
    await assert(
      property(string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const problem of readLeases(leaseFile(`x ${text}`), AT, 'dnsmasq').problems)
          expect(problem).toMatch(/^[\x20-\x7e]{1,80}$/);
      }),
    );
  },
  LONG_MS,
);
