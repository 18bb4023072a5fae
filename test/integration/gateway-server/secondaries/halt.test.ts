import { describe, expect, test } from 'vitest';
import { run } from '../../../support/lab/program.ts';
import { until } from '../../../support/lab/waiting.ts';
import { ANSWERING, Provider, sharedKey, ZONE } from '../../../support/secondaries/provider.ts';
import { question } from '../../../support/secondaries/question.ts';
import { Resolver } from '../../../support/secondaries/resolver.ts';
import { areInstalled, NSD } from '../../../support/secondaries/software.ts';
import { asOption } from '../../../support/secondaries/tsig-secret.ts';

const HALT_SECONDS = 6;
const PATIENT = { timeout: 60_000 };

/** Whether the gateway answers a resolver now. */
async function answers({ primary }: Provider): Promise<boolean> {
  return (await question(primary, ZONE, 'SOA', { limitMs: 300 })) !== undefined;
}

/** What the gateway says to NSD, from its address and with its key. */
async function toldToNsd(provider: Provider, ...words: readonly string[]): Promise<string> {
  const { primary } = provider;
  const from = provider.backup(NSD).endpoint.address;
  const port = String(primary.port);
  const known = ['-b', from, '-y', asOption(sharedKey), ZONE, '+tries=1', '+time=2'];
  return (await run(['dig', `@${primary.address}`, '-p', port, ...known, ...words])).stdout;
}

describe.skipIf(!areInstalled(NSD, 'unbound', 'dig'))('zone.mode = "halt"', PATIENT, () => {
  test('a resolver gets its answer from the secondary while the gateway halts, and the secondary is served', async () => {
    const provider = await Provider.open({
      backups: [{ software: NSD }],
      settings: { zone: { mode: 'halt', halt_min: HALT_SECONDS }, update: { every: 1 } },
    });
    const nsd = provider.backup(NSD);
    await until('no batch of the start halts it any more', 20_000, () => answers(provider));
    await provider.startBackups();
    const { endpoint } = nsd;
    const resolver = await Resolver.start({ zone: ZONE, servers: [provider.primary, endpoint] });
    const serial = await provider.serial();

    const adding = provider.addLine('alice');
    await until('the gateway halts', 10_000, async () => !(await answers(provider)));
    const reply = await resolver.ask(`leave.${ZONE}`);
    expect(reply?.answers.map(({ rdata }) => rdata)).toEqual([ANSWERING]);
    expect(await toldToNsd(provider, 'SOA', '+tcp')).toMatch(/status: NOERROR[\s\S]*\sSOA\s/);
    expect(await toldToNsd(provider, `IXFR=${serial}`)).toMatch(/\sSOA\s/);
    expect(await answers(provider), 'it halted all the while').toBe(false);

    await until('the gateway answers again', 2 * HALT_SECONDS * 1_000, () => answers(provider));
    const { domain } = await adding;
    await provider.leads(domain, ANSWERING);
    await nsd.leads(domain, ANSWERING);
  });
});
