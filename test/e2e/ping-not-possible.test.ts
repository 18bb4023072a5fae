import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Lab } from '../support/lab/lab.ts';
import { staysTrue, until } from '../support/lab/waiting.ts';
import { describeInLab } from '../support/lab/where-permitted.ts';

/** The real fping under the eyes of a kernel that refuses it every socket. */
const FORBIDDEN = '#!/bin/sh\nexec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all fping "$@"\n';

describeInLab('a ping that is not possible proves nothing', () => {
  /** Alice's agent hangs for far longer than alive.timeout, and nothing can be proved by ping. */
  const hangsUnverified = async (lab: Lab, ping: string, problem: RegExp) => {
    const { agent, address } = await lab.liveLine('alice');
    await lab.gateway.graceEnds();
    expect(await lab.gateway.status()).toMatchObject({ probe: { ok: true } });
    agent.program.signal('SIGSTOP');
    await lab.gateway.log.waitFor({ block: 546, line: 'alice' }, 10_000);
    await staysTrue('the name leads home', 8_000, async () => {
      const { addresses } = await lab.visitor.askGateway('alice.mwebpages.test');
      return addresses[0] === address;
    });
    const { probe } = await lab.gateway.status();
    expect(probe.ok).toBe(false);
    expect(probe.problem).toContain(ping);
    expect(probe.problem).toMatch(problem);
    const mark = lab.gateway.log.mark();
    agent.program.signal('SIGCONT');
    await until(
      'alice is live again',
      15_000,
      async () => (await lab.gateway.line('alice')).state === 'live',
    );
    expect(lab.gateway.log.all({ block: 550 })).toEqual([]);
    expect(lab.gateway.log.all({ block: 526 }, mark)).toEqual([]);
  };

  test.concurrent('fping missing -> nobody goes off-line for that reason, `status` says so', async ({
    onTestFinished,
  }) => {
    const ping = '/nowhere/fping';
    const lab = await Lab.running({ gateway: { verify: { ping } }, resolver: false });
    onTestFinished(() => lab.close());
    await hangsUnverified(lab, ping, /no such program/);
  });

  test.concurrent('fping forbidden -> nobody goes off-line for that reason, `status` says so', async ({
    onTestFinished,
  }) => {
    const lab = await Lab.open({ resolver: false });
    onTestFinished(() => lab.close());
    const ping = join(lab.folder, 'forbidden-fping');
    writeFileSync(ping, FORBIDDEN, { mode: 0o755 });
    lab.gateway.configure({ verify: { ping } });
    await lab.startServing();
    await hangsUnverified(lab, ping, /socket|permitted/);
  });
});
