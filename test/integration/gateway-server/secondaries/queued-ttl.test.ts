import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { ANSWERING, Provider, ZONE } from '../../../support/secondaries/provider.ts';
import { question } from '../../../support/secondaries/question.ts';
import { Resolver } from '../../../support/secondaries/resolver.ts';
import { areInstalled } from '../../../support/secondaries/software.ts';

const { PORCHLIGHT_TEST_LONG } = process.env;
const TTL_SECONDS = 300;
const PATIENT = { timeout: 120_000 };

/** alice has just called: her update waits nearly a minute for its batch, and her name still leads to the gateway. */
async function queued() {
  const provider = await Provider.open({ settings: { update: { every: 60 }, dns: { ttl: TTL_SECONDS } } });
  const alice = await provider.addLine('alice');
  await provider.leads(alice.domain, ANSWERING);
  const resolver = await Resolver.start({ zone: ZONE, servers: [provider.primary] });
  const call = await alice.calls(provider.mqtt(), '127.1.0.1');
  const { liveInMs } = await call.hears('queued');
  const swapAt = performance.now() + liveInMs;
  const secondsLeft = () => (swapAt - performance.now()) / 1_000;
  return { provider, alice, resolver, call, secondsLeft };
}

describe.skipIf(!areInstalled('unbound'))('a name whose update waits for its batch', PATIENT, () => {
  test('is cached no longer than until the batch; a name that does not wait keeps its TTL', async () => {
    const { provider, alice, resolver, secondsLeft } = await queued();
    const [answer] = (await question(provider.primary, alice.domain, 'A'))?.answers ?? [];
    expect(answer?.ttl).toBeGreaterThan(secondsLeft() - 5);
    expect(answer?.ttl).toBeLessThanOrEqual(secondsLeft() + 1);
    const [cached] = (await resolver.ask(alice.domain))?.answers ?? [];
    expect(cached).toMatchObject({ rdata: ANSWERING });
    expect(cached?.ttl).toBeGreaterThan(0);
    expect(cached?.ttl).toBeLessThanOrEqual(secondsLeft() + 1);
    const [other] = (await resolver.ask(`leave.${ZONE}`))?.answers ?? [];
    expect(other?.ttl).toBe(TTL_SECONDS);
  });

  test.skipIf(!PORCHLIGHT_TEST_LONG)('is in no cache any more when the batch is in the zone', async () => {
    const { alice, resolver, call } = await queued();
    expect(await resolver.addressesOf(alice.domain)).toEqual([ANSWERING]);
    await call.hears('live', 90_000);
    const [fresh] = (await resolver.ask(alice.domain))?.answers ?? [];
    expect(fresh).toMatchObject({ rdata: '127.1.0.1' });
    expect(fresh?.ttl).toBeGreaterThan(TTL_SECONDS - 10);
  });
});
