import { expect, test } from 'vitest';
import { WanPreference } from '../../../agent/wan-preference.ts';
import { parseAddress } from '../../../protocol/address.ts';
import { leaseFile } from '../../support/agent-lease-file.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryLog } from '../../support/memory-log.ts';

const OWN = '198.51.100.7';
const SPARE = '203.0.113.7';

function twoLines() {
  const clock = new ManualClock(1_795_380_000_000);
  const log = new MemoryLog();
  const changes: string[] = [];
  const refreshed: string[] = [];
  const refresh = (name: string) => void refreshed.push(name);
  const parts = { interfaces: ['wan', 'wanb'], format: undefined, clock, log, refresh } as const;
  const watch = new WanPreference({ ...parts, interfaces: ['wan', 'wanb'] }, new AbortController().signal);
  watch.subscribe((change) => {
    const { interface: name, addresses } = watch.claim;
    changes.push(change === 'claim' ? `${name} ${addresses.ipv4 ?? 'nothing'}` : change);
  });
  const holds = (name: string, text: string | null, hasCarrier = true) => {
    const address = text === null ? undefined : parseAddress(text);
    const facts = { isGlobal: true, isSecondary: false, isUnfit: false, preferredSeconds: 60 };
    watch.interfaceSeen(name, { hasCarrier, addresses: address ? [{ address, ...facts }] : [] });
  };
  return { clock, log, watch, changes, refreshed, holds };
}

test('claims the address of the best interface, and says nothing of the others', () => {
  const { holds, changes } = twoLines();
  holds('wan', OWN);
  holds('wanb', SPARE);
  holds('wanb', '203.0.113.8');
  expect(changes).toEqual([`wan ${OWN}`]);
});

test('does not take a lesser interface before it has looked at the better one', () => {
  const { holds, changes } = twoLines();
  holds('wanb', SPARE);
  expect(changes).toEqual([]);
  holds('wan', OWN);
  expect(changes).toEqual([`wan ${OWN}`]);
});

test('takes the lesser interface at once where the better one is not there', () => {
  const { holds, changes, watch } = twoLines();
  watch.interfaceSeen('wan', null);
  holds('wanb', SPARE);
  expect(changes).toEqual([`wanb ${SPARE}`]);
});

test('fails over in the same moment when the cable goes', () => {
  const { holds, changes } = twoLines();
  holds('wan', OWN);
  holds('wanb', SPARE);
  holds('wan', OWN, false);
  expect(changes).toEqual([`wan ${OWN}`, `wanb ${SPARE}`]);
});

test('fails over when the address is lost for longer than a client needs to change it', async () => {
  const { holds, changes, clock } = twoLines();
  holds('wan', OWN);
  holds('wanb', SPARE);
  holds('wan', null);
  await clock.advance(249);
  expect(changes).toEqual([`wan ${OWN}`]);
  await clock.advance(1);
  expect(changes).toEqual([`wan ${OWN}`, `wanb ${SPARE}`]);
});

test('fails back when the better interface has been good for 5 s', async () => {
  const { holds, changes, clock, log } = twoLines();
  holds('wan', OWN, false);
  holds('wanb', SPARE);
  holds('wan', OWN);
  await clock.advance(4_999);
  expect(changes).toEqual([`wan ${OWN}`, `wanb ${SPARE}`]);
  await clock.advance(1);
  expect(changes.at(-1)).toBe(`wan ${OWN}`);
  expect(log.events.filter((event) => event.includes('another interface is used'))).toHaveLength(2);
});

test('stays with the lesser interface while the better one comes and goes', async () => {
  const { holds, changes, clock } = twoLines();
  holds('wan', OWN, false);
  holds('wanb', SPARE);
  const before = changes.length;
  for (let i = 0; i < 20; i++) {
    holds('wan', OWN);
    await clock.advance(3_000);
    holds('wan', OWN, false);
    await clock.advance(500);
  }
  expect(changes.slice(before)).toEqual([]);
  holds('wan', OWN);
  await clock.advance(5_000);
  expect(changes.at(-1)).toBe(`wan ${OWN}`);
});

test('goes back to the better interface at once when the lesser one fails meanwhile', async () => {
  const { holds, changes, clock } = twoLines();
  holds('wan', OWN, false);
  holds('wanb', SPARE);
  holds('wan', OWN);
  holds('wanb', SPARE, false);
  expect(changes.at(-1)).toBe(`wan ${OWN}`);
  const before = changes.length;
  await clock.advance(60_000);
  expect(changes.length).toBe(before);
});

test('says why nothing is held when all of them fail', async () => {
  const { holds, changes, clock, watch } = twoLines();
  holds('wan', OWN);
  holds('wanb', null);
  watch.fileSeen({ kind: 'found', file: leaseFile('event=nak\ninterface=wan\nip=0.0.0.0\n') });
  holds('wan', null);
  await clock.advance(250);
  expect(changes.at(-1)).toBe('wan nothing');
  expect(watch.lossReason).toBe('nak by the DHCP client');
});

test('reads all interfaces again when the DHCP client has done something', () => {
  const { refreshed, watch, log } = twoLines();
  watch.fileSeen({ kind: 'found', file: leaseFile(`event=bound\ninterface=wanb\nip=${SPARE}\n`) });
  expect(refreshed).toEqual(['wan', 'wanb']);
  watch.fileSeen({ kind: 'broken', why: 'EACCES' });
  expect(log.events.filter((event) => event.startsWith('warn'))).toHaveLength(1);
});

test('tells of what happens to the interface in use alone', () => {
  const { holds, changes } = twoLines();
  holds('wan', null);
  holds('wanb', null);
  holds('wanb', null, false);
  holds('wanb', null);
  holds('wan', null, false);
  holds('wan', null);
  expect(changes).toEqual(['carrier']);
});
