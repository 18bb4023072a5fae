import { describe, expect, test } from 'vitest';
import type { Door } from '../../../../gateway-server/web/doorkeeper.ts';
import {
  cookieOf,
  DAY_MS,
  enterAs,
  GOOD,
  HERE,
  HOUR_MS,
  opened,
  sessionAt,
  staffed,
} from '../../../support/doorkeeper-lab.ts';
import type { MemoryAccounts } from '../../../support/memory-accounts.ts';
import { ALICE } from '../../../support/stored-lines.ts';

describe('the password', () => {
  test("lets in whoever knows it, at the account's own door alone", async () => {
    const { doorkeeper, mira } = await staffed();
    const cookie = cookieOf(await doorkeeper.logIn('console', 'Mira', GOOD, HERE));
    expect(doorkeeper.session('console', cookie)?.account.id).toBe(mira.id);
    expect(doorkeeper.session('portal', cookie)).toBeUndefined();
    expect(await doorkeeper.logIn('portal', 'mira', GOOD, HERE)).toEqual({ kind: 'wrong' });
    expect(await doorkeeper.logIn('console', 'mira', 'another one', HERE)).toEqual({ kind: 'wrong' });
  });

  test('costs one hash for a name that nobody has, for an owner without a password, and for the right one', async () => {
    const { doorkeeper, hasher } = await staffed();
    await doorkeeper.ownerAccount(ALICE);
    const asked: readonly [Door, string][] = [
      ['console', 'nobody'],
      ['portal', 'alice'],
      ['portal', 'bob'],
      ['console', 'mira'],
    ];
    for (const [door, name] of asked) {
      const before = hasher.hashes;
      await doorkeeper.logIn(door, name, 'a wrong one', HERE);
      expect(hasher.hashes - before, name).toBe(1);
    }
  });

  test('is waited for longer and longer after ten wrong tries for a name, wherever they come from, and costs no hash then', async () => {
    const { doorkeeper, hasher, clock } = await staffed();
    const waits: number[] = [];
    for (let i = 0; waits.length < 12; i++) {
      const before = hasher.hashes;
      const outcome = await doorkeeper.logIn('console', 'mira', 'wrong', `192.0.2.${i}`);
      if (outcome.kind !== 'too-many') continue;
      expect(hasher.hashes).toBe(before);
      waits.push(outcome.waitMs / 1_000);
      await clock.advance(outcome.waitMs);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
    expect((await doorkeeper.logIn('console', 'mira', GOOD, 'elsewhere')).kind).toBe('in');
  });

  test('stays usable where its owner has come in before, by password or by link, while others guess at it', async () => {
    const { doorkeeper, mira } = await staffed();
    await enterAs(doorkeeper);
    await doorkeeper.enter('console', doorkeeper.operatorToken(mira.id), 'train');
    for (let i = 0; i < 30; i++) await doorkeeper.logIn('console', 'mira', 'wrong', `198.51.100.${i}`);
    expect((await doorkeeper.logIn('console', 'mira', GOOD, 'elsewhere')).kind).toBe('too-many');
    for (const place of [HERE, 'train'])
      expect((await doorkeeper.logIn('console', 'mira', GOOD, place)).kind, place).toBe('in');
    expect((await doorkeeper.enter('console', doorkeeper.operatorToken(mira.id), 'hotel')).kind).toBe('in');
  });

  test('is forgotten to have been guessed at after an hour without a try', async () => {
    const { doorkeeper, clock } = await staffed();
    for (let i = 0; i < 10; i++) await doorkeeper.logIn('console', 'mira', 'wrong', `198.51.100.${i}`);
    await clock.advance(HOUR_MS);
    for (let i = 0; i < 10; i++)
      expect((await doorkeeper.logIn('console', 'mira', 'wrong', `203.0.113.${i}`)).kind).toBe('wrong');
  });

  test('may be wrong ten times in ten minutes from one neighbourhood, whatever the names, also a known one', async () => {
    const { doorkeeper, hasher, clock } = await staffed();
    for (let i = 0; i < 20; i++) await enterAs(doorkeeper);
    for (let i = 0; i < 10; i++) await doorkeeper.logIn('console', `name${i}`, 'wrong', HERE);
    const before = hasher.hashes;
    expect(await doorkeeper.logIn('console', 'mira', GOOD, HERE)).toEqual({
      kind: 'too-many',
      waitMs: 10 * 60_000,
    });
    expect(hasher.hashes).toBe(before);
    expect((await doorkeeper.logIn('console', 'mira', GOOD, '198.51.100.1')).kind).toBe('in');
    await clock.advance(10 * 60_000);
    expect((await doorkeeper.logIn('console', 'mira', GOOD, HERE)).kind).toBe('in');
  });

  test('may be right sixty times in ten minutes from one neighbourhood: it costs a hash too', async () => {
    const { doorkeeper } = await staffed();
    for (let i = 0; i < 60; i++) await enterAs(doorkeeper);
    expect((await doorkeeper.logIn('console', 'mira', GOOD, HERE)).kind).toBe('too-many');
  });

  test('is asked for again when too many hashes are under way, and that is no wrong try', async () => {
    const { doorkeeper, hasher } = await staffed();
    hasher.isBusy = true;
    for (let i = 0; i < 11; i++)
      for (const name of ['mira', 'nobody'])
        expect(await doorkeeper.logIn('console', name, GOOD, HERE)).toEqual({
          kind: 'too-many',
          waitMs: 5_000,
        });
    hasher.isBusy = false;
    await enterAs(doorkeeper);
  });

  test('changes for whoever knows the present one, and ends all other sessions', async () => {
    const { doorkeeper } = await staffed();
    const [here, elsewhere] = [await enterAs(doorkeeper), await enterAs(doorkeeper)];
    const session = sessionAt(doorkeeper, here);
    expect(await doorkeeper.changePassword(session, 'not this', `${GOOD} now`, here)).toEqual({
      kind: 'wrong',
    });
    expect(await doorkeeper.changePassword(session, null, `${GOOD} now`, here)).toEqual({ kind: 'wrong' });
    expect(await doorkeeper.changePassword(session, GOOD, 'short', here)).toMatchObject({ kind: 'too-weak' });
    expect(await doorkeeper.changePassword(session, GOOD, `${GOOD} now`, here)).toEqual({ kind: 'changed' });
    expect(doorkeeper.session('console', here)).toBeDefined();
    expect(doorkeeper.session('console', elsewhere)).toBeUndefined();
    expect((await doorkeeper.logIn('console', 'mira', GOOD, HERE)).kind).toBe('wrong');
    expect((await doorkeeper.logIn('console', 'mira', `${GOOD} now`, HERE)).kind).toBe('in');
  });

  test('of an account that was removed while the hash was computed brings the account not back', async () => {
    const { doorkeeper, hasher, store, mira } = await staffed();
    const cookie = await enterAs(doorkeeper);
    hasher.onHash = () => doorkeeper.removeAccount(mira.id);
    const change = doorkeeper.changePassword(sessionAt(doorkeeper, cookie), GOOD, `${GOOD} now`, cookie);
    expect(await change).toEqual({ kind: 'wrong' });
    expect((await store.load()).accounts).toEqual([]);
    expect(doorkeeper.operators()).toEqual([]);
  });

  test.each(['the hash is computed', 'the session is written'])(
    'opens nothing when the account goes, or gets another one, while %s',
    async (when) => {
      for (const change of ['removal', 'password'] as const) {
        const parts = await staffed();
        const { doorkeeper, hasher, store, mira } = parts;
        const cookie = await enterAs(doorkeeper);
        const act = once(async () => {
          if (change === 'removal') return doorkeeper.removeAccount(mira.id);
          return doorkeeper.changePassword(sessionAt(doorkeeper, cookie), GOOD, `${GOOD} now`, cookie);
        });
        if (when === 'the hash is computed') hasher.onHash = act;
        else afterWriting(store, act);
        expect(await doorkeeper.logIn('console', 'mira', GOOD, HERE), change).toEqual({ kind: 'wrong' });
        expect((await store.load()).sessions).toHaveLength(change === 'removal' ? 0 : 1);
      }
    },
  );

  test('of a suspended line opens nothing and writes nothing, also when that happens while the hash is computed', async () => {
    const { doorkeeper, hasher, suspended, store } = await opened();
    const cookie = cookieOf(await doorkeeper.enter('portal', doorkeeper.ownerToken(ALICE), HERE));
    const session = doorkeeper.session('portal', cookie);
    if (session) await doorkeeper.changePassword(session, null, GOOD, cookie);
    hasher.onHash = async () => suspended.add(ALICE);
    const before = store.writes;
    expect(await doorkeeper.logIn('portal', 'alice', GOOD, HERE)).toEqual({ kind: 'wrong' });
    expect(store.writes).toBe(before);
  });

  test('is not changed by a session that has ended meanwhile, nor by the second of two at once', async () => {
    const { doorkeeper, hasher } = await staffed();
    const [here, there] = [await enterAs(doorkeeper), await enterAs(doorkeeper)];
    const change = (cookie: string, next: string) =>
      doorkeeper.changePassword(sessionAt(doorkeeper, cookie), GOOD, next, cookie);
    const both = await Promise.all([change(here, `${GOOD} here`), change(there, `${GOOD} there`)]);
    expect(both.map(({ kind }) => kind)).toEqual(['changed', 'wrong']);
    const late = cookieOf(await doorkeeper.logIn('console', 'mira', `${GOOD} here`, HERE));
    hasher.onHash = () => doorkeeper.logOut('console', late);
    const session = sessionAt(doorkeeper, late);
    expect(await doorkeeper.changePassword(session, `${GOOD} here`, `${GOOD} late`, late)).toEqual({
      kind: 'wrong',
    });
  });

  test('is hashed anew at log-in when its hash costs less than new ones, and lets in also when that fails', async () => {
    const { store, restarted, mira, hasher } = await staffed();
    await store.putAccount({ ...mira, passwordHash: `weak#${GOOD}` });
    const doorkeeper = await restarted();
    hasher.onHash = once(
      async () => undefined,
      async () => Promise.reject(new Error('no memory')),
    );
    await enterAs(doorkeeper);
    expect((await store.load()).accounts).toMatchObject([{ passwordHash: `weak#${GOOD}` }]);
    hasher.onHash = async () => undefined;
    await enterAs(doorkeeper);
    expect((await store.load()).accounts).toMatchObject([{ passwordHash: `#${GOOD}` }]);
    const before = hasher.hashes;
    await enterAs(doorkeeper);
    expect(hasher.hashes - before).toBe(1);
  });

  test('and role may change at once: neither undoes the other', async () => {
    const { doorkeeper, hasher, store, mira } = await staffed();
    const cookie = await enterAs(doorkeeper);
    hasher.onHash = () => doorkeeper.changeRole(mira.id, 'viewer');
    await doorkeeper.changePassword(sessionAt(doorkeeper, cookie), GOOD, `${GOOD} now`, cookie);
    expect((await store.load()).accounts).toMatchObject([{ role: 'viewer', passwordHash: `#${GOOD} now` }]);
    expect(doorkeeper.operators()).toMatchObject([{ role: 'viewer' }]);
  });
});

describe('a one-time link', () => {
  test('lets its owner in once, also when it is opened twice at the same moment', async () => {
    const { doorkeeper } = await opened();
    const token = doorkeeper.ownerToken(ALICE);
    const both = await Promise.all([
      doorkeeper.enter('portal', token, HERE),
      doorkeeper.enter('portal', token, HERE),
    ]);
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['in', 'wrong']);
    expect(await doorkeeper.enter('portal', token, HERE)).toEqual({ kind: 'wrong' });
  });

  test('is still used up after a restart', async () => {
    const parts = await opened();
    const token = parts.doorkeeper.ownerToken(ALICE);
    await parts.doorkeeper.enter('portal', token, HERE);
    expect(await (await parts.restarted()).enter('portal', token, HERE)).toEqual({ kind: 'wrong' });
  });

  test('costs no write before it is used', async () => {
    const { doorkeeper, store } = await opened();
    for (let i = 0; i < 100; i++) doorkeeper.ownerToken(ALICE);
    expect(store.writes).toBe(0);
  });

  test('is good for seven days for an owner, for one day for an operator', async () => {
    const { doorkeeper, clock, mira } = await staffed();
    const tokens = { owner: doorkeeper.ownerToken(ALICE), operator: doorkeeper.operatorToken(mira.id) };
    const unused = { owner: doorkeeper.ownerToken(ALICE), operator: doorkeeper.operatorToken(mira.id) };
    await clock.advance(DAY_MS - 1_000);
    expect((await doorkeeper.enter('console', tokens.operator, HERE)).kind).toBe('in');
    await clock.advance(2_000);
    expect((await doorkeeper.enter('console', unused.operator, HERE)).kind).toBe('wrong');
    await clock.advance(6 * DAY_MS - 2_000);
    expect((await doorkeeper.enter('portal', tokens.owner, HERE)).kind).toBe('in');
    await clock.advance(2_000);
    expect((await doorkeeper.enter('portal', unused.owner, HERE)).kind).toBe('wrong');
  });

  test('opens no other door, and neither does one that was tampered with or signed with another key', async () => {
    const { doorkeeper, mira } = await staffed();
    const other = (await opened(Buffer.alloc(32, 2))).doorkeeper;
    const token = doorkeeper.ownerToken(ALICE);
    const bytes = Buffer.from(token, 'base64url');
    bytes[30] = (bytes[30] ?? 0) ^ 1;
    expect((await doorkeeper.enter('console', token, HERE)).kind).toBe('wrong');
    expect((await doorkeeper.enter('portal', doorkeeper.operatorToken(mira.id), HERE)).kind).toBe('wrong');
    for (const forged of [bytes.toString('base64url'), other.ownerToken(ALICE), '', 'x', token.slice(0, 40)])
      expect((await doorkeeper.enter('portal', forged, HERE)).kind, forged).toBe('wrong');
    expect((await doorkeeper.enter('portal', token, HERE)).kind).toBe('in');
  });

  test('of a suspended line opens nothing, and neither does one of a line that is gone, which leaves no account behind', async () => {
    const { doorkeeper, lines, suspended, store } = await opened();
    suspended.add(ALICE);
    expect(await doorkeeper.enter('portal', doorkeeper.ownerToken(ALICE), HERE)).toEqual({ kind: 'wrong' });
    await doorkeeper.removeAccount('line:alice');
    suspended.delete(ALICE);
    lines.delete(ALICE);
    expect(await doorkeeper.enter('portal', doorkeeper.ownerToken(ALICE), HERE)).toEqual({ kind: 'wrong' });
    expect((await store.load()).accounts).toEqual([]);
  });

  test('of a line that was removed opens nothing of another one that was set up under its id', async () => {
    const { doorkeeper, setUpAt } = await opened();
    const token = doorkeeper.ownerToken(ALICE);
    await doorkeeper.forget(ALICE);
    setUpAt.set(ALICE, 2);
    expect(await doorkeeper.enter('portal', token, HERE)).toEqual({ kind: 'wrong' });
    expect((await doorkeeper.enter('portal', doorkeeper.ownerToken(ALICE), HERE)).kind).toBe('in');
  });

  test('guessing at links is stopped per neighbourhood', async () => {
    const { doorkeeper } = await opened();
    for (let i = 0; i < 10; i++)
      expect((await doorkeeper.enter('portal', `guess${i}`, HERE)).kind).toBe('wrong');
    expect((await doorkeeper.enter('portal', doorkeeper.ownerToken(ALICE), HERE)).kind).toBe('too-many');
  });

  test('lets choose a password without the old one for an hour', async () => {
    const { doorkeeper, clock, mira } = await staffed();
    const cookie = cookieOf(await doorkeeper.enter('console', doorkeeper.operatorToken(mira.id), HERE));
    const late = cookieOf(await doorkeeper.enter('console', doorkeeper.operatorToken(mira.id), HERE));
    const change = (by: string) =>
      doorkeeper.changePassword(sessionAt(doorkeeper, by), null, `${GOOD} ${by}`, by);
    expect((await change(cookie)).kind).toBe('changed');
    expect((await change(cookie)).kind).toBe('wrong');
    const another = cookieOf(await doorkeeper.enter('console', doorkeeper.operatorToken(mira.id), HERE));
    expect(doorkeeper.session('console', late)).toBeUndefined();
    await clock.advance(HOUR_MS);
    expect((await change(another)).kind).toBe('wrong');
  });
});

