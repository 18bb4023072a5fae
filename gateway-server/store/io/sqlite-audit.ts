import type { Clock } from '../../../runtime/clock.ts';
import type { AuditEntry, AuditLog } from '../../operator/audit.ts';
import { countFrom, textFrom } from './rows.ts';
import { type Row, reading, rowsOf, type SharedDatabase } from './shared-database.ts';

/** The audit log's part of the store; nothing is ever taken out of it. */
export function sqliteAudit({ database, writes }: SharedDatabase, clock: Clock): AuditLog {
  const note = database.prepare(
    'INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)',
  );
  const all = database.prepare('SELECT * FROM audit WHERE number < ? ORDER BY number DESC LIMIT ?');
  const about = database.prepare(
    'SELECT * FROM audit WHERE subject = ? AND number < ? ORDER BY number DESC LIMIT ?',
  );
  return {
    note: ({ actor, action, subject, detail }) =>
      writes.add(() => void note.run(clock.now(), actor, action, subject, detail)),
    entries: ({ before, most, subject }) => {
      const below = before ?? Number.MAX_SAFE_INTEGER;
      return reading(() =>
        (subject === null ? rowsOf(all, below, most) : rowsOf(about, subject, below, most)).map(entryOf),
      );
    },
  };
}

function entryOf(row: Row): AuditEntry {
  return {
    number: countFrom(row['number']),
    at: countFrom(row['at']),
    actor: textFrom(row['actor']),
    action: textFrom(row['action']),
    subject: textFrom(row['subject']),
    detail: textFrom(row['detail']),
  };
}
