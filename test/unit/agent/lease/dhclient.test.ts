import { array, assert, constantFrom, integer, property, string, stringMatching } from 'fast-check';
import { expect, test } from 'vitest';
import { parseDhclient } from '../../../../agent/lease/dhclient.ts';
import { tokensOf } from '../../../../agent/lease/isc-tokens.ts';
import { leaseContent } from '../../../support/agent-lease-file.ts';

const AT = Date.UTC(2026, 10, 22, 20, 50) / 1000;

function block(name: string, address: string, more = '', expire = '0 2026/11/22 21:00:00'): string {
  return `lease {
  interface "${name}";
  fixed-address ${address};
  option subnet-mask 255.255.255.0;
  option dhcp-lease-time 1200;
  ${more}
  renew 0 2026/11/22 20:45:00;
  rebind 0 2026/11/22 20:55:00;
  expire ${expire};
}
`;
}

const read = (text: string) => parseDhclient(leaseContent(text, AT));
const addressesIn = (text: string) => read(text).leases.map((lease) => lease.address);

test('takes the last block of each interface', () => {
  const text = block('wan', '198.51.100.1') + block('wan2', '203.0.113.5') + block('wan', '198.51.100.2');
  expect(read(text).leases).toMatchObject([
    { interface: 'wan', address: '198.51.100.2' },
    { interface: 'wan2', address: '203.0.113.5' },
  ]);
});

test('keeps to the block before one that is half written, and says so', () => {
  const whole = block('wan', '198.51.100.1');
  const next = block('wan', '198.51.100.2');
  for (let cut = 1; cut < next.length - 2; cut++) {
    const reading = read(whole + next.slice(0, cut));
    expect(reading.leases.map((lease) => lease.address)).toEqual(['198.51.100.1']);
    expect(reading.isUnfinished).toBe(true);
    expect(reading.problems).toEqual(['line 11: the last block is not finished']);
  }
});

test('goes on after a block that was never finished', () => {
  const torn = block('wan', '198.51.100.1').slice(0, 60);
  const reading = read(`${torn}\n${block('wan', '198.51.100.2')}`);
  expect(reading.leases.map((lease) => lease.address)).toEqual(['198.51.100.2']);
  expect(reading.problems).toEqual(['line 1: this block was never finished']);
});

test('reads lines that end like those of Windows', () => {
  expect(addressesIn(block('wan', '198.51.100.1').replaceAll('\n', '\r\n'))).toEqual(['198.51.100.1']);
});

test('is not misled by signs inside quotes', () => {
  const name = 'option host-name "a \\"b\\" } lease { fixed-address 6.6.6.6; \\175 #";';
  expect(addressesIn(block('wan', '198.51.100.1', name))).toEqual(['198.51.100.1']);
});

test('steps over comments, aliases and nested blocks', () => {
  const others = `default-duid "\\000\\001";
# lease { fixed-address 6.6.6.6; }
alias { interface "wan"; fixed-address 6.6.6.6; }
`;
  expect(addressesIn(others + block('wan', '198.51.100.1', 'vendor { fixed-address 6.6.6.6; }'))).toEqual([
    '198.51.100.1',
  ]);
});

test('knows leases without an end, ends in seconds, and releases', () => {
  const lease = (expire: string) => read(block('wan', '198.51.100.1', '', expire)).leases[0];
  expect(lease('never')).toMatchObject({ expiry: 'never', start: null, state: 'active' });
  expect(lease('epoch 1795381200')).toMatchObject({ expiry: 1795381200, start: 1795380000 });
  expect(lease('soon')).toMatchObject({ expiry: null, state: 'active' });
  const released = block('wan', '198.51.100.1').replace(/0 2026\S+ \S+;/g, '0 2026/11/22 20:49:00;');
  expect(read(released).leases[0]).toMatchObject({ state: 'released' });
});

test('tells of a block without an address', () => {
  expect(read('lease { interface "wan"; }')).toMatchObject({
    leases: [],
    problems: ['line 1: a lease without an address'],
  });
});

test('reads back whatever stands between quotes', async () => {
  await assert(
    property(string(), (value) => {
      const written = `"${value.replace(/["\\]/g, '\\$&')}"`;
      expect([...tokensOf(`a ${written};`)].map(({ kind, text }) => [kind, text])).toEqual([
        ['word', 'a'],
        ['word', value],
        [';', ';'],
      ]);
    }),
  );
});

test('takes any text without complaint, and ends', async () => {
  const piece = constantFrom(
    'lease {',
    '}',
    ';',
    '"',
    '\\',
    'interface "w";',
    'fixed-address 1.2.3.4;',
    '\n',
    '#',
    '\0',
  );
  await assert(
    property(array(piece, { maxLength: 60 }), string(), (pieces, noise) => {
      const { leases } = read(pieces.join(' ') + noise);
      expect(leases.length).toBeLessThanOrEqual(1 + pieces.length);
    }),
  );
});

test('is through with a hostile text', () => {
  read(`lease { a ${'\\"'.repeat(500_000)}`);
  read(`"${'\\"'.repeat(500_000)}`);
  read('lease {'.repeat(100_000));
});

test('keeps the newest of any row of addresses', async () => {
  const last = integer({ min: 1, max: 254 });
  await assert(
    property(array(last, { minLength: 1, maxLength: 8 }), stringMatching(/^[a-z]{1,8}$/), (octets, name) => {
      const text = octets.map((octet) => block(name, `198.51.100.${octet}`)).join('');
      expect(addressesIn(text)).toEqual([`198.51.100.${octets.at(-1)}`]);
    }),
  );
});
