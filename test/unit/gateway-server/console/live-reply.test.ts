import { expect, test } from 'vitest';
import { html } from '../../../../gateway-server/answering/html.ts';
import { liveReply } from '../../../../gateway-server/console/live-reply.ts';
import { Followers } from '../../../../gateway-server/console/live-rows.ts';
import type { Visit } from '../../../../gateway-server/console/operator-route.ts';
import { enterAs, HOUR_MS, sessionAt, staffed } from '../../../support/doorkeeper-lab.ts';

const MINUTE_MS = 60_000;

/** Somebody who looks at a page of the console and follows what changes on it. */
async function follower() {
  const parts = await staffed();
  const { doorkeeper, clock } = parts;
  const cookie = await enterAs(doorkeeper);
  const look = () => new Map([['now', html`${clock.now()}`]]);
  const visit: Visit = {
    request: {
      ...{ path: '/live', params: {}, query: new URLSearchParams(), fields: new Map(), upload: null },
      ...{ cookie, range: null, neighbourhood: 'here', signal: new AbortController().signal },
    },
    ...{ session: sessionAt(doorkeeper, cookie), actor: 'mira', role: 'keeper' },
  };
  const { body } = liveReply({ followers: new Followers(), doorkeeper, clock, look }, visit);
  const stream = (body as AsyncIterable<string>)[Symbol.asyncIterator]();
  const isTold = async () => {
    const next = stream.next();
    await clock.advance(MINUTE_MS);
    return !(await next).done;
  };
  await stream.next();
  return { ...parts, cookie, isTold };
}

test('whoever only follows a page is logged out after two hours, and told nothing more', async () => {
  const { doorkeeper, clock, cookie, isTold } = await follower();
  const start = clock.now();
  while (await isTold()) expect(clock.now() - start).toBeLessThan(2 * HOUR_MS + 3 * MINUTE_MS);
  expect(clock.now() - start).toBeGreaterThan(2 * HOUR_MS);
  expect(doorkeeper.session('console', cookie)).toBeUndefined();
});

test('whoever does something meanwhile goes on being told', async () => {
  const { doorkeeper, clock, cookie, isTold } = await follower();
  for (let minute = 0; minute < 110; minute++) expect(await isTold()).toBe(true);
  doorkeeper.session('console', cookie);
  for (let minute = 0; minute < 110; minute++) expect(await isTold()).toBe(true);
  expect(clock.now()).toBeGreaterThan(3 * HOUR_MS);
});

test.each(['log-out', 'removal of the account'])('nothing is told after the %s', async (how) => {
  const { doorkeeper, mira, cookie, isTold } = await follower();
  expect(await isTold()).toBe(true);
  if (how === 'log-out') await doorkeeper.logOut('console', cookie);
  else await doorkeeper.removeAccount(mira.id);
  expect(await isTold()).toBe(false);
});
