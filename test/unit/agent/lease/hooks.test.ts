import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { parseDhclientHook } from '../../../../agent/lease/dhclient-hook.ts';
import { readLeases } from '../../../../agent/lease/formats.ts';
import { parseUdhcpc } from '../../../../agent/lease/udhcpc.ts';
import { leaseContent, leaseFile } from '../../../support/agent-lease-file.ts';

const AT = 1_000;

test('reads what our own udhcpc hook writes, quotes and line ends of any kind included', () => {
  const text = "event=bound\r\ninterface='wan'\r\nip='198.51.100.7'\r\nmask='24'\r\nlease='60'\r\nat=990\r\n";
  expect(parseUdhcpc(leaseContent(text, AT)).leases).toMatchObject([
    { address: '198.51.100.7', prefix: 24, start: 990, expiry: 1_050, state: 'active', interface: 'wan' },
  ]);
});

test('counts from the time of reading where the file does not tell when the hook ran', () => {
  const { leases } = parseUdhcpc(
    leaseContent('event=renew\nip=198.51.100.7\nsubnet=255.255.252.0\nlease=60\n', AT),
  );
  expect(leases).toMatchObject([{ start: AT, expiry: AT + 60, prefix: 22, interface: null }]);
});

test('knows the lease that never ends', () => {
  const { leases } = parseUdhcpc(leaseContent('event=bound\nip=198.51.100.7\nlease=4294967295\n', AT));
  expect(leases).toMatchObject([{ expiry: 'never', state: 'active' }]);
});

test('does not take half an address for a whole one', () => {
  const whole = 'event=bound\ninterface=wan\nip=198.51.100.79\n';
  for (const cut of [1, 2, 3, 5])
    expect(parseUdhcpc(leaseContent(whole.slice(0, -cut), AT)).leases).toEqual([]);
  expect(parseUdhcpc(leaseContent(whole, AT)).leases).toMatchObject([{ address: '198.51.100.79' }]);
});

test.each([
  ['event=bound\nip=0.0.0.0\n', 'line 1: "bound" without an address'],
  ['event=bound\n', 'line 1: "bound" without an address'],
  ['event=dance\n', 'line 1: the event "dance" is not known'],
  ['ip=198.51.100.7\n', 'no event in the file'],
])('says what is wrong with %j', (text, problem) => {
  expect(parseUdhcpc(leaseContent(text, AT))).toMatchObject({ leases: [], problems: [problem] });
});

test('reads an IPv6 address from a dhclient hook', () => {
  const text =
    'reason=BOUND6\ninterface=wan\nnew_ip6_address=2001:db8::7\nnew_ip6_prefixlen=128\nnew_life_starts=900\nnew_max_life=200\n';
  expect(parseDhclientHook(leaseContent(text, AT)).leases).toMatchObject([
    { address: '2001:db8::7', prefix: 128, start: 900, expiry: 1_100, state: 'active', interface: 'wan' },
  ]);
});

test.each(['EXPIRE', 'RELEASE', 'STOP', 'FAIL', 'PREINIT', 'EXPIRE6'])(
  'takes %s for the end of the lease',
  (reason) => {
    const { leases, event } = parseDhclientHook(
      leaseContent(`reason=${reason}\ninterface=wan\nold_ip_address=198.51.100.7\n`, AT),
    );
    expect(leases).toMatchObject([{ address: null, interface: 'wan' }]);
    expect(event).toBe(reason);
  },
);

test('does not guess at a binary file or one of an unknown kind', () => {
  expect(readLeases(leaseFile('\x7fELF\0\0'), AT)).toMatchObject({
    leases: [],
    problems: ['byte 4: the file is binary'],
  });
  expect(readLeases(leaseFile('hello'), AT)).toMatchObject({
    format: 'unknown',
    problems: ['line 1: the format is not known'],
  });
});

test('takes any text without complaint', async () => {
  await assert(
    property(string({ maxLength: 40 }), (text) => {
      for (const format of ['udhcpc', 'dhclient', 'dhclient-hook'] as const)
        readLeases(leaseFile(text), AT, format);
      parseUdhcpc(leaseContent(`event=bound\nip=${text}`, AT));
      parseDhclientHook(leaseContent(`reason=BOUND\nnew_ip_address=${text}`, AT));
    }),
  );
});
