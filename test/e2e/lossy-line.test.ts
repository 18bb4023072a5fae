import { afterAll, expect, test } from 'vitest';
import { Lab } from '../support/lab/lab.ts';
import { staysTrue } from '../support/lab/waiting.ts';
import { describeInLab } from '../support/lab/where-permitted.ts';

const { PORCHLIGHT_TEST_LONG } = process.env;
const LOSSY_MS = PORCHLIGHT_TEST_LONG ? 60_000 : 20_000;

describeInLab('a bad line is no dead line', () => {
  let lab: Lab;
  afterAll(() => lab?.close());

  test('20 % of the packets of one line dropped in one direction -> no false off-line', async () => {
    lab = await Lab.running({ gateway: { alive: { timeout: 10 } }, resolver: false });
    const { home, address } = await lab.liveLine('alice');
    await lab.gateway.graceEnds();
    await home.cable.loseFromHome(20);
    await staysTrue('the name leads home', LOSSY_MS, async () => {
      const { addresses } = await lab.visitor.askGateway('alice.mwebpages.test');
      return addresses[0] === address;
    });
    expect(lab.gateway.log.all({ block: 550 })).toEqual([]);
  });
});
