import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { Account, Role } from './account.ts';

/** Which door: the two origins share nothing, and no account opens both. */
export type Door = 'portal' | 'console';

export interface Session {
  readonly account: Account;
  /** In every form that changes something, as `token`; bound to this session. */
  readonly formToken: string;
  readonly since: Instant;
  readonly previousLogOn: Instant | null;
}

export type LogIn =
  /** `cookie` is the session's secret, to be set by the caller. */
  | { readonly kind: 'in'; readonly cookie: string; readonly session: Session }
  | { readonly kind: 'wrong' }
  /** Decided before any hash is computed. */
  | { readonly kind: 'too-many'; readonly waitMs: number };

export type PasswordChange =
  | { readonly kind: 'changed' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too-weak'; readonly why: string }
  | { readonly kind: 'too-many'; readonly waitMs: number };

/** What a token may be used for; an owner's token has no operator's scope, and the other way round. */
export const OWNER_SCOPES = [
  'line:read',
  'line:write',
  'messages:read',
  'messages:write',
  'page:read',
  'page:write',
] as const;
export const OPERATOR_SCOPES = ['lines:read', 'lines:write', 'gateway:read', 'announce', 'webhooks'] as const;
export type Scope = (typeof OWNER_SCOPES)[number] | (typeof OPERATOR_SCOPES)[number];

const SCOPES_BY_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['lines:read', 'gateway:read'],
  keeper: ['lines:read', 'lines:write', 'gateway:read', 'announce'],
  admin: OPERATOR_SCOPES,
};

/** What tokens of the account may do at most. */
export function scopesOf(account: Account): readonly Scope[] {
  return account.kind === 'owner' ? OWNER_SCOPES : SCOPES_BY_ROLE[account.role];
}

/** A key for programs; the secret is told once and kept as SHA-256. */
export interface ApiToken {
  readonly id: string;
  readonly account: Account;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Instant;
  readonly usedAt: Instant | null;
  readonly expiresAt: Instant | null;
}

/** Lets people in by password or one-time link, and programs by token. Secrets are compared by their SHA-256 in constant time. */
export interface Doorkeeper {
  /** argon2id (OWASP: 19 MiB, t = 2, p = 1), throttled per log-in name and per address before any hash. */
  logIn(door: Door, login: string, password: string, neighbourhood: string): Promise<LogIn>;
  /** By a one-time link; the link is used up. A link for an account that has no password yet leads to choosing one. */
  enter(door: Door, token: string, neighbourhood: string): Promise<LogIn>;
  /** The session of a cookie; undefined when there is none, it has ended (12 h, 2 h without a request) or is for the other door. */
  session(door: Door, cookie: string): Session | undefined;
  /** The same for what a page asks by itself, with nobody there: it does not put off the end of an idle session. */
  look(door: Door, cookie: string): Session | undefined;
  logOut(door: Door, cookie: string): Promise<void>;
  /** `current` is null only for somebody who has no password yet or has just come by a link. Ends all other sessions. */
  changePassword(
    session: Session,
    current: string | null,
    next: string,
    keep: string,
  ): Promise<PasswordChange>;

  /** A one-time link's token for the owner (7 days). Costs no write: it travels in every `live` message (Figure 4, block 424). */
  ownerToken(line: LineId): string;
  /** A one-time link's token for an operator (1 day). */
  operatorToken(account: string): string;

  /** The owner's account of a line; made at first use. */
  ownerAccount(line: LineId): Promise<Account>;
  operators(): readonly Account[];
  addOperator(login: string, role: Role): Promise<Account | { readonly problem: string }>;
  changeRole(account: string, role: Role): Promise<boolean>;
  /** Sessions and tokens end with the account. */
  removeAccount(account: string): Promise<boolean>;

  issueToken(
    account: Account,
    wish: { readonly name: string; readonly scopes: readonly Scope[]; readonly expiresAt: Instant | null },
  ): Promise<{ readonly token: ApiToken; readonly secret: string } | { readonly problem: string }>;
  tokensOf(account: string): readonly ApiToken[];
  revokeToken(account: string, id: string): Promise<boolean>;
  /** The token of `Authorization: Bearer`; undefined when it is unknown, revoked or over. */
  tokenOf(door: Door, secret: string): ApiToken | undefined;
}
