import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readLeases } from '../../../../agent/lease/formats.ts';
import type { LeaseFile } from '../../../../agent/lease/lease.ts';
import { leaseFile } from '../../../support/agent-lease-file.ts';

const AT = 1_795_381_000;
const read = (content: string | Uint8Array, facts: Partial<LeaseFile> = {}) =>
  readLeases(leaseFile(content, facts), AT);

test("reads DHCPv6 leases of dhclient, the interface's last block alone, and no temporary address", () => {
  const block = (last: number, more = '') => `lease6 {
  interface "wan";
  ia-na 00:00:00:11 {
    starts 1795380900;
    renew 60;
    iaaddr 2001:db8::${last} { starts 1795380900; preferred-life 100; max-life 200; }
  }
  ia-ta 00:00:00:12 { iaaddr 2001:db8::99 { starts 1795380900; max-life 200; } }
  ia-pd 00:00:00:13 { iaprefix 2001:db8:f000::/56 { starts 1795380900; max-life 4294967295; } }
  option dhcp6.server-id 0:1:0:1;
  ${more}
}
`;
  expect(read(`default-duid "\\000\\001";\n${block(1)}${block(2)}`)).toMatchObject({
    format: 'dhclient',
    leases: [
      { address: '2001:db8::2', expiry: 1_795_381_100, iaid: 17, interface: 'wan', delegated: false },
      { address: '2001:db8:f000::', prefix: 56, expiry: 'never', iaid: 19, delegated: true },
    ],
    problems: [],
  });
  expect(read(block(1, 'released;')).leases).toMatchObject([{ state: 'released' }, { state: 'released' }]);
});

const packet = new Uint8Array(
  readFileSync(new URL('../../../fixtures/leases/dhcpcd/01-bound.lease', import.meta.url)),
);
const withBytes = (...changes: readonly (readonly [number, number])[]) => {
  const bytes = packet.slice();
  for (const [at, byte] of changes) bytes[at] = byte;
  return bytes;
};

test('knows no times of a packet whose file has none, or one of the future', () => {
  for (const modifiedAt of [null, AT + 1_000]) {
    expect(read(packet, { modifiedAt }).leases).toMatchObject([
      { start: null, expiry: null, state: 'active' },
    ]);
  }
});

test('tells by its byte what is wrong with a packet', () => {
  const [nak, offer, cut] = [withBytes([242, 6]), withBytes([242, 2]), packet.slice(0, 250)];
  expect(read(nak)).toMatchObject({ leases: [], problems: ['byte 240: a packet of type 6 leases nothing'] });
  expect(read(offer)).toMatchObject({
    leases: [],
    problems: ['byte 240: a packet of type 2 leases nothing'],
  });
  expect(read(cut).problems).toEqual(['byte 249: option 3 reaches over the end of the packet']);
  expect(read(withBytes([16, 0], [17, 0], [18, 0], [19, 0]))).toMatchObject({
    leases: [],
    problems: ['byte 16: no address in the packet'],
  });
});

function option(code: number, ...value: readonly number[]): number[] {
  return [code >> 8, code & 255, value.length >> 8, value.length & 255, ...value];
}

test('reads the packet of DHCPv6: address and delegated prefix, and nothing that is over', () => {
  const bytes16 = (first: number, last: number) => [0x20, 1, 0xd, 0xb8, first, ...Array(10).fill(0), last];
  const head = [0, 0, 0, 17, 0, 0, 0, 6, 0, 0, 0, 12];
  const life = (seconds: number) => [0, 0, 0, 20, 0, 0, 0, seconds];
  const reply = new Uint8Array([
    ...[7, 1, 2, 3],
    ...option(1, 0, 1),
    ...option(3, ...head, ...option(5, ...bytes16(0, 7), ...life(30))),
    ...option(3, ...head, ...option(5, ...bytes16(0, 8), ...life(0))),
    ...option(25, ...head, ...option(26, ...life(40), 56, ...bytes16(0xf0, 0))),
  ]);
  expect(read(reply, { name: 'wan.lease6', modifiedAt: AT - 10 })).toMatchObject({
    format: 'dhcpcd',
    leases: [
      { address: '2001:db8::7', start: AT - 10, expiry: AT + 20, iaid: 17, delegated: false },
      { address: '2001:db8:f000::', prefix: 56, expiry: AT + 30, delegated: true },
    ],
    problems: [],
  });
  const { problems, leases } = read(reply.slice(0, -3));
  expect(leases).toHaveLength(1);
  expect(problems[0]).toMatch(/^byte \d+: option 25 reaches over the end of the packet$/);
});

test('reads what dhcpcd prints of its lease', () => {
  const text = "ip_address='198.51.100.7'\nsubnet_cidr='24'\ndhcp_lease_time='600'\n";
  expect(read(text, { modifiedAt: AT })).toMatchObject({
    format: 'dhcpcd-hook',
    leases: [{ address: '198.51.100.7', prefix: 24, expiry: AT + 600 }],
  });
});

test.each(['STOP', 'EXPIRE6', 'NOCARRIER', 'DEPARTED'])('takes %s of dhcpcd for an end', (reason) => {
  expect(read(`reason=${reason}\ninterface=wan\nprotocol=x\n`)).toMatchObject({
    format: 'dhcpcd-hook',
    leases: [{ address: null, interface: 'wan' }],
    problems: [],
  });
});

