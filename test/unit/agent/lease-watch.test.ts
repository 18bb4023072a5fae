import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LeaseNews } from '../../../agent/lease-news.ts';
import { holdsAddress, LeaseWatch, leaseNote, nextChange } from '../../../agent/lease-watch.ts';
import { parseAddress } from '../../../protocol/address.ts';
import { leaseFile } from '../../support/agent-lease-file.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryLog } from '../../support/memory-log.ts';

const NOW_S = 1_795_380_000;

function leaseWatch(interfaceName: string | null) {
  const clock = new ManualClock(NOW_S * 1000);
  const log = new MemoryLog();
  const changes: string[] = [];
  let refreshes = 0;
  const refresh = () => void refreshes++;
  const stop = new AbortController();
  const watch = new LeaseWatch(
    { interface: interfaceName, news: new LeaseNews({ format: undefined, clock, log }), clock, refresh },
    stop.signal,
  );
  watch.subscribe((change) => {
    const { ipv4, ipv6 } = watch.claim.addresses;
    changes.push(change !== 'claim' ? change : [ipv4, ipv6].filter(Boolean).join(' '));
  });
  const held = (...texts: string[]) =>
    watch.interfaceSeen({
      hasCarrier: true,
      addresses: texts.map((text) => {
        const address = parseAddress(text);
        if (!address) throw new Error(text);
        return { address, isGlobal: true, isSecondary: false, isUnfit: false, preferredSeconds: 60 };
      }),
    });
  const file = (text: string) => watch.fileSeen({ kind: 'found', file: leaseFile(text) });
  return { watch, clock, log, changes, held, file, refreshes: () => refreshes };
}

const bound = (ip: string, lease = 120) =>
  `event=bound\ninterface=wan\nip=${ip}\nlease=${lease}\nat=${NOW_S}\n`;
const warnings = ({ events }: MemoryLog) => events.filter((event) => event.startsWith('warn')).length;

test('tells of each new address, and not of a renewal of the same one', () => {
  const { watch, changes, file, clock } = leaseWatch(null);
  file(bound('198.51.100.7'));
  file(bound('198.51.100.7', 600));
  expect(changes).toEqual(['198.51.100.7']);
  expect(leaseNote(watch.claim, clock)).toEqual({ source: 'udhcpc', interface: 'wan', expiresInMs: 600_000 });
  file(bound('198.51.100.8'));
  expect(changes).toEqual(['198.51.100.7', '198.51.100.8']);
});

test('claims a new address at once, and gives one up only after 250 ms without it', async () => {
  const { watch, changes, held, clock } = leaseWatch('wan');
  held('198.51.100.7');
  held();
  await clock.advance(200);
  held('198.51.100.8');
  expect(changes).toEqual(['198.51.100.7', '198.51.100.8']);
  held();
  await clock.advance(249);
  expect(holdsAddress(watch.claim)).toBe(true);
  await clock.advance(1);
  expect(changes).toEqual(['198.51.100.7', '198.51.100.8', '']);
  expect(watch.lossReason).toBe('the interface has no usable address');
});

test('trusts the interface more than the lease file', () => {
  const { changes, held, file } = leaseWatch('wan');
  held('198.51.100.7');
  file(bound('198.51.100.99'));
  expect(changes).toEqual(['198.51.100.7']);
});

test('reads the interface again as soon as the DHCP client has done something', () => {
  const { file, refreshes } = leaseWatch('wan');
  file(bound('198.51.100.7'));
  expect(refreshes()).toBe(1);
});

test('prefers the leased address where the interface holds several', () => {
  const { watch, held, file } = leaseWatch('wan');
  file(bound('198.51.100.9'));
  held('192.0.2.1', '198.51.100.9');
  expect(watch.claim).toMatchObject({ addresses: { ipv4: '198.51.100.9' }, source: 'udhcpc' });
});

test('keeps both families together, each without the other', () => {
  const { changes, held } = leaseWatch('wan');
  held('198.51.100.7');
  held('198.51.100.7', '2001:db8::7');
  held('198.51.100.8', '2001:db8::7');
  expect(changes).toEqual(['198.51.100.7', '198.51.100.7 2001:db8::7', '198.51.100.8 2001:db8::7']);
});

test('notes why a lease is lost, in the word of the DHCP client', async () => {
  const { watch, file, clock } = leaseWatch(null);
  file(bound('198.51.100.7'));
  file('event=nak\ninterface=wan\nip=0.0.0.0\n');
  await clock.advance(250);
  expect(holdsAddress(watch.claim)).toBe(false);
  expect(watch.lossReason).toBe('nak by the DHCP client');
});

test('does not declare an address lost because the file says that it has expired', async () => {
  const { watch, file, clock } = leaseWatch(null);
  file(bound('198.51.100.7', 10));
  await clock.advance(60_000);
  file(`${bound('198.51.100.7', 10)}\n`);
  expect(watch.claim.addresses.ipv4).toBe('198.51.100.7');
  expect(leaseNote(watch.claim, clock).expiresInMs).toBeNull();
});

test.each([
  ['a missing file', { kind: 'missing', why: 'ENOENT' }],
  ['a binary file', { kind: 'found', file: leaseFile('event=bound\0\0') }],
  ['half a file', { kind: 'found', file: leaseFile('lease {\n interface "wan";\n fixed-address 198.51') }],
] as const)('warns once of %s, lets the last good state stand, and recovers', async (_, broken) => {
  const { watch, log, file, clock, changes } = leaseWatch(null);
  file(bound('198.51.100.7'));
  for (let i = 0; i < 5; i++) watch.fileSeen(broken);
  await clock.advance(60_000);
  expect(watch.claim.addresses.ipv4).toBe('198.51.100.7');
  expect(warnings(log)).toBe(1);
  file(bound('198.51.100.8'));
  expect(changes).toEqual(['198.51.100.7', '198.51.100.8']);
  expect(log.events.at(-1)).toBe('info lease file understood again');
});

