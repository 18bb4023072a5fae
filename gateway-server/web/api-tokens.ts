import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { hashOfSecret } from '../line/secret.ts';
import type { Account } from './account.ts';
import type { AccountStore, StoredToken } from './account-store.ts';
import { type ApiToken, type Scope, scopesOf } from './doorkeeper.ts';
import type { Random } from './one-time-link.ts';

interface Parts {
  readonly store: Pick<AccountStore, 'putToken' | 'removeToken'>;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: Logger;
}

type Issued = { readonly token: ApiToken; readonly secret: string } | { readonly problem: string };

const PREFIX = 'pl_';
const SECRET_BYTES = 32;
const ID_BYTES = 9;
const MOST_PER_ACCOUNT = 20;
const LONGEST_NAME = 80;
const USED_EVERY_MS = 60_000;

/** Keys for programs, found by the SHA-256 of their secret: what is looked up tells nothing by the time it takes. */
export class ApiTokens {
  readonly #parts: Parts;
  readonly #byHash: Map<string, StoredToken>;
  readonly #accountOf: (id: string) => Account | undefined;

  constructor(parts: Parts, stored: readonly StoredToken[], accountOf: (id: string) => Account | undefined) {
    this.#parts = parts;
    this.#byHash = new Map(stored.map((token) => [token.hash, token]));
    this.#accountOf = accountOf;
  }

  async issue(
    account: Account,
    { name, scopes, expiresAt }: Pick<ApiToken, 'name' | 'scopes' | 'expiresAt'>,
  ): Promise<Issued> {
    const { random, clock, store } = this.#parts;
    const problem = this.#problemWith(account, name.trim(), scopes, expiresAt);
    if (problem) return { problem };
    const secret = `${PREFIX}${text(random(SECRET_BYTES))}`;
    const stored: StoredToken = {
      id: text(random(ID_BYTES)),
      account: account.id,
      hash: hashOfSecret(secret),
      name: name.trim(),
      scopes: [...new Set(scopes)],
      createdAt: clock.now(),
      usedAt: null,
      expiresAt,
    };
    await store.putToken(stored);
    this.#byHash.set(stored.hash, stored);
    return { token: tokenOf(stored, account), secret };
  }

  of(account: string): readonly ApiToken[] {
    return [...this.#byHash.values()].flatMap((token) => {
      const owner = token.account === account ? this.#accountOf(account) : undefined;
      return owner ? [tokenOf(token, owner)] : [];
    });
  }

  async revoke(account: string, id: string): Promise<boolean> {
    const token = [...this.#byHash.values()].find((one) => one.id === id && one.account === account);
    if (!token) return false;
    this.#byHash.delete(token.hash);
    await this.#parts.store.removeToken(id);
    return true;
  }

  by(secret: string): ApiToken | undefined {
    const { clock } = this.#parts;
    const token = secret.startsWith(PREFIX) ? this.#byHash.get(hashOfSecret(secret)) : undefined;
    const account = token && this.#accountOf(token.account);
    if (!token || !account || (token.expiresAt !== null && token.expiresAt <= clock.now())) return undefined;
    this.#noteUse(token);
    return tokenOf(token, account);
  }

  /** The store has removed them with their account. */
  forget(account: string): void {
    for (const [hash, token] of this.#byHash) if (token.account === account) this.#byHash.delete(hash);
  }

  #noteUse(token: StoredToken): void {
    const { clock, store, log } = this.#parts;
    const now = clock.now();
    if (token.usedAt !== null && now - token.usedAt < USED_EVERY_MS) return;
    const used = { ...token, usedAt: now };
    this.#byHash.set(token.hash, used);
    store.putToken(used).catch((error) => log.warn('use of a token not written', { reason: String(error) }));
  }

  #problemWith(
    account: Account,
    name: string,
    scopes: readonly Scope[],
    expiresAt: number | null,
  ): string | null {
    const its = scopesOf(account);
    if (name === '' || name.length > LONGEST_NAME)
      return `give the token a name of 1 to ${LONGEST_NAME} characters`;
    if (scopes.length === 0) return 'choose at least one thing that the token may do';
    if (scopes.some((scope) => !its.includes(scope))) return `this account may give: ${its.join(', ')}`;
    if (expiresAt !== null && expiresAt <= this.#parts.clock.now()) return 'its last day lies in the past';
    if (this.of(account.id).length >= MOST_PER_ACCOUNT)
      return `${MOST_PER_ACCOUNT} tokens are the most; revoke one first`;
    return null;
  }
}

/** Without the hash; an operator whose role has shrunk has tokens that have shrunk with it. */
function tokenOf(
  { id, name, scopes, createdAt, usedAt, expiresAt }: StoredToken,
  account: Account,
): ApiToken {
  const its = scopesOf(account);
  return {
    id,
    account,
    name,
    scopes: scopes.filter((one) => its.includes(one)),
    createdAt,
    usedAt,
    expiresAt,
  };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
