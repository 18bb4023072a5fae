import type { Instant } from '../../runtime/clock.ts';
import type { Account } from './account.ts';
import type { Scope } from './doorkeeper.ts';

export interface StoredSession {
  /** SHA-256 of the cookie, hexadecimal. */
  readonly hash: string;
  readonly account: string;
  readonly since: Instant;
  readonly seenAt: Instant;
  readonly previousLogOn: Instant | null;
}

export interface StoredToken {
  readonly id: string;
  readonly account: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly hash: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Instant;
  readonly usedAt: Instant | null;
  readonly expiresAt: Instant | null;
}

export interface UsedLink {
  readonly hash: string;
  readonly expiresAt: Instant;
}

/** Accounts and what hangs on them; every promise of a change resolves when it is on disk. */
export interface AccountStore {
  load(): Promise<{
    readonly accounts: readonly Account[];
    readonly sessions: readonly StoredSession[];
    readonly tokens: readonly StoredToken[];
    readonly usedLinks: readonly UsedLink[];
  }>;
  putAccount(account: Account): Promise<void>;
  /** Its sessions and tokens go with it. */
  removeAccount(id: string): Promise<void>;
  putSession(session: StoredSession): Promise<void>;
  removeSessions(hashes: readonly string[]): Promise<void>;
  putToken(token: StoredToken): Promise<void>;
  removeToken(id: string): Promise<void>;
  /** Links that are over by `now` are forgotten on the way. */
  putUsedLink(link: UsedLink, now: Instant): Promise<void>;
}
