import { afterEach, beforeEach, expect, test } from 'vitest';
import { Fleet } from '../support/lab/fleet.ts';
import { Lab } from '../support/lab/lab.ts';
import { until } from '../support/lab/waiting.ts';
import { describeInLab } from '../support/lab/where-permitted.ts';

const ALICE = 'alice.mwebpages.test';
const ONE_ADDRESS = { first: '198.51.100.50', last: '198.51.100.50' };

describeInLab('an address belongs to one line', () => {
  let lab: Lab;
  // long enough for nothing but the contest to decide
  const gateway = { alive: { timeout: 60 } };

  beforeEach(async () => {
    lab = await Lab.running({ gateway, resolver: false });
  });
  afterEach(() => lab?.close());

  const addressesOf = async (name: string) => (await lab.visitor.askGateway(name)).addresses;

  test("the dropped line's address is leased to another line -> the first name leaves it in the same batch although the address answers pings", async () => {
    await lab.dhcp.lease(ONE_ADDRESS);
    const alice = await lab.liveLine('alice');
    const bobsLine = await lab.addLine('bob');
    await alice.home.cable.cut();
    await lab.dhcp.forgetLeases(ONE_ADDRESS);
    const bob = await lab.goLive(bobsLine);
    expect(bob.address).toBe(alice.address);
    expect(await lab.visitor.pings(alice.address)).toBe(true);
    expect(await addressesOf('bob.mwebpages.test')).toEqual([bob.address]);
    expect(await addressesOf(ALICE)).toEqual(['192.0.2.1']);
    const [hers, his] = [await lab.gateway.line('alice'), await lab.gateway.line('bob')];
    expect(hers).toMatchObject({ state: 'offline', offlineReason: 'address-taken' });
    expect(hers.published.serial).toBe(his.published.serial);
    const { serial } = his.published;
    expect(lab.gateway.log.all({ block: 526, serial })).toMatchObject([{ updates: 2 }]);
  });

  test('a neighbour claims the address of a line that is up -> refused, nothing moves', async () => {
    const alice = await lab.liveLine('alice');
    // a guest behind alice's router: the connection does come from her address
    const mallory = lab.agent(alice.home, await lab.addLine('mallory'));
    const { serial } = await lab.gateway.settledStatus();
    mallory.start();
    await mallory.log.waitFor({ event: 'refused', reason: 'address-in-use' }, 10_000);
    expect(lab.gateway.log.has({ block: 510, line: 'mallory', reason: 'address-in-use' })).toBe(true);
    expect(await addressesOf(ALICE)).toEqual([alice.address]);
    expect(await addressesOf('mallory.mwebpages.test')).toEqual(['192.0.2.1']);
    expect(await lab.gateway.status()).toMatchObject({ serial, lines: { live: 1 } });
    expect(await lab.gateway.line('alice')).toMatchObject({ state: 'live', presence: 'up' });
  });

  test("a claim that differs from the connection's source -> refused", async () => {
    const alice = await lab.liveLine('alice');
    await lab.addLine('mallory');
    const { serial } = await lab.gateway.settledStatus();
    const next = await lab.connectHome('mallory');
    await next.take('198.51.100.200');
    const liar = {
      id: 'mallory',
      secret: lab.secretOf('mallory'),
      domain: 'mallory.mwebpages.test',
      from: '198.51.100.200',
    };
    const inUse = new Fleet(next, [{ ...liar, claims: alice.address }]);
    expect(await inUse.refusal('mallory')).toMatchObject({ reason: 'not-your-address' });
    await inUse.program.kill();
    const free = new Fleet(next, [{ ...liar, claims: '198.51.100.201' }]);
    expect(await free.refusal('mallory')).toMatchObject({ reason: 'not-your-address' });
    await until('the gateway has said so twice', 2_000, () => {
      return lab.gateway.log.all({ block: 510, reason: 'not-your-address' }).length >= 2;
    });
    expect(await addressesOf(ALICE)).toEqual([alice.address]);
    expect(await addressesOf('mallory.mwebpages.test')).toEqual(['192.0.2.1']);
    expect(await lab.gateway.status()).toMatchObject({ serial });
  });
});
