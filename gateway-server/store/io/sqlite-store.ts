import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LineId } from '../../../protocol/line-id.ts';
import type { Announcement } from '../../../protocol/message.ts';
import { type Clock, systemClock } from '../../../runtime/clock.ts';
import type { Line } from '../../line/line.ts';
import type { Standing } from '../../line/standing.ts';
import type { HistoryEntry, Store, StoredState } from '../store.ts';
import { type BatchJournal, batchJournalIn } from './batch-journal.ts';
import { openDatabaseFile, usable } from './database-file.ts';
import { Folding, PUT_STANDING } from './folding.ts';
import { countFrom, type Found, lineColumns, lineOf, standingColumns, standingOf, textFrom } from './rows.ts';
import { reading, type SharedDatabase } from './shared-database.ts';
import { type Change, WaitingUpdates } from './waiting-updates.ts';
import { inTransaction, WriteGroup } from './write-group.ts';

const HISTORY_KEPT = 200;
const FIRST_SERIAL = 1;

type Statements = ReturnType<typeof statementsOf>;

/** The embedded store, and the connection for its other parts; whoever closes the store closes both. */
export interface GatewayDatabase extends SharedDatabase {
  readonly store: Store;
}

/** Opens the embedded store: SQLite in one file that only the gateway's user can read; makes it when it is not there. */
export function openSqliteStore(path: string, clock: Clock = systemClock): Store {
  return openGatewayDatabase(path, clock).store;
}

export function openGatewayDatabase(path: string, clock: Clock = systemClock): GatewayDatabase {
  const database = openDatabaseFile(path);
  const writes = new WriteGroup(database, clock);
  const journal = batchJournalIn(database);
  const stop = new AbortController();
  const parts = () => {
    const onFolded = () => journal.forgetOld();
    const folding = new Folding(database, { writes, clock, signal: stop.signal, onFolded });
    // what is left may be tens of thousands of lines: one flush to disk for all of them
    if (folding.isBehind()) inTransaction(database, () => folding.finish());
    const waiting = new WaitingUpdates(database);
    waiting.read();
    return { database, writes, statements: statementsOf(database), journal, folding, waiting, stop };
  };
  return { database, writes, store: storeOver(usable(database, path, parts)) };
}

interface Parts {
  readonly database: DatabaseSync;
  readonly writes: WriteGroup;
  readonly statements: Statements;
  readonly journal: BatchJournal;
  readonly folding: Folding;
  readonly waiting: WaitingUpdates;
  readonly stop: AbortController;
}

function statementsOf(database: DatabaseSync) {
  const marks = (columns: number) => new Array(columns).fill('?').join(', ');
  return {
    // upserts and not REPLACEs, which would delete the line and all that hangs on it
    putLine: database.prepare(`INSERT INTO line VALUES (${marks(8)}) ON CONFLICT (id) DO UPDATE SET
      secret_hash = excluded.secret_hash, domain = excluded.domain, names = excluded.names, suspended = excluded.suspended,
      words = excluded.words, tells_since = excluded.tells_since, created_at = excluded.created_at`),
    removeLine: database.prepare('DELETE FROM line WHERE id = ?'),
    addStanding: database.prepare(`INSERT OR IGNORE INTO standing VALUES (${marks(15)})`),
    putStanding: database.prepare(PUT_STANDING),
    clearAnnouncements: database.prepare('DELETE FROM announcement'),
    putAnnouncement: database.prepare('INSERT INTO announcement (id, at, words) VALUES (?, ?, ?)'),
    // what is noted of a line that is gone would one day be told of another line with its id
    putHistory: database.prepare(`INSERT INTO history (line, at, event, detail)
      SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM line WHERE id = ?1)`),
    removeHistory: database.prepare('DELETE FROM history WHERE line = ?'),
    forgetHistory: database.prepare(
      'DELETE FROM history WHERE line = ? AND number <= (SELECT number FROM history WHERE line = ? ORDER BY number DESC LIMIT 1 OFFSET ?)',
    ),
    historyOf: database.prepare('SELECT at, event, detail FROM history WHERE line = ? ORDER BY number'),
  };
}

