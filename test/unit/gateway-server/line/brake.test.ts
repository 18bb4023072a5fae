import { describe, expect, test } from 'vitest';
import { GatewayLab } from '../../../support/gateway-lab.ts';
import type { LabSubscriber } from '../../../support/lab-subscriber.ts';

const ALIVE_MS = 3_300;
const STEP_MS = 100;

/** A gateway with many live lines whose signals are spread over the interval, as they are in the world. */
async function manyLines(count: number) {
  const names = Array.from({ length: count }, (_, index) => `line-${index}`);
  const lab = await GatewayLab.start({ lines: names });
  const agents = names.map((name, index) => lab.connect(name, { ipv4: `198.51.100.${index + 1}` }));
  for (const agent of agents) agent.register();
  await lab.clock.advance(1_000);
  for (const agent of agents) expect(agent.last('live')).toBeDefined();
  const pass = async (ms: number) => {
    for (let at = 0; at < ms; at += STEP_MS) {
      await lab.clock.advance(STEP_MS);
      const phase = Math.round(lab.clock.elapsed() / STEP_MS) % (ALIVE_MS / STEP_MS);
      const due = agents.filter((_, index) => index % (ALIVE_MS / STEP_MS) === phase);
      for (const agent of due.filter(({ isAlive }) => isAlive)) agent.alive();
    }
  };
  await pass(2 * ALIVE_MS);
  const offline = () => names.filter((name) => lab.standingOf(name).published.kind === 'answering').length;
  return { lab, agents, pass, offline };
}

const cut = (agents: readonly LabSubscriber[]) => {
  for (const agent of agents) agent.fallSilent();
};
const mend = (agents: readonly LabSubscriber[]) => {
  for (const agent of agents) agent.isAlive = true;
};

const ON = 'brake on';
const OFF = 'brake off';

describe('the brake', () => {
  test('holds when all lines are cut at once, however their signals are spread, until they are heard again', async () => {
    const { lab, agents, pass, offline } = await manyLines(50);
    cut(agents);
    await pass(40_000);
    expect([offline(), lab.registry.brake.isOn, lab.logged(ON), lab.logged(OFF)]).toEqual([0, true, 1, 0]);
    expect(lab.registry.brake.silentLines).toBe(50);
    mend(agents.slice(0, 45));
    await pass(5_000);
    expect([lab.registry.brake.isOn, lab.logged(ON), lab.logged(OFF)]).toEqual([false, 1, 1]);
    // the ten may still be on their way back: a grace as after a restart
    await pass(24_000);
    expect(offline()).toBe(0);
    await pass(10_000);
    expect(offline()).toBe(5);
  });

  test('holds for 21 lines of 100 and not for 20', async () => {
    const small = await manyLines(100);
    cut(small.agents.slice(0, 20));
    await small.pass(15_000);
    expect([small.offline(), small.lab.logged(ON)]).toEqual([20, 0]);
    const large = await manyLines(100);
    cut(large.agents.slice(0, 21));
    await large.pass(15_000);
    expect([large.offline(), large.lab.logged(ON)]).toEqual([0, 1]);
  });

  test('does not hold for fewer than 20 lines, be they all', async () => {
    const { lab, agents, pass, offline } = await manyLines(19);
    cut(agents);
    await pass(15_000);
    expect([offline(), lab.logged(ON)]).toEqual([19, 0]);
  });

  test('does not hold for lines that fall silent one after the other', async () => {
    const { lab, agents, pass, offline } = await manyLines(40);
    for (const agent of agents.slice(0, 15)) {
      cut([agent]);
      await pass(3_000);
    }
    await pass(13_000);
    expect([offline(), lab.logged(ON)]).toEqual([15, 0]);
  });

  test('is pulled once when all connections break at once, and does not flutter', async () => {
    const { lab, agents, pass, offline } = await manyLines(30);
    for (const agent of agents) agent.breakOff();
    await pass(30_000);
    expect([offline(), lab.logged(ON), lab.logged(OFF)]).toEqual([0, 1, 0]);
  });

  test('lets a farewell through', async () => {
    const { agents, lab, pass, offline } = await manyLines(30);
    const [first, ...others] = agents;
    cut(others);
    await pass(15_000);
    first?.farewell();
    await pass(1_000);
    expect([offline(), lab.registry.brake.isOn]).toEqual([1, true]);
  });

  test('lets all go off-line when the operator releases it, and is not pulled by them again', async () => {
    const { lab, agents, pass, offline } = await manyLines(30);
    cut(agents);
    await pass(20_000);
    expect(offline()).toBe(0);
    lab.registry.brake.release();
    await pass(7_000);
    expect([offline(), lab.logged(ON), lab.registry.brake.isOn]).toEqual([30, 1, false]);
  });

  test('is pulled again by released lines that were heard and fall silent once more', async () => {
    const { lab, agents, pass, offline } = await manyLines(30);
    cut(agents);
    await pass(9_000);
    expect(lab.registry.brake.isOn).toBe(true);
    lab.registry.brake.release();
    mend(agents);
    for (const agent of agents) agent.alive();
    await pass(5_000);
    cut(agents);
    await pass(30_000);
    expect([offline(), lab.logged(ON)]).toEqual([0, 2]);
  });
});