test('reads a lifetime of networkd in words, and the interface in the name of its file', () => {
  const state = (lifetime: string) =>
    read(`ADDRESS=198.51.100.7\nNETMASK=255.255.255.0\nLIFETIME=${lifetime}\n`, { name: '3', modifiedAt: AT })
      .leases[0];
  expect(state('1h 30min')).toMatchObject({ expiry: AT + 5_400, ifindex: 3, prefix: 24 });
  expect(state('infinity')).toMatchObject({ expiry: 'never' });
  expect(state('soon')).toMatchObject({ expiry: null });
});

test('finds the interface in names that NetworkManager gives its files', () => {
  const uuid = '01234567-89ab-cdef-0123-456789abcdef';
  const { format, leases } = read('ADDRESS=192.0.2.7\n', { name: `internal-${uuid}-br-lan.lease` });
  expect(format).toBe('networkmanager');
  expect(leases).toMatchObject([{ address: '192.0.2.7', interface: 'br-lan', start: null }]);
  expect(read('ADDRESS=nothing\n', { name: 'internal-x-wan.lease' })).toMatchObject({
    leases: [],
    problems: ['line 1: "nothing" is no address'],
  });
});

test('reads all interfaces of an OpenWrt router at once, their prefixes, and those that are down', () => {
  const up = {
    interface: 'wan6',
    up: true,
    uptime: 100,
    l3_device: 'eth1',
    'ipv6-address': [{ address: '2001:db8::7', mask: 64, preferred: 10, valid: 20 }],
    'ipv6-prefix': [{ address: '2001:db8:f000::', mask: 56, valid: 30, assigned: {} }],
  };
  const down = { interface: 'wan', up: false, device: 'eth0' };
  expect(read(JSON.stringify({ interface: [up, down] }, null, 2))).toMatchObject({
    format: 'netifd',
    leases: [
      { address: '2001:db8::7', prefix: 64, start: AT - 100, expiry: AT + 20, interface: 'eth1' },
      { address: '2001:db8:f000::', prefix: 56, delegated: true },
      { address: null, state: 'none', interface: 'eth0' },
    ],
    problems: [],
  });
});

test('tells of JSON that is not finished, and of JSON that is something else', () => {
  expect(read('{"up": true,\n "ipv4-addr')).toMatchObject({
    leases: [],
    isUnfinished: true,
    problems: ['line 2: the JSON is not finished, or wrong before this line'],
  });
  expect(read('{"a": 1}').problems).toEqual([
    'line 1: not the status of an interface: up should be true or false',
  ]);
});

test('reads events of ubus line by line', () => {
  const line = (action: string) => `{ "network.interface": {"action":"${action}","interface":"wan"} }\n`;
  expect(read(line('ifup') + line('ifdown'))).toMatchObject({
    event: 'ifdown',
    leases: [{ address: null, interface: 'wan' }],
    problems: [],
  });
});

test.each([
  ['ifup', 0],
  ['ifupdate', 0],
  ['ifdown', 1],
])("takes %s of OpenWrt's hotplug for what it says", (action, ends) => {
  const { format, event, leases, problems } = read(`ACTION=${action}\nINTERFACE=wan\n`);
  expect({ format, event, problems }).toEqual({ format: 'hotplug', event: action, problems: [] });
  expect(leases.filter(({ address }) => address === null)).toHaveLength(ends);
});

test('reads addresses and prefixes of odhcp6c, and tells which entry is wrong', () => {
  const text = [
    '# odhcp6c argv[1]=eth1 argv[2]=bound epoch=1795380990',
    'ADDRESSES=2001:db8::7/128,60,120',
    "RA_ADDRESSES='2001:db8:1::7/64,60,4294967295'",
    'PREFIXES=2001:db8:f000::/56,60,120,class=wan6 nonsense',
    '',
  ].join('\n');
  expect(read(text)).toMatchObject({
    format: 'odhcp6c',
    event: 'bound',
    leases: [
      { address: '2001:db8::7', prefix: 128, expiry: AT + 110, interface: 'eth1' },
      { address: '2001:db8:1::7', expiry: 'never' },
      { address: '2001:db8:f000::', prefix: 56, delegated: true },
    ],
    problems: ['line 4: "nonsense" is no address with its length'],
  });
  expect(read('event=unbound\ninterface=eth1\nADDRESSES=2001:db8::7/128,1,2\n').leases).toMatchObject([
    { address: null, state: 'none', interface: 'eth1' },
  ]);
});

test('reads ip-up and ip-down of pppd', () => {
  const up = 'IFNAME=pppoe-wan\nIPLOCAL=198.51.100.7\nIPREMOTE=198.51.100.1\nDEVICE=eth0\n';
  expect(read(up)).toMatchObject({
    format: 'pppd',
    event: 'ip-up',
    leases: [{ address: '198.51.100.7', prefix: 32, state: 'active', expiry: null, interface: 'pppoe-wan' }],
  });
  const down = [`event=ip-down\n${up}`, `${up}CONNECT_TIME=60\n`, `# pppd ip-down\n${up}`];
  for (const text of down) {
    expect(read(text).leases).toMatchObject([
      { address: null, state: 'none', interface: 'pppoe-wan', old: '198.51.100.7' },
    ]);
  }
});

test('reads the environment as a shell exports it', () => {
  const text = "export reason='BOUND'\ndeclare -x interface=\"wan\"\nexport new_ip_address='198.51.100.7'\n";
  expect(read(text).leases).toMatchObject([{ address: '198.51.100.7', interface: 'wan' }]);
});

test('reads udhcpc6', () => {
  const text = 'event=bound\ninterface=wan\nipv6=2001:db8::7\nipv6prefix=2001:db8:f000::/56\nlease=60\n';
  expect(read(text).leases).toMatchObject([
    { address: '2001:db8::7', delegated: false },
    { address: '2001:db8:f000::', prefix: 56, delegated: true },
  ]);
});
