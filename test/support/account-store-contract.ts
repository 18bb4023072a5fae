import { expect, test } from 'vitest';
import type { Account } from '../../gateway-server/web/account.ts';
import type { AccountStore, StoredSession, StoredToken } from '../../gateway-server/web/account-store.ts';
import { ALICE } from './stored-lines.ts';

const OWNER: Account = {
  ...{ kind: 'owner', id: 'line:alice', login: 'alice', line: ALICE },
  ...{ passwordHash: null, createdAt: 10 },
};
const KEEPER: Account = {
  ...{ kind: 'operator', id: 'k1', login: 'mira', role: 'keeper' },
  ...{ passwordHash: 'hash', createdAt: 11 },
};

/** What every AccountStore does; `open` gives an empty one that knows the lines alice and bob. */
export function accountStoreContract(open: () => AccountStore): void {
  /** With an owner and an operator, each logged in and with a token. */
  const furnished = async () => {
    const store = open();
    await Promise.all([store.putAccount(OWNER), store.putAccount(KEEPER)]);
    await Promise.all([store.putSession(sessionOf(OWNER)), store.putSession(sessionOf(KEEPER))]);
    await Promise.all([store.putToken(tokenOf(OWNER)), store.putToken(tokenOf(KEEPER))]);
    return store;
  };

  test('gives back every field of what was put', async () => {
    const { accounts, sessions, tokens } = await (await furnished()).load();
    expect(accounts.toSorted(byId)).toEqual([KEEPER, OWNER]);
    expect(sessions.toSorted(byHash)).toEqual([sessionOf(KEEPER), sessionOf(OWNER)].toSorted(byHash));
    expect(tokens.toSorted(byHash)).toEqual([tokenOf(KEEPER), tokenOf(OWNER)].toSorted(byHash));
  });

  test('takes what changes of an account, a session and a token', async () => {
    const store = await furnished();
    await store.putAccount({ ...KEEPER, role: 'admin', passwordHash: 'another' } as Account);
    await store.putSession({ ...sessionOf(KEEPER), seenAt: 99 });
    await store.putToken({ ...tokenOf(KEEPER), usedAt: 98 });
    const { accounts, sessions, tokens } = await store.load();
    expect(accounts).toContainEqual({ ...KEEPER, role: 'admin', passwordHash: 'another' });
    expect(sessions).toContainEqual({ ...sessionOf(KEEPER), seenAt: 99 });
    expect(tokens).toContainEqual({ ...tokenOf(KEEPER), usedAt: 98 });
    expect([accounts, sessions, tokens].map(({ length }) => length)).toEqual([2, 2, 2]);
  });

  test("forgets with an account its sessions and tokens, and nobody else's", async () => {
    const store = await furnished();
    await store.removeAccount(KEEPER.id);
    const { accounts, sessions, tokens } = await store.load();
    expect(accounts).toEqual([OWNER]);
    expect(sessions).toEqual([sessionOf(OWNER)]);
    expect(tokens).toEqual([tokenOf(OWNER)]);
  });

  test('forgets the sessions and the token that are named', async () => {
    const store = await furnished();
    await store.removeSessions([sessionOf(OWNER).hash, 'unknown']);
    await store.removeToken(tokenOf(KEEPER).id);
    const { sessions, tokens } = await store.load();
    expect(sessions).toEqual([sessionOf(KEEPER)]);
    expect(tokens).toEqual([tokenOf(OWNER)]);
  });

  test('knows used links until they are over', async () => {
    const store = open();
    await store.putUsedLink({ hash: 'old', expiresAt: 100 }, 50);
    await store.putUsedLink({ hash: 'new', expiresAt: 200 }, 100);
    expect((await store.load()).usedLinks.map(({ hash }) => hash).toSorted()).toEqual(['new', 'old']);
    await store.putUsedLink({ hash: 'newest', expiresAt: 300 }, 101);
    expect((await store.load()).usedLinks.toSorted(byHash)).toEqual([
      { hash: 'new', expiresAt: 200 },
      { hash: 'newest', expiresAt: 300 },
    ]);
  });
}

function sessionOf({ id }: Account): StoredSession {
  return {
    hash: `session of ${id}`,
    account: id,
    since: 20,
    seenAt: 21,
    previousLogOn: id === 'k1' ? 5 : null,
  };
}

function tokenOf({ id, kind }: Account): StoredToken {
  return {
    ...{ id: `token of ${id}`, account: id, hash: `hash of ${id}`, name: 'a «script»' },
    scopes: kind === 'owner' ? ['line:read', 'page:write'] : ['lines:read'],
    ...{ createdAt: 30, usedAt: null, expiresAt: kind === 'owner' ? 40 : null },
  };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}

function byHash(a: { readonly hash: string }, b: { readonly hash: string }): number {
  return a.hash < b.hash ? -1 : 1;
}
