import type { MailStore, WaitingLetter } from '../../mail/mail-store.ts';
import type { Letter } from '../../mail/relay.ts';
import type { Row, SharedDatabase } from './shared-database.ts';

/** The mails of the outbox in the embedded store. */
export function sqliteMail({ database, writes }: SharedDatabase): MailStore {
  const statements = {
    due: database.prepare('SELECT id, next_at FROM mail ORDER BY next_at, id'),
    put: database.prepare('INSERT INTO mail (id, envelope, attempts, next_at) VALUES (?, ?, 0, ?)'),
    get: database.prepare('SELECT id, envelope, attempts FROM mail WHERE id = ?'),
    postpone: database.prepare('UPDATE mail SET attempts = ?, next_at = ? WHERE id = ?'),
    remove: database.prepare('DELETE FROM mail WHERE id = ?'),
  };
  return {
    due: () => new Map(statements.due.all().map((row) => [String(row['id']), Number(row['next_at'])])),
    put: ({ id, ...envelope }, nextAt, alongside) =>
      writes.add(() => {
        statements.put.run(id, JSON.stringify(envelope), nextAt);
        alongside();
      }),
    get: (id) => statements.get.all(id).map(waitingOf)[0],
    postpone: (id, attempts, nextAt) => writes.add(() => void statements.postpone.run(attempts, nextAt, id)),
    remove: (id) => writes.add(() => void statements.remove.run(id)),
  };
}

function waitingOf(row: Row): WaitingLetter {
  // written by `put` alone
  const envelope = JSON.parse(String(row['envelope'])) as Omit<Letter, 'id'>;
  return { letter: { ...envelope, id: String(row['id']) }, attempts: Number(row['attempts']) };
}
