import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab } from '../support/lab/lab.ts';
import { staysTrue } from '../support/lab/waiting.ts';
import { describeInLab } from '../support/lab/where-permitted.ts';

describeInLab('updates enter the zone in batches', () => {
  let lab: Lab;

  beforeEach(async () => {
    // after carol's update the next batch is seconds away, time enough to do things before it
    lab = await Lab.running({ gateway: { update: { every: 8 } }, resolver: false });
  });
  afterEach(() => lab?.close());

  const addressesOf = async (name: string) => (await lab.visitor.askGateway(name)).addresses;

  test('two lines register in the same second -> one batch, one serial', async () => {
    for (const id of ['alice', 'bob', 'carol']) await lab.addLine(id);
    const homes = await Promise.all(['alice', 'bob'].map((name) => lab.connectHome(name)));
    const agents = homes.map((home) => lab.agent(home, lab.subscription(home.name)));
    const addresses = await Promise.all(homes.map((home) => home.dial()));
    await lab.goLive(lab.subscription('carol'));
    const mark = lab.gateway.log.mark();
    for (const agent of agents) agent.start();
    const [first, second] = await Promise.all(agents.map((agent) => agent.waitForLive(20_000)));
    expect(first?.['serial']).toBe(second?.['serial']);
    expect(lab.gateway.log.all({ block: 526 }, mark)).toMatchObject([
      { updates: 2, serial: first?.['serial'] },
    ]);
    expect(await addressesOf('alice.mwebpages.test')).toEqual([addresses[0]]);
    expect(await addressesOf('bob.mwebpages.test')).toEqual([addresses[1]]);
  });

  test('gateway killed with -9 between `queued` and `live` -> after restart the update is applied, nobody goes off-line', async () => {
    const subscription = await lab.addLine('alice');
    const home = await lab.connectHome('alice');
    const agent = lab.agent(home, subscription);
    const address = await home.dial();
    const carol = await lab.liveLine('carol');
    agent.start();
    await agent.log.waitFor({ block: 412 }, 10_000);
    const mark = carol.agent.log.mark();
    await lab.gateway.kill();
    expect(agent.log.has({ block: 444 })).toBe(false);
    // without alice's agent it can only be the promise on disk that is kept
    await agent.kill();
    await lab.gateway.start();
    await lab.gateway.log.waitFor({ block: 526 }, 15_000);
    expect(await addressesOf('alice.mwebpages.test')).toEqual([address]);
    await agent.startAndGoLive();
    await carol.agent.log.waitFor({ block: 444 }, 20_000, mark);
    await staysTrue('both names lead home', 6_000, async () => {
      const [hers] = await addressesOf('alice.mwebpages.test');
      const [his] = await addressesOf('carol.mwebpages.test');
      return hers === address && his === carol.address;
    });
    expect(lab.gateway.log.all({ block: 550 })).toEqual([]);
  });
});
