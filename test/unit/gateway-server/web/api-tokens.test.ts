import { describe, expect, test } from 'vitest';
import type { Account } from '../../../../gateway-server/web/account.ts';
import type { KeptDoorkeeper } from '../../../../gateway-server/web/kept-doorkeeper.ts';
import { opened, staffed } from '../../../support/doorkeeper-lab.ts';
import { ALICE } from '../../../support/stored-lines.ts';

describe('a token for programs', () => {
  test("is told once, kept as a hash, and opens its account's door alone", async () => {
    const { doorkeeper, store, mira } = await staffed();
    const { secret, token } = await issued(doorkeeper, mira, ['lines:read']);
    expect(secret).toMatch(/^pl_[\w-]{43}$/);
    expect(JSON.stringify((await store.load()).tokens)).not.toContain(secret);
    expect(doorkeeper.tokenOf('console', secret)?.id).toBe(token.id);
    expect(doorkeeper.tokenOf('portal', secret)).toBeUndefined();
    expect(doorkeeper.tokenOf('console', secret.slice(3))).toBeUndefined();
    expect(doorkeeper.tokenOf('console', `${secret}x`)).toBeUndefined();
  });

  test('may do no more than its account, also after the account may do less', async () => {
    const { doorkeeper, mira } = await staffed();
    const tooMuch = { name: 'all', scopes: ['webhooks'], expiresAt: null } as const;
    expect(await doorkeeper.issueToken(mira, tooMuch)).toHaveProperty('problem');
    const { secret } = await issued(doorkeeper, mira, ['lines:read', 'lines:write']);
    await doorkeeper.changeRole(mira.id, 'viewer');
    expect(doorkeeper.tokenOf('console', secret)?.scopes).toEqual(['lines:read']);
  });

  test('ends on its day, when it is revoked, and with its account; nobody else can revoke it', async () => {
    const { doorkeeper, clock, mira } = await staffed();
    const [lasting, passing] = [
      await issued(doorkeeper, mira, ['lines:read']),
      await issued(doorkeeper, mira, ['lines:read'], clock.now() + 1_000),
    ];
    expect(doorkeeper.tokenOf('console', passing.secret)).toBeDefined();
    await clock.advance(1_000);
    expect(doorkeeper.tokenOf('console', passing.secret)).toBeUndefined();
    expect(await doorkeeper.revokeToken('line:alice', lasting.token.id)).toBe(false);
    expect(doorkeeper.tokenOf('console', lasting.secret)).toBeDefined();
    expect(await doorkeeper.revokeToken(mira.id, lasting.token.id)).toBe(true);
    expect(doorkeeper.tokenOf('console', lasting.secret)).toBeUndefined();
    const last = await issued(doorkeeper, mira, ['lines:read']);
    await doorkeeper.removeAccount(mira.id);
    expect(doorkeeper.tokenOf('console', last.secret)).toBeUndefined();
  });

  test('of a suspended line opens nothing, and its use is written at most once a minute', async () => {
    const { doorkeeper, suspended, clock, store } = await opened();
    const owner = await doorkeeper.ownerAccount(ALICE);
    const { secret } = await issued(doorkeeper, owner, ['messages:read']);
    const before = store.writes;
    for (let i = 0; i < 30; i++) {
      doorkeeper.tokenOf('portal', secret);
      await clock.advance(2_000);
    }
    expect(store.writes - before).toBe(1);
    suspended.add(ALICE);
    expect(doorkeeper.tokenOf('portal', secret)).toBeUndefined();
  });
});

async function issued(
  doorkeeper: KeptDoorkeeper,
  account: Account,
  scopes: Parameters<KeptDoorkeeper['issueToken']>[1]['scopes'],
  expiresAt: number | null = null,
) {
  const outcome = await doorkeeper.issueToken(account, { name: 'a script', scopes, expiresAt });
  if ('problem' in outcome) throw new Error(outcome.problem);
  return outcome;
}
