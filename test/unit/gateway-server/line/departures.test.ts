import { describe, expect, test } from 'vitest';
import { GatewayLab } from '../../../support/gateway-lab.ts';

const HOME = '198.51.100.7';

/** Alice is live and the next batch is a minute away. */
async function busyLab() {
  const lab = await GatewayLab.start({ lines: ['alice', 'bob'], tunables: { everyMs: 60_000 } });
  const alice = await lab.live('alice', { ipv4: HOME });
  return { lab, alice, departures: lab.departures() };
}

describe('a signal that takes a verdict back', () => {
  test.each(['silent', 'unproven'] as const)('cancels what waits as %s', async (reason) => {
    const { lab, alice, departures } = await busyLab();
    await departures.declare(alice.line, reason);
    expect(lab.pendingOf('alice')).toMatchObject({ reason });
    await departures.withdraw(alice.line);
    expect([lab.pendingOf('alice'), (await lab.store.load()).pending]).toEqual([undefined, []]);
  });

  test.each(['farewell', 'suspended', 'address-taken'] as const)(
    'leaves what is certain, such as %s',
    async (reason) => {
      const { lab, alice, departures } = await busyLab();
      await departures.certain(alice.line, reason);
      await departures.withdraw(alice.line);
      expect(lab.pendingOf('alice')).toMatchObject({ reason });
    },
  );

  test('leaves an update that leads to the line', async () => {
    const { lab, alice, departures } = await busyLab();
    alice.renumber('2001:db8::7');
    await lab.settle();
    await departures.withdraw(alice.line);
    expect(lab.pendingOf('alice')).toMatchObject({ kind: 'to-line' });
  });
});

describe('a line that goes off-line', () => {
  test('stands in the log and in its history with the reason', async () => {
    const { lab, alice, departures } = await busyLab();
    await lab.pass(2_000);
    await departures.certain(alice.line, 'suspended');
    await lab.pass(1_000);
    expect(lab.logged('line went off-line')).toBe(1);
    expect((await lab.store.historyOf(alice.line)).at(-1)).toMatchObject({
      event: 'went off-line',
      detail: 'suspended',
    });
  });

  test('and is answered for already asks for no batch, unless the reason is another', async () => {
    const { lab, alice, departures } = await busyLab();
    await departures.certain(alice.line, 'farewell');
    await lab.pass(60_000);
    await departures.certain(alice.line, 'farewell');
    expect(lab.pendingOf('alice')).toBeUndefined();
    await departures.certain(alice.line, 'suspended');
    expect(lab.pendingOf('alice')).toMatchObject({ reason: 'suspended' });
  });

  test('while its first update still waits was never live, and so was never away', async () => {
    const { lab } = await busyLab();
    const bob = lab.connect('bob', { ipv4: '198.51.100.8' });
    bob.register();
    await lab.settle();
    bob.farewell();
    await lab.pass(61_000);
    expect(lab.standingOf('bob').published).toMatchObject({ kind: 'answering', reason: 'farewell' });
    expect(lab.standingOf('bob').absence).toBeNull();
  });
});
