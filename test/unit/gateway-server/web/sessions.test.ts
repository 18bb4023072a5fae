import { describe, expect, test } from 'vitest';
import {
  cookieOf,
  enterAs,
  HERE,
  HOUR_MS,
  opened,
  sessionAt,
  staffed,
} from '../../../support/doorkeeper-lab.ts';
import { ALICE } from '../../../support/stored-lines.ts';

describe('a session', () => {
  test('is another one at each log-in, with a form token of its own; neither is kept as it is', async () => {
    const { doorkeeper, store } = await staffed();
    const [first, second] = [await enterAs(doorkeeper), await enterAs(doorkeeper)];
    expect(first).not.toBe(second);
    const tokens = [first, second].map((cookie) => sessionAt(doorkeeper, cookie).formToken);
    expect(new Set(tokens).size).toBe(2);
    const kept = JSON.stringify((await store.load()).sessions);
    for (const secret of [first, second, ...tokens]) expect(kept).not.toContain(secret);
  });

  test('is never one that the browser brought along', async () => {
    const { doorkeeper } = await staffed();
    expect(doorkeeper.session('console', 'chosen by a stranger')).toBeUndefined();
    expect(await enterAs(doorkeeper)).toMatch(/^[\w-]{43}$/);
  });

  test('ends after two hours without a request', async () => {
    const { doorkeeper, clock } = await staffed();
    const cookie = await enterAs(doorkeeper);
    await clock.advance(2 * HOUR_MS);
    expect(doorkeeper.session('console', cookie)).toBeDefined();
    await clock.advance(2 * HOUR_MS + 1);
    expect(doorkeeper.session('console', cookie)).toBeUndefined();
  });

  test('ends after twelve hours, however busy', async () => {
    const { doorkeeper, clock } = await staffed();
    const cookie = await enterAs(doorkeeper);
    for (let hour = 0; hour < 12; hour++) {
      await clock.advance(HOUR_MS);
      expect(doorkeeper.session('console', cookie), `hour ${hour}`).toBeDefined();
    }
    await clock.advance(1);
    expect(doorkeeper.session('console', cookie)).toBeUndefined();
  });

  test('is written at most once a minute', async () => {
    const { doorkeeper, clock, store } = await staffed();
    const cookie = await enterAs(doorkeeper);
    const before = store.writes;
    for (let second = 0; second < 120; second++) {
      await clock.advance(1_000);
      doorkeeper.session('console', cookie);
    }
    expect(store.writes - before).toBe(2);
  });

  test('outlives a restart, and says when the one before began', async () => {
    const parts = await staffed();
    await enterAs(parts.doorkeeper);
    const since = parts.clock.now();
    await parts.clock.advance(5_000);
    const cookie = await enterAs(parts.doorkeeper);
    expect(sessionAt(await parts.restarted(), cookie)).toMatchObject({
      since: since + 5_000,
      previousLogOn: since,
    });
  });

  test('ends with the log-out, the account, and the line', async () => {
    const { doorkeeper, mira, store } = await staffed();
    const [one, other] = [await enterAs(doorkeeper), await enterAs(doorkeeper)];
    await doorkeeper.logOut('console', one);
    expect(doorkeeper.session('console', one)).toBeUndefined();
    expect(doorkeeper.session('console', other)).toBeDefined();
    await doorkeeper.removeAccount(mira.id);
    expect(doorkeeper.session('console', other)).toBeUndefined();
    const owners = cookieOf(await doorkeeper.enter('portal', doorkeeper.ownerToken(ALICE), HERE));
    await doorkeeper.forget(ALICE);
    expect(doorkeeper.session('portal', owners)).toBeUndefined();
    expect((await store.load()).sessions).toEqual([]);
  });

  test('sleeps while the line is suspended', async () => {
    const { doorkeeper, suspended } = await opened();
    const cookie = cookieOf(await doorkeeper.enter('portal', doorkeeper.ownerToken(ALICE), HERE));
    suspended.add(ALICE);
    expect(doorkeeper.session('portal', cookie)).toBeUndefined();
    suspended.delete(ALICE);
    expect(doorkeeper.session('portal', cookie)).toBeDefined();
  });

  test('is one of twenty at most: the one that was seen longest ago makes room', async () => {
    const { doorkeeper, clock, mira, store } = await staffed();
    const cookies: string[] = [];
    for (let i = 0; i < 21; i++) {
      cookies.push(
        cookieOf(await doorkeeper.enter('console', doorkeeper.operatorToken(mira.id), `10.0.0.${i}`)),
      );
      await clock.advance(1_000);
    }
    const open = cookies.filter((cookie) => doorkeeper.session('console', cookie) !== undefined);
    expect(open).toEqual(cookies.slice(1));
    expect((await store.load()).sessions).toHaveLength(20);
  });
});
