import type { DatabaseSync } from 'node:sqlite';
import type { LineId } from '../../../protocol/line-id.ts';
import type { Message, NewMessage, Recording } from '../../subscriber/mailbox.ts';
import type { MessageCount, MessageStore } from '../../subscriber/message-store.ts';
import { countFrom, idFrom, textFrom } from './rows.ts';
import { type Row, reading, rowsOf, type SharedDatabase } from './shared-database.ts';

type Statements = ReturnType<typeof statementsOf>;

/** The messages' part of the store. */
export function sqliteMessages({ database, writes }: SharedDatabase): MessageStore {
  const statements = statementsOf(database);
  return {
    counts: () => reading(() => countsIn(statements)),
    recordings: () =>
      reading(() => new Set(rowsOf(statements.recordings).map(({ place }) => textFrom(place)))),
    keep: (message) => writes.add(() => keep(statements, message)),
    list: (line, { before, most }) =>
      reading(() => rowsOf(statements.list, line, before ?? Number.MAX_SAFE_INTEGER, most).map(messageOf)),
    get: (line, number) => reading(() => rowsOf(statements.get, line, number).map(messageOf)[0]),
    setRead: (line, number, at) => writes.add(() => statements.setRead.run(at, line, number).changes === 1),
    setDeleted: (line, number, at) =>
      writes.add(() => {
        const [changed] = rowsOf(statements.setDeleted, at, line, number);
        return changed && countOf(changed);
      }),
    purge: (until) => writes.add(() => rowsOf(statements.purge, until).map(messageOf)),
    erase: (line) => writes.add(() => rowsOf(statements.erase, line).map(messageOf)),
    makeWay: (line, mostBytes) => writes.add(() => makeWay(statements, line, mostBytes)),
  };
}

function statementsOf(database: DatabaseSync) {
  return {
    counts: database.prepare(`SELECT line, sum(deleted_at IS NULL) AS everything,
      sum(deleted_at IS NULL AND read_at IS NULL) AS unread, sum(iif(deleted_at IS NULL, bytes, 0)) AS bytes
      FROM message GROUP BY line
      UNION ALL SELECT line, 0, 0, 0 FROM standing WHERE messages > 0 AND line NOT IN (SELECT line FROM message)`),
    recordings: database.prepare(
      "SELECT line || '/' || recording AS place FROM message WHERE recording IS NOT NULL",
    ),
    keep: database.prepare(`INSERT INTO message (number, line, at, name, contact, words, recording, media_type, bytes)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    nextNumber: database.prepare(
      "UPDATE counter SET value = value + 1 WHERE name = 'message' RETURNING value",
    ),
    list: database.prepare(
      'SELECT * FROM message WHERE line = ? AND number < ? AND deleted_at IS NULL ORDER BY number DESC LIMIT ?',
    ),
    get: database.prepare('SELECT * FROM message WHERE line = ? AND number = ?'),
    setRead: database.prepare(`UPDATE message SET read_at = ?1
      WHERE line = ?2 AND number = ?3 AND deleted_at IS NULL AND (read_at IS NULL) = (?1 IS NOT NULL)`),
    setDeleted: database.prepare(`UPDATE message SET deleted_at = ?1
      WHERE line = ?2 AND number = ?3 AND (deleted_at IS NULL) = (?1 IS NOT NULL) RETURNING read_at, bytes`),
    purge: database.prepare('DELETE FROM message WHERE deleted_at <= ? RETURNING *'),
    deletedRecordings: database.prepare(`SELECT * FROM message
      WHERE line = ? AND deleted_at IS NOT NULL AND bytes > 0 ORDER BY deleted_at, number`),
    remove: database.prepare('DELETE FROM message WHERE number = ?'),
    erase: database.prepare('DELETE FROM message WHERE line = ? RETURNING *'),
  };
}

/** A number is never given twice: an old form must not mean a newer message. */
function keep(statements: Statements, message: NewMessage): number {
  const { line, at, name, contact, text, recording } = message;
  const { content = null, mediaType = null, bytes = 0 } = recording ?? {};
  const words = [line, at, name, contact, text] as const;
  const [next] = rowsOf(statements.nextNumber);
  const number = countFrom(next?.['value']);
  statements.keep.run(number, ...words, content, mediaType, bytes);
  return number;
}

function makeWay(statements: Statements, line: LineId, mostBytes: number): readonly Message[] {
  const deleted = rowsOf(statements.deletedRecordings, line).map(messageOf);
  let bytes = deleted.reduce((sum, { recording }) => sum + (recording?.bytes ?? 0), 0);
  return deleted.filter(({ number, recording }) => {
    if (bytes <= mostBytes) return false;
    bytes -= recording?.bytes ?? 0;
    statements.remove.run(number);
    return true;
  });
}

function countOf(row: Row): MessageCount {
  return { all: 1, unread: Number(row['read_at'] === null), bytes: countFrom(row['bytes']) };
}

function countsIn(statements: Statements): ReadonlyMap<LineId, MessageCount> {
  return new Map(
    rowsOf(statements.counts).map(({ line, everything, unread, bytes }) => [
      idFrom(line),
      { all: countFrom(everything), unread: countFrom(unread), bytes: countFrom(bytes) },
    ]),
  );
}

function messageOf(row: Row): Message {
  return {
    number: countFrom(row['number']),
    line: idFrom(row['line']),
    at: countFrom(row['at']),
    name: textFrom(row['name']),
    contact: textFrom(row['contact']),
    text: textFrom(row['words']),
    recording: recordingOf(row),
    readAt: row['read_at'] === null ? null : countFrom(row['read_at']),
    deletedAt: row['deleted_at'] === null ? null : countFrom(row['deleted_at']),
  };
}

function recordingOf({ recording, media_type, bytes }: Row): Recording | null {
  if (recording === null) return null;
  const mediaType = textFrom(media_type);
  const kind = mediaType.startsWith('video/') ? 'video' : 'voice';
  return { kind, content: textFrom(recording), mediaType, bytes: countFrom(bytes) };
}