function storeOver(parts: Parts): Store {
  const { database, writes, statements, journal, folding, waiting, stop } = parts;
  const changed = (change: Change) => writes.add(() => change.write(), change);
  const putLines = (lines: readonly (readonly [Line, Standing])[]) => {
    for (const [line, standing] of lines) {
      statements.putLine.run(...lineColumns(line));
      const columns = standingColumns(line.id, standing);
      const { changes } = statements.putStanding.run(...columns);
      if (changes === 0) statements.addStanding.run(...columns);
    }
  };
  return {
    load: async () => {
      if (await reading(() => folding.isBehind())) await writes.add(() => folding.finish());
      return reading(() => loadAll(database, journal, waiting));
    },
    serial: () => reading(() => journal.serial() ?? FIRST_SERIAL),
    putLine: (line, standing) => writes.add(() => putLines([[line, standing]])),
    putLines: (lines) => writes.add(() => putLines(lines)),
    removeLine: (line) => writes.add(() => removeLine(statements, line)),
    putStandings: (standings) => writes.add(() => putStandings(statements, standings)),
    putUpdates: (updates) => changed(waiting.put(updates)),
    dropUpdate: (line) => changed(waiting.drop(line)),
    commitBatch: async (batch) => {
      const taken = waiting.take(batch.updates);
      await changed({ ...taken, write: () => journal.append(batch, taken) });
      folding.begin();
    },
    putAnnouncements: (announcements) => writes.add(() => putAnnouncements(statements, announcements)),
    putHistory: (entries) => writes.add(() => putHistory(statements, entries)),
    historyOf: (line) =>
      reading(() => rowsOf(statements.historyOf, line).map((row) => historyEntryOf(line, row))),
    close: async () => {
      stop.abort();
      await writes.close();
      if (database.isOpen) database.close();
    },
  };
}

function loadAll(database: DatabaseSync, journal: BatchJournal, waiting: WaitingUpdates): StoredState {
  const all = (sql: string) => rowsOf(database.prepare(sql));
  const [last] = all('SELECT number, serial, at, size, fingerprint FROM batch ORDER BY number DESC LIMIT 1');
  const [number, serial, at, size] = (last ?? [0, FIRST_SERIAL, 0, 0]).slice(0, 4).map(countFrom);
  const fingerprint = last?.[4] ?? null;
  const lastBatch = { serial: serial ?? FIRST_SERIAL, at: at ?? 0, size: size ?? 0 };
  return {
    lines: all('SELECT * FROM line ORDER BY id').map(lineOf),
    standings: new Map(all('SELECT * FROM standing').map(standingOf)),
    pending: waiting.read(),
    serial: lastBatch.serial,
    announcements: all('SELECT id, at, words FROM announcement ORDER BY position').map(announcementOf),
    batchCount: number ?? 0,
    lastBatch: last ? lastBatch : null,
    fingerprint: fingerprint === null ? null : textFrom(fingerprint),
    journal: journal.history(),
  };
}

/** Rows as arrays: they are read twice as fast as rows as objects. */
function rowsOf(statement: StatementSync, ...parameters: readonly string[]): readonly Found[] {
  statement.setReturnArrays(true);
  return statement.all(...parameters) as unknown as Found[];
}

/** Standing and messages go with the line; its pending update stays, for it may be the one that takes its names away. */
function removeLine(statements: Statements, line: LineId): void {
  statements.removeLine.run(line);
  statements.removeHistory.run(line);
}

function putStandings(statements: Statements, standings: ReadonlyMap<LineId, Standing>): void {
  for (const [line, standing] of standings) {
    statements.putStanding.run(...standingColumns(line, standing));
  }
}

function putAnnouncements(statements: Statements, announcements: readonly Announcement[]): void {
  statements.clearAnnouncements.run();
  for (const { id, at, text } of announcements) statements.putAnnouncement.run(id, at, text);
}

function putHistory(statements: Statements, entries: readonly HistoryEntry[]): void {
  for (const { line, at, event, detail } of entries) statements.putHistory.run(line, at, event, detail);
  for (const line of new Set(entries.map((entry) => entry.line))) {
    statements.forgetHistory.run(line, line, HISTORY_KEPT);
  }
}

function announcementOf([id, at, words]: Found): Announcement {
  return { id: textFrom(id), at: countFrom(at), text: textFrom(words) };
}

function historyEntryOf(line: LineId, [at, event, detail]: Found): HistoryEntry {
  return { line, at: countFrom(at), event: textFrom(event), detail: textFrom(detail) };
}
