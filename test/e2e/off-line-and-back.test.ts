import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, type LiveLine } from '../support/lab/lab.ts';
import { GATEWAY_ADDRESS } from '../support/lab/network.ts';
import { formIn } from '../support/lab/page.ts';
import { staysTrue, until } from '../support/lab/waiting.ts';
import { describeInLab } from '../support/lab/where-permitted.ts';

const NAME = 'alice.mwebpages.test';
const PAGE = `http://${NAME}/`;

describeInLab("alice's line goes off and comes back", () => {
  let lab: Lab;
  let alice: LiveLine;

  const answerIs = (address: string) => async () => {
    const { addresses } = await lab.visitor.askGateway(NAME);
    return addresses.length === 1 && addresses[0] === address;
  };

  beforeAll(async () => {
    lab = await Lab.running();
    alice = await lab.liveLine('alice');
  });
  afterAll(() => lab?.close());

  test('orderly stop -> page at once', async () => {
    const end = alice.agent.stop();
    await until('the name leads to the gateway', 3_000, answerIs(GATEWAY_ADDRESS));
    expect(await end).toBe(0);
    expect(alice.agent.log.has({ block: 456 })).toBe(true);
    expect(alice.agent.log.has({ block: 460 })).toBe(true);
    await until("the visitor's resolver has heard of it", 4_000, async () => {
      const { addresses } = await lab.visitor.resolve(NAME);
      return addresses[0] === GATEWAY_ADDRESS;
    });
    const page = await lab.visitor.open(PAGE);
    expect(page.status).toBe(503);
    expect(page.headers).toMatch(/^retry-after: \d+$/im);
    expect(page.body).toContain('is not on-line at the moment');
    expect(await lab.gateway.line('alice')).toMatchObject({ state: 'offline', offlineReason: 'farewell' });
    await alice.agent.startAndGoLive();
    expect(await answerIs(alice.address)()).toBe(true);
  });

  test('agent killed with -9 and restarted in 3 s -> the name never moves', async () => {
    const mark = lab.gateway.log.mark();
    const stays = staysTrue('the name leads home', 10_000, answerIs(alice.address));
    await alice.agent.kill();
    const killed = performance.now();
    await until('3 s have passed', 4_000, () => performance.now() - killed > 3_000);
    await alice.agent.startAndGoLive();
    await stays;
    expect(lab.gateway.log.all({ block: 550 }, mark)).toEqual([]);
    expect(lab.gateway.log.all({ block: 526 }, mark)).toEqual([]);
  });

  test('link cut silently (nft drop) -> page', async () => {
    await lab.gateway.graceEnds();
    await alice.home.cable.cut();
    await until('the name leads to the gateway', 10_000, answerIs(GATEWAY_ADDRESS));
    expect(lab.gateway.log.has({ block: 546, line: 'alice' })).toBe(true);
    await until("the visitor's resolver has heard of it", 4_000, async () => {
      const { addresses } = await lab.visitor.resolve(NAME);
      return addresses[0] === GATEWAY_ADDRESS;
    });
    expect((await lab.visitor.open(PAGE)).status).toBe(503);
    expect(await lab.gateway.line('alice')).toMatchObject({ state: 'offline', offlineReason: 'silent' });
  });

  test('visitor leaves a message', async () => {
    const page = await lab.visitor.open(PAGE);
    const { action, fields } = formIn(page.body);
    expect(new URL(action).hostname).toBe('leave.mwebpages.test');
    const form = { ...fields, name: 'Vera', contact: 'vera@example.test', text: 'Please call me.' };
    const kept = await until('people write slower than robots', 5_000, async () => {
      const reply = await lab.visitor.open(action, { form });
      return reply.status < 300 && reply;
    });
    expect(kept.body).toContain('Your message is kept.');
    expect(await lab.gateway.line('alice')).toMatchObject({ messages: 1, hits: 2 });
  });

  test('link back -> live, the away report has duration, reason, hits, messages', async () => {
    const mark = alice.agent.log.mark();
    await alice.home.cable.mend();
    const report = await alice.agent.log.waitFor({ block: 428 }, 30_000, mark);
    await alice.agent.waitForLive(5_000, mark);
    expect(report).toMatchObject({ offlineReason: 'silent', hits: 2, messages: 1 });
    expect(report['offlineForMs']).toBeGreaterThan(2_000);
    expect(report['lastLogOn']).toBeGreaterThan(0);
    expect(await answerIs(alice.address)()).toBe(true);
    expect(await lab.gateway.line('alice')).toMatchObject({ state: 'live' });
  });
});
