import { createHmac } from 'node:crypto';
import { type LineId, parseLineId } from '../../protocol/line-id.ts';
import type { Clock, Elapsed, Instant } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { hashOfSecret } from '../line/secret.ts';
import type { Account, Role } from './account.ts';
import type { AccountStore, StoredSession, UsedLink } from './account-store.ts';
import { ApiTokens } from './api-tokens.ts';
import type { ApiToken, Door, Doorkeeper, LogIn, PasswordChange, Session } from './doorkeeper.ts';
import { LogInThrottle } from './log-in-throttle.ts';
import { OneTimeLinks, type Random } from './one-time-link.ts';
import { NOBODYS_HASH, type PasswordHasher, passwordProblem } from './password.ts';
import { SessionBook } from './sessions.ts';

interface Parts {
  readonly store: AccountStore;
  readonly hasher: PasswordHasher;
  /** Signs links and form tokens; must survive restarts. */
  readonly key: Uint8Array;
  readonly random: Random;
  /** Whether a line is there and not suspended. */
  readonly isWelcome: (line: LineId) => boolean;
  /** When the line was set up; undefined when there is none. */
  readonly setUpAt: (line: LineId) => Instant | undefined;
  /** The line whose id or name somebody types to log in. */
  readonly lineCalled: (text: string) => LineId | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

type Loaded = Awaited<ReturnType<AccountStore['load']>>;

const COOKIE_BYTES = 32;
const ID_BYTES = 12;
const OWNER_LINK_MS = 7 * 86_400_000;
const OPERATOR_LINK_MS = 86_400_000;
const CHOICE_AFTER_LINK_MS = 3_600_000;
const LOGIN = /^[a-z0-9][a-z0-9._-]{1,31}$/;

/** Lets people and programs in; accounts, sessions and tokens are in memory and in the store. */
export class KeptDoorkeeper implements Doorkeeper {
  readonly #parts: Parts;
  readonly #accounts: Map<string, Account>;
  readonly #sessions: SessionBook;
  readonly #tokens: ApiTokens;
  readonly #links: OneTimeLinks;
  readonly #usedLinks: Map<string, UsedLink>;
  readonly #throttle: LogInThrottle;
  /** When sessions began with a link: for a while they may choose a password without knowing the old one. */
  readonly #byLink = new Map<string, Elapsed>();

  private constructor(parts: Parts, { accounts, sessions, tokens, usedLinks }: Loaded) {
    this.#parts = parts;
    this.#accounts = new Map(accounts.map((account) => [account.id, account]));
    this.#sessions = new SessionBook(parts, sessions);
    this.#tokens = new ApiTokens(parts, tokens, (id) => this.#welcome(id));
    this.#links = new OneTimeLinks(parts.key, parts.random, parts.clock, (door, subject) =>
      this.#incarnationOf(door, subject),
    );
    this.#usedLinks = new Map(usedLinks.map((link) => [link.hash, link]));
    this.#throttle = new LogInThrottle(parts.clock);
  }

  static async open(parts: Parts): Promise<KeptDoorkeeper> {
    return new KeptDoorkeeper(parts, await parts.store.load());
  }

  async logIn(door: Door, login: string, password: string, neighbourhood: string): Promise<LogIn> {
    const account = this.#accountCalled(door, login);
    const name = nameOf(door, account?.id ?? login.trim().toLowerCase().slice(0, 64));
    const attempt = { name, neighbourhood };
    // counted before anything costly is done
    const waitMs = this.#throttle.begin(attempt);
    if (waitMs > 0) return { kind: 'too-many', waitMs };
    // computed for nobody too, so that the time taken does not tell which accounts exist
    const hash = account?.passwordHash ?? NOBODYS_HASH;
    const isRight = await this.#parts.hasher.matches(hash, password);
    if (isRight === undefined) {
      this.#throttle.forgive(attempt);
      return { kind: 'too-many', waitMs: 5_000 };
    }
    if (!isRight || !account?.passwordHash || !this.#isStill(account)) {
      this.#parts.log.info('log-in refused', { door, login: account?.login ?? null, neighbourhood });
      return { kind: 'wrong' };
    }
    const outcome = await this.#letIn(door, account, false);
    if (outcome.kind !== 'in') return outcome;
    this.#throttle.forgive(attempt);
    this.#throttle.remember(name, neighbourhood);
    await this.#strengthen(account, hash, password);
    return outcome;
  }

