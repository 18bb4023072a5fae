import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { endpointText } from '../../../../gateway-server/endpoint.ts';
import { run } from '../../../support/lab/program.ts';
import { until } from '../../../support/lab/waiting.ts';
import { longerHistory } from '../../../support/secondaries/longer-history.ts';
import { ANSWERING, Provider, ZONE } from '../../../support/secondaries/provider.ts';
import { areInstalled, BIND, KNOT, NSD, SIGNING_KNOT } from '../../../support/secondaries/software.ts';
import { transfersTo } from '../../../support/secondaries/transfers-told.ts';
import { newTsigSecret } from '../../../support/secondaries/tsig-secret.ts';

const BACKUPS = [
  { software: NSD, proof: true },
  { software: KNOT, key: newTsigSecret('knot-key', 'hmac-sha512') },
  { software: SIGNING_KNOT },
  { software: BIND, proof: true },
];
/** Four name servers and the gateway start anew in each test, on a machine that may be busy. */
const PATIENT = { timeout: 90_000 };

function printed({ gateway }: Provider): string {
  return gateway.run('zone', 'print', '--config', gateway.config).out;
}

/** What named-checkzone says of the zone as the gateway prints it. */
async function checkedZone(provider: Provider): Promise<string> {
  const file = join(provider.gateway.folder, 'printed.zone');
  writeFileSync(file, printed(provider));
  const { stdout, stderr } = await run(['named-checkzone', ZONE, file]);
  return stdout + stderr;
}

