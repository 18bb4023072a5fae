import type { Account } from '../../gateway-server/web/account.ts';
import type {
  AccountStore,
  StoredSession,
  StoredToken,
  UsedLink,
} from '../../gateway-server/web/account-store.ts';

/** Accounts that are gone with the test; counts what was written. */
export class MemoryAccounts implements AccountStore {
  readonly #accounts = new Map<string, Account>();
  readonly #sessions = new Map<string, StoredSession>();
  readonly #tokens = new Map<string, StoredToken>();
  readonly #usedLinks = new Map<string, UsedLink>();
  writes = 0;

  async load() {
    return {
      accounts: [...this.#accounts.values()],
      sessions: [...this.#sessions.values()],
      tokens: [...this.#tokens.values()].toSorted((a, b) => a.createdAt - b.createdAt),
      usedLinks: [...this.#usedLinks.values()],
    };
  }

  async putAccount(account: Account): Promise<void> {
    this.writes += 1;
    this.#accounts.set(account.id, account);
  }

  async removeAccount(id: string): Promise<void> {
    this.writes += 1;
    this.#accounts.delete(id);
    for (const [hash, { account }] of this.#sessions) if (account === id) this.#sessions.delete(hash);
    for (const [token, { account }] of this.#tokens) if (account === id) this.#tokens.delete(token);
  }

  async putSession(session: StoredSession): Promise<void> {
    this.writes += 1;
    this.#sessions.set(session.hash, session);
  }

  async removeSessions(hashes: readonly string[]): Promise<void> {
    this.writes += 1;
    for (const hash of hashes) this.#sessions.delete(hash);
  }

  async putToken(token: StoredToken): Promise<void> {
    this.writes += 1;
    this.#tokens.set(token.id, token);
  }

  async removeToken(id: string): Promise<void> {
    this.writes += 1;
    this.#tokens.delete(id);
  }

  async putUsedLink(link: UsedLink, now: number): Promise<void> {
    this.writes += 1;
    for (const [hash, { expiresAt }] of this.#usedLinks) if (expiresAt < now) this.#usedLinks.delete(hash);
    this.#usedLinks.set(link.hash, link);
  }
}
