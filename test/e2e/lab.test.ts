import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hookFileOf, leaseText } from '../support/lab/dhcp-client.ts';
import type { Home } from '../support/lab/home.ts';
import { Lab, OTHER_POOL, POOL } from '../support/lab/lab.ts';
import { until } from '../support/lab/waiting.ts';
import { describeInLab } from '../support/lab/where-permitted.ts';

describeInLab('the lab that the stories are played in', () => {
  let lab: Lab;
  let home: Home;

  beforeAll(async () => {
    lab = await Lab.open({ resolver: false });
    await lab.dhcp.lease(POOL);
    home = await lab.connectHome('home');
  });
  afterAll(() => lab?.close());

  test('a home is leased an address by real DHCP and a visitor can reach it', async () => {
    const address = await home.dial();
    expect(address).toMatch(/^198\.51\.100\./);
    await until('the lease is written', 2_000, () => leaseText(home.client).includes(`ip=${address}\n`));
    expect(await lab.visitor.pings(address)).toBe(true);
  });

  test('a cut line is silent although its carrier is up, and a mended one answers', async () => {
    const address = await home.address();
    await home.cable.cut();
    expect(await lab.visitor.pings(address)).toBe(false);
    expect(await home.host.ip('link', 'show', 'wan')).toContain('LOWER_UP');
    await home.cable.mend();
    expect(await lab.visitor.pings(address)).toBe(true);
  });

  test('a lossy line loses some packets and not all', async () => {
    const address = await home.address();
    await home.cable.loseFromHome(50);
    const { stdout } = await lab.visitor.host.run(['fping', '-q', '-c', '60', '-p', '10', address]);
    const { stderr } = await lab.visitor.host.run(['fping', '-q', '-c', '60', '-p', '10', address]);
    const lost = Number(/= \d+\/\d+\/(\d+)%/.exec(stdout + stderr)?.[1]);
    expect(lost).toBeGreaterThan(15);
    expect(lost).toBeLessThan(85);
    await home.cable.mend();
  });

  test('after a change of pool the renewal is refused and another address is leased', async () => {
    await lab.dhcp.lease(OTHER_POOL);
    home.client.renew();
    expect(await home.address('203.0.113.')).toMatch(/^203\.0\.113\./);
    expect(lab.dhcp.count('DHCPNAK')).toBeGreaterThan(0);
  });

  test('dhclient leases an address, writes its lease file and tells our hook', async () => {
    const other = await lab.connectHome('home2');
    const address = await other.dial('dhclient');
    await until('the lease is written', 2_000, () =>
      leaseText(other.client).includes(`fixed-address ${address};`),
    );
    await until('the hook has written', 2_000, () =>
      readFileSync(hookFileOf(other.folder), 'utf8').includes(`new_ip_address=${address}
`),
    );
  });
});
