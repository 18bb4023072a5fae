import { expect, test } from 'vitest';
import { carryOut } from '../../../../gateway-server/operator/commands.ts';
import type { SecondaryView } from '../../../../gateway-server/operator/secondaries.ts';
import { parseZoneFile } from '../../../../gateway-server/zone/static/master-file.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { Operator, serviceSince } from '../../../support/operator.ts';

const ALICE = { ipv4: '198.51.100.7' };
const NSD: SecondaryView = { address: '192.0.2.53:53', serial: 1, lagMs: 3_200, proof: true, problem: null };

async function withFile(operator: Operator, file: string): Promise<void> {
  const { zone } = operator.lab.registry;
  const { records } = parseZoneFile(file, zone.name, 30);
  zone.replaceOwn({ ...zone.identity, static: records }, zone.serial);
}

test('a zone in which every name is in its place is well', async () => {
  const operator = await Operator.at({ lines: ['alice', 'bob'] });
  await operator.lab.live('alice', ALICE);
  await withFile(operator, 'mail 3600 IN MX 10 mx\nmx 3600 IN A 192.0.2.25\nshop IN NS ns.example.\n');
  expect(await operator.ask('zone check')).toEqual({
    zone: 'well',
    serial: 2,
    names: expect.any(Number),
    warnings: [],
  });
  expect(await operator.read('zone check')).toMatch(/^The zone is well: \d+ names, serial 2\.$/);
});

test('names that are missing, misled or nobody’s are all found', async () => {
  const operator = await Operator.at({ lines: ['alice', 'bob'] });
  await operator.lab.live('alice', ALICE);
  const { zone } = operator.lab.registry;
  const changes = [
    { name: 'alice.mwebpages.test', addresses: ['198.51.100.66'] },
    { name: 'bob.mwebpages.test', addresses: null },
    { name: 'stray.mwebpages.test', addresses: ['198.51.100.9'] },
  ];
  zone.apply(changes as unknown as Parameters<typeof zone.apply>[0], zone.serial);
  expect((await operator.refusal('zone check')).split('\n')).toEqual([
    'the zone is not well:',
    '  alice.mwebpages.test of line alice leads to 198.51.100.66 instead of 198.51.100.7',
    '  bob.mwebpages.test of line bob is missing',
    '  stray.mwebpages.test belongs to no line',
  ]);
});

test('a line’s name that the zone file claims is told from both sides', async () => {
  const operator = await Operator.at({ lines: ['alice'] });
  await operator.lab.live('alice', ALICE);
  await withFile(operator, 'alice 3600 IN TXT "mine"\n');
  const refusal = await operator.refusal('zone check');
  expect(refusal).toContain("alice.mwebpages.test of line alice has no place beside the zone's own names");
  expect(refusal).toContain('alice.mwebpages.test. TXT lies at, above or below a name of line alice');
});

test('mistakes of the zone file are told as sentences', async () => {
  const operator = await Operator.at();
  await withFile(operator, 'mail 3600 IN MX 10 nowhere\nshop IN A 192.0.2.1\nshop IN CNAME x\n');
  const refusal = await operator.refusal('zone check');
  expect(refusal).toContain('nowhere.mwebpages.test., which lies in the zone and has no address');
  expect(refusal).toContain('shop.mwebpages.test. is an alias and has other records');
});

test('a serial that the disk does not know is found', async () => {
  const operator = await Operator.at({ lines: ['alice'] });
  await operator.lab.live('alice', ALICE);
  const { zone } = operator.lab.registry;
  zone.replaceOwn(zone.identity, 9);
  expect(await operator.refusal('zone check')).toContain('serial 9 is served, but the disk has 2');
});

test('a batch on its way from the disk into the zone is no mistake', async () => {
  const operator = await Operator.at({ lines: ['alice'] });
  const { lab } = operator;
  await lab.live('alice', ALICE);
  const { queue, zone } = lab.registry;
  await lab.pass(2_000);
  // a batch stays under way for as long as the disk takes
  lab.disk.delayMs = 5_000;
  lab.connect('alice', { ipv4: '198.51.100.8' }).register();
  await lab.pass(6_000);
  expect(queue.isInBatch('alice' as LineId)).toBe(true);
  const onDisk = { ...operator.desk, serialOnDisk: async () => zone.serial + 1 };
  expect(await carryOut(onDisk, { command: 'zone check', args: {} })).toMatchObject({ zone: 'well' });
  await lab.pass(10_000);
  await expect(carryOut(onDisk, { command: 'zone check', args: {} })).rejects.toThrow('the disk has');
});

test('secondaries that are not in step are warned of, and the zone is well all the same', async () => {
  const missing = { ...NSD, address: '192.0.2.54:53', serial: null, lagMs: null };
  const refusing = { ...NSD, address: '192.0.2.55:53', serial: 2, lagMs: 0, problem: 'it refuses NOTIFY' };
  const inStep = { ...NSD, address: '192.0.2.56:53', serial: 2, lagMs: 0 };
  const signing = { ...NSD, address: '192.0.2.57:53', serial: 7, lagMs: 0 };
  const service = serviceSince(0, { secondaries: () => [NSD, missing, refusing, inStep, signing] });
  const operator = await Operator.at({ lines: ['alice'] }, service);
  await operator.lab.live('alice', ALICE);
  expect(await operator.ask('zone check')).toMatchObject({
    warnings: [
      'secondary 192.0.2.53:53, proves: serves serial 1, 1 batch behind for 3.2 s',
      'secondary 192.0.2.54:53, proves: never heard',
      'secondary 192.0.2.55:53, proves: serves serial 2, in step; it refuses NOTIFY',
    ],
  });
  expect(await operator.read('zone check')).toContain('\nTo be looked at:\n  secondary 192.0.2.53:53');
});