test('learns nothing from a file that is emptied before it is written', async () => {
  const { watch, log, file, clock } = leaseWatch(null);
  file(bound('198.51.100.7'));
  file('');
  await clock.advance(60_000);
  expect(watch.claim.addresses.ipv4).toBe('198.51.100.7');
  expect(warnings(log)).toBe(0);
});

test('does not go back to an older lease while a newer one is being written', async () => {
  const lease = (ip: string) => `lease {\n interface "wan";\n fixed-address ${ip};\n}\n`;
  const { watch, file } = leaseWatch(null);
  const older = lease('198.51.100.7') + lease('198.51.100.8');
  file(older);
  file(lease('198.51.100.7') + lease('198.51.100.8').slice(0, -3));
  expect(watch.claim.addresses.ipv4).toBe('198.51.100.8');
});

test('tells when the cable is back', () => {
  const { watch, changes } = leaseWatch('wan');
  watch.interfaceSeen({ addresses: [], hasCarrier: true });
  watch.interfaceSeen({ addresses: [], hasCarrier: false });
  watch.interfaceSeen({ addresses: [], hasCarrier: true });
  expect(changes).toEqual(['carrier']);
});

test('forgets those who wait no longer', async () => {
  const { watch, held } = leaseWatch('wan');
  const stop = new AbortController();
  const aborted = nextChange(watch, stop.signal);
  stop.abort();
  await aborted;
  const changed = nextChange(watch, new AbortController().signal);
  held('198.51.100.7');
  await changed;
});

test('takes the end of the file of dhcpcd for the end of the lease, and of no other', async () => {
  const packet = readFileSync(new URL('../../fixtures/leases/dhcpcd/01-bound.lease', import.meta.url));
  const { watch, file, clock } = leaseWatch(null);
  watch.fileSeen({ kind: 'found', file: leaseFile(packet) });
  expect(watch.claim.addresses.ipv4).toBe('198.51.100.102');
  watch.fileSeen({ kind: 'missing', why: 'ENOENT' });
  await clock.advance(250);
  expect(holdsAddress(watch.claim)).toBe(false);
  expect(watch.lossReason).toBe('lease file deleted by the DHCP client');
  file(bound('198.51.100.7'));
  watch.fileSeen({ kind: 'missing', why: 'ENOENT' });
  await clock.advance(60_000);
  expect(watch.claim.addresses.ipv4).toBe('198.51.100.7');
});

const bound6 = (words: string) => `reason=BOUND6\ninterface=wan\nnew_max_life=60\n${words}\n`;

test('keeps what an event of the other family does not speak of', async () => {
  const { watch, file, clock } = leaseWatch(null);
  file('reason=BOUND\ninterface=wan\nnew_ip_address=198.51.100.7\n');
  file(bound6('new_ip6_address=2001:db8::7'));
  file(bound6('new_ip6_prefix=2001:db8:f000::/56'));
  expect(watch.claim).toMatchObject({
    addresses: { ipv4: '198.51.100.7', ipv6: '2001:db8::7' },
    delegated: ['2001:db8:f000::/56'],
  });
  file('reason=EXPIRE6\ninterface=wan\n');
  await clock.advance(250);
  expect(watch.claim).toMatchObject({ addresses: { ipv4: '198.51.100.7', ipv6: null }, delegated: [] });
});

test('tells of another delegated prefix, which is no new address', () => {
  const { changes, held, file } = leaseWatch('wan');
  held('2001:db8::7');
  file(bound6('new_ip6_prefix=2001:db8:f000::/56'));
  file(bound6('new_ip6_prefix=2001:db8:f000::/56'));
  expect(changes).toEqual(['2001:db8::7', 'prefix']);
});

test('never claims a delegated prefix, a link-local or a unique local address from a file', () => {
  const { watch, file } = leaseWatch(null);
  file(bound6('new_ip6_prefix=2001:db8:f000::/56'));
  file(bound6('new_ip6_address=fd00::7'));
  file('reason=BOUND\ninterface=wan\nnew_ip_address=169.254.9.9\n');
  expect(holdsAddress(watch.claim)).toBe(false);
});

test('keeps to the loss of its own interface', async () => {
  const { watch, held, file, clock } = leaseWatch('wan');
  file('event=nak\ninterface=wanb\n');
  held('198.51.100.7');
  held();
  await clock.advance(250);
  expect(watch.lossReason).toBe('the interface has no usable address');
});

test('does not take the file of a server for news of the line', () => {
  const { watch, log, file } = leaseWatch(null);
  file('1795381016 02:00:00:00:00:11 198.51.100.79 * 01:02:00:00:00:00:11\n');
  expect(holdsAddress(watch.claim)).toBe(false);
  expect(log.events.at(-1)).toContain('warn lease file not understood');
});

test("reads the interface again at OpenWrt's events, which tell no address", () => {
  const { refreshes, file } = leaseWatch('wan');
  file('ACTION=ifupdate\nINTERFACE=wan\nDEVICE=eth1\nIFUPDATE_ADDRESSES=1\n');
  expect(refreshes()).toBe(1);
});
