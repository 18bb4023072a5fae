import { describe, expect, test } from 'vitest';
import { until } from '../../../support/lab/waiting.ts';
import { freePort } from '../../../support/secondaries/free-port.ts';
import { Provider, sharedKey } from '../../../support/secondaries/provider.ts';
import { areInstalled, NSD } from '../../../support/secondaries/software.ts';

const PROOF_SECONDS = 3;
const PATIENT = { timeout: 60_000 };

describe.skipIf(!areInstalled(NSD))('a dead secondary whose proof is wanted', PATIENT, () => {
  test('delays no batch; `live` names it when the time for proof is over, and nobody else', async () => {
    const dead = `127.0.0.99:${await freePort('127.0.0.99')}`;
    const provider = await Provider.open({
      backups: [{ software: NSD, proof: true }],
      listed: [{ address: dead, key: sharedKey, proof: true }],
      settings: { zone: { proof_timeout: PROOF_SECONDS } },
    });
    await provider.startBackups();
    const [alice, bob] = [await provider.addLine('alice'), await provider.addLine('bob')];
    const startedAt = performance.now();
    const first = await alice.calls(provider.mqtt(), '127.1.0.1');
    await provider.leads(alice.domain, '127.1.0.1');
    const second = await bob.calls(provider.mqtt(), '127.1.0.2');
    await provider.leads(bob.domain, '127.1.0.2');
    await provider.backup(NSD).leads(bob.domain, '127.1.0.2');
    expect(performance.now() - startedAt).toBeLessThan(PROOF_SECONDS * 1_000);
    const missing = { ok: false, missing: [dead] };
    expect(await first.hears('live')).toMatchObject({ proof: missing });
    expect(await second.hears('live')).toMatchObject({ proof: missing });
    expect(performance.now() - startedAt).toBeGreaterThan(PROOF_SECONDS * 1_000);
    const serial = await provider.serial();
    await until('status tells who lags', 10_000, async () => {
      const [nsd, other] = (await provider.status()).secondaries;
      return nsd?.serial === serial && nsd.lagMs === 0 && other?.address === dead && other.serial === null;
    });
  });

  test('is believed as soon as it is there', async () => {
    const provider = await Provider.open({
      backups: [{ software: NSD, proof: true }],
      settings: { zone: { proof_timeout: 20 } },
    });
    const call = await (await provider.addLine('alice')).calls(provider.mqtt(), '127.1.0.1');
    await provider.leads('alice.mwebpages.test', '127.1.0.1');
    await provider.backup(NSD).start();
    expect(await call.hears('live')).toMatchObject({ proof: { ok: true, missing: [] } });
  });
});
