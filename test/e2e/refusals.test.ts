import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Agent, Subscription, WanSettings } from '../support/lab/agent.ts';
import type { Home } from '../support/lab/home.ts';
import { Lab, type LiveLine } from '../support/lab/lab.ts';
import { describeInLab } from '../support/lab/where-permitted.ts';

const OWN_ADDRESS: WanSettings = { source: 'interface', interface: 'wan' };

describeInLab('who has no right to a name is told so and changes nothing', () => {
  let lab: Lab;
  let alice: LiveLine;
  let home: Home;

  beforeAll(async () => {
    lab = await Lab.running({ resolver: false });
    alice = await lab.liveLine('alice');
    home = await lab.connectHome('home');
    await home.take('198.51.100.200');
  });
  afterAll(() => lab?.close());

  const start = (subscription: Subscription, wan = OWN_ADDRESS): Agent => {
    const agent = lab.agent(home, subscription, { wan });
    agent.start();
    return agent;
  };

  /** Plays one refusal, and sees to it that serial and zone stay as they are. */
  const nothingChangesWhile = async (act: () => Promise<void>) => {
    await lab.gateway.settledStatus();
    const zone = await lab.gateway.ask('zone', 'print');
    await act();
    expect(await lab.gateway.ask('zone', 'print')).toEqual(zone);
    expect((await lab.visitor.askGateway('alice.mwebpages.test')).addresses).toEqual([alice.address]);
  };

  const isRefused = async (agent: Agent, line: string, reason: string) => {
    await agent.log.waitFor({ event: 'refused', reason }, 10_000);
    await lab.gateway.log.waitFor({ block: 510, line, reason }, 2_000);
    expect(agent.log.has({ block: 412 })).toBe(false);
    await agent.stop();
  };

  test('wrong secret: refused at the door, on both sides in plain words', async () => {
    await lab.addLine('bob');
    await nothingChangesWhile(async () => {
      const agent = start(lab.subscription('bob', 'bob.mwebpages.test', 'not-the-secret-of-bob'));
      const told = await agent.log.waitFor({ event: 'not connected' }, 10_000);
      expect(told['why']).toMatch(/secret|credentials/);
      await lab.gateway.log.waitFor({ block: 510, line: 'bob', reason: 'wrong credentials' }, 2_000);
      expect(agent.log.has({ block: 404 })).toBe(false);
      await agent.stop();
    });
  });

  test('line without domain service: no-domain-service', async () => {
    const subscription = await lab.addLine('carol', { hasDomain: false });
    await nothingChangesWhile(() => isRefused(start(subscription), 'carol', 'no-domain-service'));
  });

  test('foreign domain: not-your-domain', async () => {
    await lab.addLine('dave');
    await nothingChangesWhile(async () => {
      const agent = start(lab.subscription('dave', 'alice.mwebpages.test'));
      await isRefused(agent, 'dave', 'not-your-domain');
    });
  });

  test('reserved name: no line can be given it, and no agent can claim it', async () => {
    await lab.addLine('erin');
    await nothingChangesWhile(async () => {
      const { code, stderr } = await lab.gateway.command(
        'line',
        'add',
        'frank',
        '--domain',
        'portal.mwebpages.test',
      );
      expect(code).toBe(1);
      expect(stderr).toMatch(/reserved/);
      const agent = start(lab.subscription('erin', 'portal.mwebpages.test'));
      await isRefused(agent, 'erin', 'not-your-domain');
    });
  });

  test('private address: behind-nat', async () => {
    const subscription = await lab.addLine('grace');
    const file = join(lab.folder, 'private.lease');
    writeFileSync(file, 'event=bound\ninterface=wan\nip=10.1.2.3\nmask=24\nlease=120\n');
    await nothingChangesWhile(async () => {
      const agent = start(subscription, { source: 'udhcpc', lease_file: file });
      await isRefused(agent, 'grace', 'behind-nat');
    });
  });
});