describe('operators', () => {
  test('have a name of their own, in small letters', async () => {
    const { doorkeeper } = await staffed();
    for (const login of ['mira', 'Mira', 'x', '', 'a b', '-a', 'a'.repeat(33)])
      expect(await doorkeeper.addOperator(login, 'viewer'), login).toHaveProperty('problem');
    expect(await doorkeeper.addOperator('mira2', 'viewer')).toHaveProperty('id');
  });

  test('only operators have roles, and nobody can be removed twice', async () => {
    const { doorkeeper, mira } = await staffed();
    const owner = await doorkeeper.ownerAccount(ALICE);
    expect(await doorkeeper.changeRole(owner.id, 'admin')).toBe(false);
    expect(await doorkeeper.removeAccount(mira.id)).toBe(true);
    expect(await doorkeeper.removeAccount(mira.id)).toBe(false);
  });
});

/** Does the first thing at the first call, the second at the second, and then nothing. */
function once(...things: (() => Promise<unknown>)[]): () => Promise<unknown> {
  return async () => things.shift()?.();
}

/** Something happens when the next session has just been written. */
function afterWriting(store: MemoryAccounts, act: () => Promise<unknown>): void {
  const put = store.putSession.bind(store);
  store.putSession = async (session) => {
    await put(session);
    await act();
  };
}
