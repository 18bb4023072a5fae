import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Agent } from '../support/lab/agent.ts';
import type { Home } from '../support/lab/home.ts';
import { Lab, OTHER_POOL, POOL } from '../support/lab/lab.ts';
import { until } from '../support/lab/waiting.ts';
import { describeInLab } from '../support/lab/where-permitted.ts';

describeInLab("alice's name follows her lease", () => {
  let lab: Lab;
  let home: Home;
  let agent: Agent;

  beforeAll(async () => {
    lab = await Lab.open();
    await lab.dhcp.lease(POOL);
    await lab.gateway.start();
    home = await lab.connectHome('home');
    agent = lab.agent(home, await lab.addLine('alice', { names: ['www'] }), {
      wan: home.dhcpSource('udhcpc'),
    });
    agent.start();
  });
  afterAll(() => lab?.close());

  test('bound -> live', async () => {
    const address = await home.dial('udhcpc');
    await agent.waitForLive();
    expect((await lab.visitor.askGateway('alice.mwebpages.test')).addresses).toEqual([address]);
    expect((await lab.visitor.resolve('www.alice.mwebpages.test')).addresses).toEqual([address]);
    expect(await lab.gateway.line('alice')).toMatchObject({
      state: 'live',
      published: { addresses: [address] },
    });
  });

  test('renewal of the same address causes no update', async () => {
    const { serial } = await lab.gateway.status();
    const mark = agent.log.mark();
    const acks = lab.dhcp.count('DHCPACK');
    home.client.renew();
    await until('the renewal is acknowledged', 5_000, () => lab.dhcp.count('DHCPACK') > acks);
    const alive = await agent.log.waitFor({ block: 452 }, 5_000, mark);
    expect(alive).toBeDefined();
    expect(agent.log.all({ block: 408 }, mark)).toEqual([]);
    expect(await lab.gateway.status()).toMatchObject({ serial, lines: { live: 1 } });
  });

  test('new pool -> NAK -> new address -> live', async () => {
    const mark = agent.log.mark();
    await lab.dhcp.lease(OTHER_POOL);
    home.client.renew();
    const address = await home.address('203.0.113.');
    expect(lab.dhcp.count('DHCPNAK')).toBeGreaterThan(0);
    await agent.log.waitFor({ block: 444, ipv4: address }, 10_000, mark);
    expect((await lab.visitor.askGateway('alice.mwebpages.test')).addresses).toEqual([address]);
    await until("the visitor's resolver has the new address", 5_000, async () => {
      const { addresses } = await lab.visitor.resolve('alice.mwebpages.test');
      return addresses[0] === address;
    });
  });

  test('the same with dhclient: bound -> live, new pool -> NAK -> new address -> live', async () => {
    const other = await lab.connectHome('home2');
    const bob = lab.agent(other, await lab.addLine('bob'), { wan: other.dhcpSource('dhclient') });
    bob.start();
    const first = await other.dial('dhclient');
    await bob.log.waitFor({ block: 444, ipv4: first }, 15_000);
    await lab.dhcp.lease(POOL);
    other.client.renew();
    const second = await other.address('198.51.100.', 30_000);
    expect(lab.dhcp.count('DHCPNAK')).toBeGreaterThan(0);
    await bob.log.waitFor({ block: 444, ipv4: second }, 10_000);
    expect((await lab.visitor.askGateway('bob.mwebpages.test')).addresses).toEqual([second]);
  });
});
