import { describe, expect, test } from 'vitest';
import { Challenges } from '../../../../gateway-server/line/challenges.ts';
import type { Address } from '../../../../protocol/address.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import type { LowerMessage } from '../../../../protocol/message.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const ALICE = 'alice' as LineId;
const [HOME, AWAY] = ['198.51.100.7', '198.51.100.8'] as [Address, Address];
const NEVER = new AbortController().signal;

function asking(isConnected = true) {
  const clock = new ManualClock();
  const sent: LowerMessage[] = [];
  const connection = { id: 1, line: ALICE, source: HOME };
  const link = {
    send: (_to: unknown, message: LowerMessage) => sent.push(message) > 0,
    connectionOf: () => (isConnected ? connection : undefined),
    close: () => undefined,
    announce: () => undefined,
  };
  let last = 0;
  const challenges = new Challenges({ link, clock, nonce: () => `nonce-${++last}` });
  const answer = (nonce: string, line = ALICE, source = HOME) =>
    challenges.answered({ id: 2, line, source }, nonce);
  return { clock, sent, challenges, answer };
}

describe('a challenge', () => {
  test('is won by the line’s answer with its nonce', async () => {
    const { sent, challenges, answer } = asking();
    const asked = challenges.ask(ALICE, null, NEVER);
    expect(sent).toEqual([{ kind: 'challenge', nonce: 'nonce-1' }]);
    answer('nonce-1');
    expect(await asked).toBe(true);
  });

  test.each([
    ['another nonce', 'nonce-2', ALICE, HOME],
    ['another line’s answer', 'nonce-1', 'bob' as LineId, HOME],
    ['an answer from elsewhere', 'nonce-1', ALICE, AWAY],
  ] as const)('is lost after two seconds with %s', async (_what, nonce, line, source) => {
    const { clock, challenges, answer } = asking();
    const asked = challenges.ask(ALICE, HOME, NEVER);
    answer(nonce, line, source);
    await clock.advance(2_000);
    expect(await asked).toBe(false);
  });

  test('gives two seconds to a line that is not connected and may come back', async () => {
    const { clock, sent, challenges } = asking(false);
    let isOver = false;
    const asked = challenges.ask(ALICE, null, NEVER).finally(() => {
      isOver = true;
    });
    await clock.advance(1_999);
    expect([isOver, sent]).toEqual([false, []]);
    await clock.advance(1);
    expect(await asked).toBe(false);
  });

  test('that is over can be answered no more', async () => {
    const { clock, challenges, answer } = asking();
    const first = challenges.ask(ALICE, null, NEVER);
    await clock.advance(2_000);
    answer('nonce-1');
    expect(await first).toBe(false);
  });

  test('does not disturb another one that is put to the same line', async () => {
    const { clock, challenges, answer } = asking();
    const asked = [challenges.ask(ALICE, null, NEVER), challenges.ask(ALICE, AWAY, NEVER)];
    answer('nonce-1');
    answer('nonce-2');
    await clock.advance(2_000);
    expect(await Promise.all(asked)).toEqual([true, false]);
  });
});
