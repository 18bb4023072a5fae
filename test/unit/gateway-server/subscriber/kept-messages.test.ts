import { expect, test } from 'vitest';
import { KeptMessages } from '../../../../gateway-server/subscriber/kept-messages.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { GatewayLab } from '../../../support/gateway-lab.ts';

const ALICE = 'alice' as LineId;

async function messageBox() {
  const lab = await GatewayLab.start({ lines: ['alice'], afterGrace: false });
  const { standings } = lab.registry;
  const box = new KeptMessages({ store: lab.store, standings, log: lab.log });
  const leave = () => box.keep({ line: ALICE, at: 1, name: 'Zoë', contact: '', text: 'call me' });
  return { lab, leave };
}

test('a message is on disk before it is kept, and counted for the owner', async () => {
  const { lab, leave } = await messageBox();
  expect(await leave()).toEqual({ kind: 'kept' });
  expect(await lab.store.messagesOf(ALICE)).toHaveLength(1);
  expect(lab.standingOf('alice').messages).toBe(1);
});

test('the two hundred and first message is not kept', async () => {
  const { lab, leave } = await messageBox();
  for (let turn = 0; turn < 200; turn++) await leave();
  expect(await leave()).toEqual({ kind: 'full' });
  expect(lab.standingOf('alice').messages).toBe(200);
});

test('a store that is not available is told as such, and nothing is counted', async () => {
  const { lab, leave } = await messageBox();
  lab.store.failWith(new Error('disk full'));
  expect(await leave()).toEqual({ kind: 'unavailable' });
  lab.store.failWith(null);
  expect([lab.standingOf('alice').messages, await lab.store.messagesOf(ALICE)]).toEqual([0, []]);
});

test('a message leaves no word of itself in the log', async () => {
  const { lab, leave } = await messageBox();
  await leave();
  expect(lab.log.events.filter((event) => /Zoë|call me/.test(event))).toEqual([]);
});
