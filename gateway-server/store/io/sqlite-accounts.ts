import type { DatabaseSync } from 'node:sqlite';
import { type Account, ROLES } from '../../web/account.ts';
import type { AccountStore, StoredSession, StoredToken } from '../../web/account-store.ts';
import { OPERATOR_SCOPES, OWNER_SCOPES, type Scope } from '../../web/doorkeeper.ts';
import { countFrom, DamagedRow, idFrom, textFrom } from './rows.ts';
import { type Row, reading, rowsOf, type SharedDatabase } from './shared-database.ts';

/** The part of the store for accounts, sessions, links and tokens. */
export function sqliteAccounts({ database, writes }: SharedDatabase): AccountStore {
  const statements = statementsOf(database);
  return {
    load: () =>
      reading(() => ({
        accounts: rowsOf(statements.accounts).map(accountOf),
        sessions: rowsOf(statements.sessions).map(sessionOf),
        tokens: rowsOf(statements.tokens).map(tokenOf),
        usedLinks: rowsOf(statements.usedLinks).map(({ hash, expires_at }) => ({
          hash: textFrom(hash),
          expiresAt: countFrom(expires_at),
        })),
      })),
    putAccount: (account) => writes.add(() => void statements.putAccount.run(...accountColumns(account))),
    removeAccount: (id) => writes.add(() => void statements.removeAccount.run(id)),
    putSession: ({ hash, account, since, seenAt, previousLogOn }) =>
      writes.add(() => void statements.putSession.run(hash, account, since, seenAt, previousLogOn)),
    removeSessions: (hashes) =>
      writes.add(() => {
        for (const hash of hashes) statements.removeSession.run(hash);
      }),
    putToken: ({ id, account, hash, name, scopes, createdAt, usedAt, expiresAt }) =>
      writes.add(
        () =>
          void statements.putToken.run(
            ...[id, account, hash, name, JSON.stringify(scopes), createdAt, usedAt, expiresAt],
          ),
      ),
    removeToken: (id) => writes.add(() => void statements.removeToken.run(id)),
    putUsedLink: ({ hash, expiresAt }, now) =>
      writes.add(() => {
        statements.forgetLinks.run(now);
        statements.putUsedLink.run(hash, expiresAt);
      }),
  };
}

function statementsOf(database: DatabaseSync) {
  return {
    accounts: database.prepare('SELECT * FROM account'),
    sessions: database.prepare('SELECT * FROM session'),
    tokens: database.prepare('SELECT * FROM api_token ORDER BY created_at'),
    usedLinks: database.prepare('SELECT * FROM used_link'),
    putAccount:
      database.prepare(`INSERT INTO account VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
      role = excluded.role, password_hash = excluded.password_hash`),
    removeAccount: database.prepare('DELETE FROM account WHERE id = ?'),
    putSession: database.prepare(`INSERT INTO session VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (hash) DO UPDATE SET seen_at = excluded.seen_at`),
    removeSession: database.prepare('DELETE FROM session WHERE hash = ?'),
    putToken: database.prepare(`INSERT INTO api_token VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at`),
    removeToken: database.prepare('DELETE FROM api_token WHERE id = ?'),
    putUsedLink: database.prepare('INSERT OR IGNORE INTO used_link VALUES (?, ?)'),
    forgetLinks: database.prepare('DELETE FROM used_link WHERE expires_at < ?'),
  };
}

function accountColumns(account: Account): (string | number | null)[] {
  const { kind, id, login, passwordHash, createdAt } = account;
  const [line, role] = kind === 'owner' ? [account.line, null] : [null, account.role];
  return [id, kind, login, line, role, passwordHash, createdAt];
}

function accountOf(row: Row): Account {
  const common = {
    id: textFrom(row['id']),
    login: textFrom(row['login']),
    passwordHash: row['password_hash'] === null ? null : textFrom(row['password_hash']),
    createdAt: countFrom(row['created_at']),
  };
  if (row['kind'] === 'owner') return { ...common, kind: 'owner', line: idFrom(row['line']) };
  const role = ROLES.find((one) => one === row['role']);
  if (!role) throw new DamagedRow(`no role: ${String(row['role'])}`);
  return { ...common, kind: 'operator', role };
}

function sessionOf(row: Row): StoredSession {
  return {
    hash: textFrom(row['hash']),
    account: textFrom(row['account']),
    since: countFrom(row['since']),
    seenAt: countFrom(row['seen_at']),
    previousLogOn: row['previous_log_on'] === null ? null : countFrom(row['previous_log_on']),
  };
}

function tokenOf(row: Row): StoredToken {
  return {
    id: textFrom(row['id']),
    account: textFrom(row['account']),
    hash: textFrom(row['hash']),
    name: textFrom(row['name']),
    scopes: scopesFrom(row['scopes']),
    createdAt: countFrom(row['created_at']),
    usedAt: row['used_at'] === null ? null : countFrom(row['used_at']),
    expiresAt: row['expires_at'] === null ? null : countFrom(row['expires_at']),
  };
}

function scopesFrom(found: unknown): Scope[] {
  const names: unknown = JSON.parse(textFrom(found));
  if (!Array.isArray(names)) throw new DamagedRow('no scopes');
  return [...OWNER_SCOPES, ...OPERATOR_SCOPES].filter((scope) => names.includes(scope));
}
