import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { CHROMIUM, hasChromium, launch, picture } from '../../support/browser/porch.ts';
import { Lab, type LiveLine } from '../../support/lab/lab.ts';
import { GATEWAY_ADDRESS } from '../../support/lab/network.ts';
import { until } from '../../support/lab/waiting.ts';
import { describeInLab } from '../../support/lab/where-permitted.ts';

const PAGE = 'http://alice.mwebpages.test/';
/** Chromium keeps an address for a minute where it does not know the TTL. */
const STALE_MS = 90_000;
const OWN_SITE = `require('node:http').createServer((_, reply) => reply.setHeader('connection', 'close').end('The bicycles of Alice')).listen(80)`;

describeInLab("a visitor's browser that still has the gateway's address", () => {
  let lab: Lab;
  let alice: LiveLine;
  let browser: Browser;

  beforeAll(async () => {
    lab = await Lab.running();
    alice = await lab.liveLine('alice');
    alice.home.host.start('own site', [process.execPath, '-e', OWN_SITE]);
    // the browser asks the visitor's caching resolver, as on any computer
    const program = join(lab.folder, 'chromium');
    writeFileSync(program, `#!/bin/sh\nexec ${lab.visitor.host.words([CHROMIUM]).join(' ')} "$@"\n`);
    chmodSync(program, 0o755);
    browser = await launch(program);
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  });

  /** A page of the line that is off; the browser has the gateway's address now. */
  async function visitorOfLineThatIsOff(javaScriptEnabled: boolean): Promise<Page> {
    const visitor = await (await browser.newContext({ javaScriptEnabled })).newPage();
    await alice.agent.stop();
    await until("the visitor's resolver has heard of it", 5_000, async () => {
      const { addresses } = await lab.visitor.resolve('alice.mwebpages.test');
      return addresses[0] === GATEWAY_ADDRESS;
    });
    await visitor.goto(PAGE);
    await visitor.getByText('is not on-line at the moment').waitFor();
    return visitor;
  }

  test.skipIf(!hasChromium)(
    'is told when the line returns, and is put through to the real page',
    async () => {
      const visitor = await visitorOfLineThatIsOff(true);
      await alice.agent.startAndGoLive();
      await visitor.getByText('The line is back.', { exact: true }).waitFor();
      await picture(visitor, 'visitor-line-is-back');
      await visitor.getByRole('link', { name: 'Go' }).click();
      await visitor.getByText('The bicycles of Alice').waitFor({ timeout: STALE_MS });
    },
  );

  test.skipIf(!hasChromium)('is put through without scripts as well, once it looks again', async () => {
    const visitor = await visitorOfLineThatIsOff(false);
    await alice.agent.startAndGoLive();
    await visitor.goto(PAGE);
    await visitor.getByText('The bicycles of Alice').waitFor({ timeout: STALE_MS });
  });
});