describe.skipIf(!areInstalled(NSD, KNOT, BIND))('real secondaries', PATIENT, () => {
  test('load the zone by AXFR, follow the batches by IXFR, and prove them', async () => {
    const provider = await Provider.open({ backups: BACKUPS });
    const alice = await provider.addLine('alice');
    await provider.leads(alice.domain, ANSWERING);
    await provider.startBackups();
    for (const address of ['127.1.0.1', '127.1.0.2', '127.1.0.3']) {
      const live = await provider.goesLive(alice, address);
      expect(live.proof).toEqual({ ok: true, missing: [] });
      await Promise.all(provider.backups.map((backup) => backup.leads(alice.domain, address)));
    }
    for (const backup of provider.backups) {
      const [first, ...rest] = transfersTo(backup, provider.log);
      expect([backup.name, first]).toEqual([backup.name, 'axfr']);
      expect([backup.name, rest.filter((kind) => kind !== 'up-to-date').length]).not.toEqual([
        backup.name,
        0,
      ]);
      expect([backup.name, rest.filter((kind) => kind !== 'up-to-date' && kind !== 'ixfr')]).toEqual([
        backup.name,
        [],
      ]);
    }
    expect(provider.backup(KNOT).log()).toMatch(/IXFR, incoming.*finished/);
    expect(provider.backup(BIND).log()).toContain("TSIG 'xfr'");
  });

  test('serve what the gateway serves, name by name, and status tells their serials and lags', async () => {
    const provider = await Provider.open({ backups: BACKUPS });
    await provider.batches(3, 'line');
    await provider.startBackups();
    await provider.goesLive(await provider.addLine('alice'), '127.1.0.1');
    const serial = await provider.serial();
    await until('status tells that nobody lags', 15_000, async () => {
      const { secondaries } = await provider.status();
      const unsigned = secondaries.filter(({ address }) => !address.startsWith('127.0.0.13:'));
      return secondaries.length === 4 && unsigned.every((one) => one.serial === serial && one.lagMs === 0);
    });
    const zone = printed(provider);
    for (const backup of [NSD, KNOT, BIND].map((software) => provider.backup(software)))
      for (const name of [`line-1.${ZONE}`, `alice.${ZONE}`, `leave.${ZONE}`]) {
        const [address = 'nowhere'] = await backup.addressesOf(name);
        expect(zone).toMatch(new RegExp(`^${name}\\.\\s+30\\s+IN\\s+A\\s+${address}$`, 'm'));
      }
    expect(await checkedZone(provider)).toContain(`loaded serial ${serial}`);
  });

  test('that were away for 50 batches catch up by IXFR', async () => {
    const provider = await Provider.open({ backups: BACKUPS });
    await provider.startBackups();
    await provider.batches(1, 'before');
    await Promise.all(provider.backups.map((backup) => backup.leads(`before-1.${ZONE}`, ANSWERING)));
    await Promise.all(provider.backups.map((backup) => backup.stop()));
    const before = provider.backups.map((backup) => transfersTo(backup, provider.log).length);
    const last = await provider.batches(50, 'meanwhile');
    await Promise.all(provider.backups.map((backup) => backup.start()));
    await Promise.all(provider.backups.map((backup) => backup.leads(last, ANSWERING)));
    const after = provider.backups.map((backup, n) => [
      backup.name,
      transfersTo(backup, provider.log).slice(before[n])[0],
    ]);
    expect(after).toEqual(provider.backups.map(({ name }) => [name, 'ixfr']));
  });

  test('that were away for longer than the journal reaches get the whole zone', async () => {
    const provider = await Provider.open({ backups: BACKUPS });
    await provider.startBackups();
    await Promise.all(provider.backups.map((backup) => backup.stop()));
    await provider.stop();
    await longerHistory(provider.gateway.dataDir);
    await provider.serve();
    const last = await provider.batches(1, 'after');
    await Promise.all(provider.backups.map((backup) => backup.start()));
    await Promise.all(provider.backups.map((backup) => backup.leads(last, ANSWERING)));
    for (const backup of provider.backups)
      expect([backup.name, transfersTo(backup, provider.log)[0]]).toEqual([backup.name, 'ixfr-as-axfr']);
  });

  test('follow when the gateway is started again with another zone file, under a later serial', async () => {
    const provider = await Provider.open({ backups: BACKUPS });
    await provider.startBackups();
    const before = await provider.serial();
    await provider.stop();
    writeFileSync(join(provider.gateway.folder, 'static.zone'), 'shop 300 IN A 192.0.2.10\n');
    provider.configure({ zone: { file: 'static.zone' } });
    await provider.serve();
    await Promise.all(provider.backups.map((backup) => backup.leads(`shop.${ZONE}`, '192.0.2.10')));
    expect(await provider.serial()).toBeGreaterThan(before);
    await provider.backup(NSD).serves(await provider.serial());
    expect(await checkedZone(provider)).toMatch(/^OK$/m);
  });

  test('lose the names of a line that was removed while no gateway served', async () => {
    const provider = await Provider.open({ backups: BACKUPS });
    await provider.startBackups();
    const gone = await provider.addLine('gone');
    await Promise.all(provider.backups.map((backup) => backup.leads(gone.domain, ANSWERING)));
    await provider.stop();
    expect(provider.gateway.run('line', 'remove', 'gone', '--config', provider.gateway.config).code).toBe(0);
    await provider.serve();
    for (const backup of provider.backups)
      await until(`${backup.name} has forgotten the name`, 20_000, async () => {
        return (await backup.addressesOf(gone.domain)).length === 0;
      });
    expect(await checkedZone(provider)).toMatch(/^OK$/m);
  });

  test('follow when the gateway is told to read its zone file again', async () => {
    const provider = await Provider.open({
      backups: BACKUPS,
      settings: { zone: { file: 'static.zone' } },
      files: { 'static.zone': 'shop 300 IN A 192.0.2.10\n' },
    });
    await provider.startBackups();
    await Promise.all(provider.backups.map((backup) => backup.leads(`shop.${ZONE}`, '192.0.2.10')));
    writeFileSync(join(provider.gateway.folder, 'static.zone'), 'shop 300 IN A 192.0.2.11\n');
    provider.reload();
    await Promise.all(provider.backups.map((backup) => backup.leads(`shop.${ZONE}`, '192.0.2.11')));
  });

  test('that have seen more than a gateway which has lost its store take the zone anew when told to', async () => {
    const provider = await Provider.open({ backups: BACKUPS.slice(0, 3) });
    await provider.startBackups();
    await provider.batches(10, 'lost');
    await Promise.all(provider.backups.map((backup) => backup.leads(`lost-10.${ZONE}`, ANSWERING)));
    await provider.stop();
    rmSync(provider.gateway.dataDir, { recursive: true });
    await provider.serve();
    await provider.batches(1, 'new');
    await until('the log tells of each that it is ahead', 20_000, () =>
      provider.backups.every(({ endpoint }) =>
        provider.log
          .all({ event: 'backup name server is not as it should be', backup: endpointText(endpoint) })
          .some(({ problem }) => String(problem).includes('is ahead of us')),
      ),
    );
    for (const backup of provider.backups) await backup.takeAnew();
    await Promise.all(provider.backups.map((backup) => backup.leads(`new-1.${ZONE}`, ANSWERING)));
    const last = await provider.batches(2, 'newer');
    await Promise.all(provider.backups.map((backup) => backup.leads(last, ANSWERING)));
    expect(await provider.backup(NSD).addressesOf(`lost-10.${ZONE}`)).toEqual([]);
  });
});