  async enter(door: Door, token: string, neighbourhood: string): Promise<LogIn> {
    const waitMs = this.#throttle.begin({ name: null, neighbourhood });
    if (waitMs > 0) return { kind: 'too-many', waitMs };
    const link = this.#links.read(token);
    if (!link || link.door !== door || this.#usedLinks.has(link.id)) return { kind: 'wrong' };
    const used = { hash: link.id, expiresAt: link.expiresAt };
    this.#forgetOldLinks();
    // taken before anything is waited for: of two that come at once, only one enters
    this.#usedLinks.set(link.id, used);
    try {
      const account = await this.#accountOf(door, link.subject);
      if (!account || !this.#welcome(account.id)) return { kind: 'wrong' };
      await this.#parts.store.putUsedLink(used, this.#parts.clock.now());
      this.#throttle.forgive({ name: null, neighbourhood });
      this.#throttle.remember(nameOf(door, account.id), neighbourhood);
      return await this.#letIn(door, account, true);
    } catch (error) {
      // nobody came in by it
      this.#usedLinks.delete(link.id);
      throw error;
    }
  }

  session(door: Door, cookie: string): Session | undefined {
    return this.#opening(door, this.#sessions.seen(hashOfSecret(cookie)));
  }

  look(door: Door, cookie: string): Session | undefined {
    return this.#opening(door, this.#sessions.look(hashOfSecret(cookie)));
  }

  async logOut(door: Door, cookie: string): Promise<void> {
    if (!this.session(door, cookie)) return;
    const hash = hashOfSecret(cookie);
    this.#byLink.delete(hash);
    await this.#sessions.end([hash]);
  }

  async changePassword(
    { account }: Session,
    current: string | null,
    next: string,
    keep: string,
  ): Promise<PasswordChange> {
    const { hasher, log } = this.#parts;
    const known = this.#accounts.get(account.id);
    if (!known) return { kind: 'wrong' };
    const waitMs = this.#throttle.begin({ name: null, neighbourhood: `password ${account.id}` });
    if (waitMs > 0) return { kind: 'too-many', waitMs };
    const kept = hashOfSecret(keep);
    const isFree = known.passwordHash === null || this.#cameByLink(kept);
    const isProved =
      isFree || (current !== null && (await hasher.matches(known.passwordHash ?? '', current)) === true);
    if (!isProved) return { kind: 'wrong' };
    const why = passwordProblem(next, account.login);
    if (why !== null) return { kind: 'too-weak', why };
    const passwordHash = await hasher.hash(next);
    if (passwordHash === undefined) return { kind: 'too-many', waitMs: 5_000 };
    if (!this.#isStill(known) || !this.#sessions.look(kept)) return { kind: 'wrong' };
    if (!(await this.#change(account.id, { passwordHash }))) return { kind: 'wrong' };
    this.#byLink.delete(kept);
    await this.#sessions.endOthers(account.id, kept);
    log.info('password changed', { login: account.login });
    return { kind: 'changed' };
  }

  ownerToken(line: LineId): string {
    return this.#links.mint('portal', line, OWNER_LINK_MS);
  }

  operatorToken(account: string): string {
    return this.#links.mint('console', account, OPERATOR_LINK_MS);
  }

  async ownerAccount(line: LineId): Promise<Account> {
    const id = ownerId(line);
    const known = this.#accounts.get(id);
    if (known) return known;
    const createdAt = this.#parts.clock.now();
    const account: Account = { kind: 'owner', id, login: line, line, passwordHash: null, createdAt };
    await this.#parts.store.putAccount(account);
    this.#accounts.set(id, account);
    return account;
  }

  operators(): readonly Account[] {
    return [...this.#accounts.values()].filter(({ kind }) => kind === 'operator');
  }

  async addOperator(login: string, role: Role): Promise<Account | { readonly problem: string }> {
    if (!LOGIN.test(login))
      return { problem: `"${login}" is no log-in name: give 2 to 32 letters, digits, dots or hyphens` };
    if (this.operators().some((account) => account.login === login))
      return { problem: `there is an account "${login}" already` };
    const { store, clock } = this.#parts;
    const account: Account = {
      ...{ kind: 'operator', id: this.#newId(), login, role },
      ...{ passwordHash: null, createdAt: clock.now() },
    };
    await store.putAccount(account);
    this.#accounts.set(account.id, account);
    return account;
  }

  async changeRole(id: string, role: Role): Promise<boolean> {
    return this.#accounts.get(id)?.kind === 'operator' && this.#change(id, { role });
  }

  async removeAccount(id: string): Promise<boolean> {
    if (!this.#accounts.has(id)) return false;
    this.#accounts.delete(id);
    this.#tokens.forget(id);
    await Promise.all([this.#sessions.endOthers(id, null), this.#parts.store.removeAccount(id)]);
    return true;
  }

  issueToken(account: Account, wish: Pick<ApiToken, 'name' | 'scopes' | 'expiresAt'>) {
    return this.#tokens.issue(account, wish);
  }

  tokensOf(account: string): readonly ApiToken[] {
    return this.#tokens.of(account);
  }

  revokeToken(account: string, id: string): Promise<boolean> {
    return this.#tokens.revoke(account, id);
  }

  tokenOf(door: Door, secret: string): ApiToken | undefined {
    const token = this.#tokens.by(secret);
    return token && doorOf(token.account) === door ? token : undefined;
  }

  /** The store has removed what belongs to the line with it. */
  async forget(line: LineId): Promise<void> {
    const id = ownerId(line);
    this.#accounts.delete(id);
    this.#tokens.forget(id);
    await this.#sessions.endOthers(id, null);
  }

  async #letIn(door: Door, account: Account, isByLink: boolean): Promise<LogIn> {
    const cookie = Buffer.from(this.#parts.random(COOKIE_BYTES)).toString('base64url');
    const hash = hashOfSecret(cookie);
    const stored = await this.#sessions.add(hash, account.id);
    if (!this.#isStill(account)) {
      await this.#sessions.end([hash]);
      return { kind: 'wrong' };
    }
    if (isByLink) this.#byLink.set(hash, this.#parts.clock.elapsed());
    this.#parts.log.info('logged in', { door, login: account.login, by: isByLink ? 'link' : 'password' });
    return { kind: 'in', cookie, session: this.#sessionOf(stored, account) };
  }

  /** Undefined for a session that does not open the door, or not any more. */
  #opening(door: Door, stored: StoredSession | undefined): Session | undefined {
    const account = stored && this.#welcome(stored.account);
    return account && doorOf(account) === door ? this.#sessionOf(stored, account) : undefined;
  }

  #sessionOf({ hash, since, previousLogOn }: StoredSession, account: Account): Session {
    const formToken = createHmac('sha256', this.#parts.key).update('form\0').update(hash).digest('base64url');
    return { account, formToken, since, previousLogOn };
  }

  /** False when the account was removed, suspended or given another password while something was waited for. */
  #isStill({ id, passwordHash, createdAt }: Account): boolean {
    const now = this.#welcome(id);
    return now?.passwordHash === passwordHash && now.createdAt === createdAt;
  }

  /** A hash from a time when less was asked for is made anew while the password is at hand. */
  async #strengthen({ id, login }: Account, weak: string, password: string): Promise<void> {
    const { hasher, log } = this.#parts;
    if (!hasher.isWeak(weak)) return;
    try {
      const passwordHash = await hasher.hash(password);
      if (passwordHash === undefined || this.#accounts.get(id)?.passwordHash !== weak) return;
      await this.#change(id, { passwordHash });
    } catch (error) {
      log.warn('password not hashed anew', { login, reason: String(error) });
    }
  }

  /** The account, when it is there and its line may be served. */
  #welcome(id: string): Account | undefined {
    const account = this.#accounts.get(id);
    const isWelcome = account?.kind !== 'owner' || this.#parts.isWelcome(account.line);
    return isWelcome ? account : undefined;
  }

  /** A line's id can be given to another subscriber; an operator's account never gets another one's. */
  #incarnationOf(door: Door, subject: string): string | undefined {
    const line = door === 'portal' ? parseLineId(subject) : undefined;
    const setUpAt = line && this.#parts.setUpAt(line);
    return setUpAt === undefined ? undefined : String(setUpAt);
  }

  #accountCalled(door: Door, login: string): Account | undefined {
    const text = login.trim().toLowerCase();
    if (door === 'console') return this.operators().find((account) => account.login === text);
    const line = this.#parts.lineCalled(text);
    return line && this.#accounts.get(ownerId(line));
  }

  async #accountOf(door: Door, subject: string): Promise<Account | undefined> {
    if (door === 'console') return this.#accounts.get(subject);
    const line = this.#parts.lineCalled(subject);
    return line && this.ownerAccount(line);
  }

  #cameByLink(hash: string): boolean {
    const at = this.#byLink.get(hash);
    return at !== undefined && this.#parts.clock.elapsed() - at < CHOICE_AFTER_LINK_MS;
  }

  #forgetOldLinks(): void {
    const now = this.#parts.clock.now();
    for (const hash of this.#byLink.keys()) if (!this.#cameByLink(hash)) this.#byLink.delete(hash);
    for (const [id, { expiresAt }] of this.#usedLinks) if (expiresAt < now) this.#usedLinks.delete(id);
  }

  /** Made of what the account is now, however long the news took; false when it is gone. */
  async #change(
    id: string,
    news: { readonly passwordHash: string } | { readonly role: Role },
  ): Promise<boolean> {
    const before = this.#accounts.get(id);
    if (!before) return false;
    const changed = { ...before, ...news };
    this.#accounts.set(id, changed);
    try {
      await this.#parts.store.putAccount(changed);
      return true;
    } catch (error) {
      if (this.#accounts.get(id) === changed) this.#accounts.set(id, before);
      throw error;
    }
  }

  #newId(): string {
    return Buffer.from(this.#parts.random(ID_BYTES)).toString('base64url');
  }
}

function doorOf({ kind }: Account): Door {
  return kind === 'owner' ? 'portal' : 'console';
}

/** Under which tries are counted. */
function nameOf(door: Door, account: string): string {
  return `${door} ${account}`;
}

function ownerId(line: LineId): string {
  return `line:${line}`;
}
