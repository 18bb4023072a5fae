import { afterAll, expect, test } from 'vitest';
import { Fleet } from '../support/lab/fleet.ts';
import { Lab } from '../support/lab/lab.ts';
import { staysTrue, until } from '../support/lab/waiting.ts';
import { describeInLab } from '../support/lab/where-permitted.ts';

const FLEET = 24;

describeInLab('when very many lines fall silent at once the fault is not believed to be theirs', () => {
  let lab: Lab;
  afterAll(() => lab?.close());

  test("all lines cut at once on the gateway's side -> the brake holds", async () => {
    lab = await Lab.running({ resolver: false });
    const street = await lab.connectHome('street');
    const lines = await lab.addSimulatedLines(street, FLEET);
    const fleet = new Fleet(street, lines);
    await fleet.live(FLEET);
    await lab.gateway.graceEnds();
    await street.cable.cut();
    await until('the brake is on', 15_000, async () => (await lab.gateway.status()).brake);
    await staysTrue('all names lead home', 6_000, async () => {
      const { lines: counts } = await lab.gateway.status();
      return counts.offline === 0;
    });
    await street.cable.mend();
    await until(
      'all lines are live again',
      30_000,
      async () => (await lab.gateway.status()).lines.live === FLEET,
    );
    expect(await lab.gateway.status()).toMatchObject({ brake: false });
    expect(lab.gateway.log.all({ block: 550 })).toEqual([]);
  });
});
