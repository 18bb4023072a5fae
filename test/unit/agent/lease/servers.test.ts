import { expect, test } from 'vitest';
import { readLeases } from '../../../../agent/lease/formats.ts';
import { leaseFile } from '../../../support/agent-lease-file.ts';

const AT = 1_795_380_800;
const read = (text: string, at = AT) => readLeases(leaseFile(text), at);

test('reads infinite, temporary and far older entries of dnsmasq', () => {
  const text = [
    '0 02:00:00:00:00:11 198.51.100.79 * *',
    '1795380799 06-02:00:00:00:00:12 198.51.100.80 home 01:02',
    'duid 00:01',
    '1795381017 T17 2001:db8::17 * 00:01',
    '43200 02:00:00:00:00:13 198.51.100.81 * *',
    'half a line',
    '',
  ].join('\n');
  expect(read(text)).toMatchObject({
    format: 'dnsmasq',
    leases: [
      { address: '198.51.100.79', expiry: 'never', state: 'active' },
      { address: '198.51.100.80', expiry: 1_795_380_799, state: 'expired', mac: '02:00:00:00:00:12' },
      { address: '2001:db8::17', iaid: 17 },
      { address: '198.51.100.81', expiry: null, state: 'active' },
    ],
    problems: ['line 6: "half a line" is no lease'],
  });
});

test('leaves out the last line of dnsmasq while it is being written', () => {
  const whole = '1795381016 02:00:00:00:00:11 198.51.100.79 * 01\n';
  const next = '1795381016 02:00:00:00:00:12 198.51.100.80 * 01';
  for (let cut = 1; cut < next.length - 2; cut++) {
    const { leases, isUnfinished, problems } = read(whole + next.slice(0, cut));
    expect(leases.map(({ address }) => address)).toEqual(['198.51.100.79']);
    expect(isUnfinished).toBe(true);
    expect(problems).toEqual([]);
  }
});

const dhcpd = (ends: string, more: string) =>
  `lease 198.51.100.150 {\n  starts epoch 1795380700; # Sun Nov 22\n  ends ${ends};\n  ${more}\n}\n`;

test.each([
  ['held', dhcpd('epoch 1795380900', 'binding state active;'), 'active', 1_795_380_900],
  ['held for ever', dhcpd('never', 'binding state active;'), 'active', 'never'],
  ['past its end', dhcpd('epoch 1795380750', 'binding state active;'), 'expired', 1_795_380_750],
  ['free', dhcpd('epoch 1795380750', 'binding state free;'), 'expired', 1_795_380_750],
  ['released', dhcpd('epoch 1795380750', 'binding state released;'), 'released', 1_795_380_750],
  ['abandoned', dhcpd('epoch 1795380900', 'binding state abandoned;'), 'none', 1_795_380_900],
])('reads a lease of dhcpd that is %s', (_, text, state, expiry) => {
  expect(read(text).leases).toMatchObject([{ state, expiry, start: 1_795_380_700 }]);
});

test('takes a free address of dhcpd for released where it ended before its time', () => {
  const held = dhcpd('epoch 1795380900', 'binding state active;');
  const free = dhcpd('epoch 1795380750', 'binding state free;');
  expect(read(held + free + free).leases).toMatchObject([{ state: 'released' }]);
  const infinite = dhcpd('never', 'binding state active;');
  expect(read(infinite + free).leases).toMatchObject([{ state: 'released' }]);
  const over = dhcpd('epoch 1795380900', 'binding state free;');
  expect(read(held + over, AT + 200).leases).toMatchObject([{ state: 'expired' }]);
});

test("reads addresses and prefixes of dhcpd's file for IPv6, and goes on after a torn block", () => {
  const life = 'preferred-life 375;\n max-life 600;\n ends 0 2026/11/22 20:53:49;';
  const text = `server-duid "\\000\\001";
ia-na "\\021\\000\\000\\000\\000\\001" {
  cltt 0 2026/11/22 20:43:49;
  iaaddr 2001:db8::17 { binding state active; ${life} }
}
ia-na "torn" {
  iaaddr 2001:db8::18 {
ia-pd "\\022\\000\\000\\000" {
  iaprefix 2001:db8:f000::/56 { binding state active; ${life} }
}
`;
  expect(read(text, 1_795_380_000)).toMatchObject({
    format: 'isc-dhcpd',
    leases: [
      { address: '2001:db8::17', delegated: false, start: 1_795_380_229, expiry: 1_795_380_829 },
      { address: '2001:db8:f000::', prefix: 56, delegated: true },
    ],
    problems: ['line 8: this block was never finished'],
  });
});

const KEA6 =
  'address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source\n';

test('reads addresses and prefixes of Kea for IPv6', () => {
  const row = (address: string, type: number, length: number) =>
    `${address},00:01,30,1795380830,1,20,${type},2,${length},0,0,,02:00:00:00:00:12,0,,1,2\n`;
  const { leases } = read(KEA6 + row('2001:db8::17', 0, 128) + row('2001:db8:f000::', 2, 56));
  expect(leases).toMatchObject([
    {
      address: '2001:db8::17',
      delegated: false,
      start: AT,
      expiry: AT + 30,
      iaid: 2,
      mac: '02:00:00:00:00:12',
    },
    { address: '2001:db8:f000::', prefix: 56, delegated: true },
  ]);
});

test.each([
  ['0', 12, 'active'],
  ['1', 12, 'none'],
  ['2', 12, 'expired'],
  ['3', 12, 'released'],
  ['0', 0, 'released'],
  ['0', 4_294_967_295, 'active'],
])('reads state %s of Kea with a lifetime of %d as %s', (state, lifetime, expected) => {
  const text = `address,valid_lifetime,expire,state\n198.51.100.7,${lifetime},1795380900,${state}\n`;
  expect(read(text).leases).toMatchObject([{ state: expected }]);
});

test('finds the columns of Kea by their names, in any order', () => {
  const text = 'address,state,expire,valid_lifetime,hostname\n198.51.100.7,0,1795380900,100,a&#x2cb\n';
  expect(read(text).leases).toMatchObject([{ start: AT, expiry: 1_795_380_900 }]);
});

test('reads what the clean-up of Kea left, the newest last, and names the file of a problem', () => {
  const head = 'address,valid_lifetime,expire,state\n';
  const older = [
    leaseFile(`${head}198.51.100.7,10,1795380810,0\n198.51.100.8,10,1795380810,0\n`, { name: 'k.2' }),
    leaseFile(`${head}what\n198.51.100.7,10,1795380820,0\n`, { name: 'k.1' }),
  ];
  const newest = leaseFile(`${head}198.51.100.7,0,1795380815,0\n198.51.100.9,1`, { name: 'k' });
  expect(readLeases({ ...newest, older }, AT)).toMatchObject({
    leases: [
      { address: '198.51.100.7', state: 'released' },
      { address: '198.51.100.8', state: 'active' },
    ],
    problems: ['k.1 line 2: "what" is no lease'],
    isUnfinished: true,
  });
});
