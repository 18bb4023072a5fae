import type { DatabaseSync } from 'node:sqlite';
import type { LineId } from '../../../protocol/line-id.ts';
import type { MailAddress } from '../../mail/mail-address.ts';
import type { KeptWaiter, WaiterStore } from '../../subscriber/waiter-store.ts';
import type { Row, SharedDatabase } from './shared-database.ts';
import { unavailable } from './sqlite-failure.ts';

/** Who waits for a line, in the embedded store. */
export function sqliteWaiters({ database, writes }: SharedDatabase): WaiterStore {
  const statements = statementsOf(database);
  return {
    byToken: (hash) => readNow(() => statements.byToken.all(hash)).map(waiterOf)[0],
    confirmedOf: (line) => statements.confirmedOf.all(line).map(waiterOf),
    awaitedLines: () => statements.awaitedLines.all().map(({ line }) => lineFrom(line)),
    count: (line) => {
      const row = readNow(() => statements.count.get(line));
      return { all: Number(row?.['all_of_them']), confirmed: Number(row?.['confirmed']) };
    },
    putting:
      ({ id, line, email, tokenHash, askedAt, confirmedAt }) =>
      () =>
        void statements.put.run(id, line, email, tokenHash, askedAt, confirmedAt),
    removing: (id) => () => void statements.remove.run(id),
    confirm: (id, at) => writes.add(() => void statements.confirm.run(at, id)),
    remove: (id) => writes.add(() => void statements.remove.run(id)),
    removeUnconfirmed: (before) => writes.add(() => Number(statements.removeUnconfirmed.run(before).changes)),
  };
}

function statementsOf(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    byToken: prepare('SELECT * FROM waiter WHERE token_hash = ?'),
    confirmedOf: prepare(
      'SELECT * FROM waiter WHERE line = ? AND confirmed_at IS NOT NULL ORDER BY asked_at',
    ),
    awaitedLines: prepare('SELECT DISTINCT line FROM waiter WHERE confirmed_at IS NOT NULL'),
    count: prepare(
      'SELECT count(*) AS all_of_them, count(confirmed_at) AS confirmed FROM waiter WHERE line = ?',
    ),
    put: prepare(`INSERT INTO waiter (id, line, email, token_hash, asked_at, confirmed_at)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash,
      asked_at = excluded.asked_at`),
    remove: prepare('DELETE FROM waiter WHERE id = ?'),
    confirm: prepare('UPDATE waiter SET confirmed_at = ? WHERE id = ?'),
    removeUnconfirmed: prepare('DELETE FROM waiter WHERE confirmed_at IS NULL AND asked_at < ?'),
  };
}

function waiterOf(row: Row): KeptWaiter {
  return {
    id: String(row['id']),
    line: lineFrom(row['line']),
    // written by `putting` alone, after it was parsed
    email: String(row['email']) as MailAddress,
    tokenHash: String(row['token_hash']),
    askedAt: Number(row['asked_at']),
    confirmedAt: row['confirmed_at'] === null ? null : Number(row['confirmed_at']),
  };
}

function readNow<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unavailable(error);
  }
}

function lineFrom(value: unknown): LineId {
  // the column refers to a line's id, which was parsed when it was written
  return String(value) as LineId;
}
