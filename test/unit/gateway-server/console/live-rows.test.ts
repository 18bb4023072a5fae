import { expect, test } from 'vitest';
import { html } from '../../../../gateway-server/answering/html.ts';
import { changes, Followers } from '../../../../gateway-server/console/live-rows.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function following() {
  const clock = new ManualClock(0);
  const stop = new AbortController();
  const shown = new Map([['alice.state', html`live`]]);
  const state = { isAllowed: true, looks: 0 };
  const look = () => {
    state.looks += 1;
    return new Map(shown);
  };
  const stream = changes({ look, isStillAllowed: () => state.isAllowed, clock }, stop.signal);
  return { clock, stop, shown, state, stream };
}

async function nextOf(
  stream: AsyncGenerator<string>,
  clock: ManualClock,
  ms: number,
): Promise<string | undefined> {
  const next = stream.next();
  for (let left = ms; left > 0; left -= 1_000) await clock.advance(1_000);
  const { value } = await next;
  return value ?? undefined;
}

test('a follower is told of everything first, then only of what has changed', async () => {
  const { clock, shown, stream } = following();
  await stream.next();
  shown.set('bob.state', html`off-line`);
  expect(await nextOf(stream, clock, 0)).toBe('data: {"alice.state":"live","bob.state":"off-line"}\n\n');
  shown.set('alice.state', html`<b>${'<suspect>'}</b>`);
  expect(await nextOf(stream, clock, 1_000)).toBe('data: {"alice.state":"<b>&#60;suspect&#62;</b>"}\n\n');
});

test('a follower of a page on which nothing happens gets a sign of life every 15 seconds', async () => {
  const { clock, stream } = following();
  await stream.next();
  await stream.next();
  expect(await nextOf(stream, clock, 15_000)).toBe(': still here\n\n');
});

test('nothing is told any more once the session is over', async () => {
  const { clock, shown, state, stream } = following();
  await stream.next();
  await stream.next();
  state.isAllowed = false;
  shown.set('alice.state', html`suspect`);
  expect(await nextOf(stream, clock, 1_000)).toBeUndefined();
});

test('only so many follow at once', () => {
  const followers = new Followers(2);
  expect([followers.enter(), followers.enter(), followers.enter()]).toEqual([true, true, false]);
  followers.leave();
  expect(followers.enter()).toBe(true);
});
