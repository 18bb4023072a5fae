import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS } from './schema.ts';
import { reasonOf } from './sqlite-failure.ts';

/** "Porc": tells our databases from other programs'. */
const APPLICATION_ID = 0x506f7263;
/** Nothing else runs while the gateway starts; a command that uses the same store is soon done. */
const OPENING_PATIENCE_MS = 1_000;

/** The store's file cannot be used at all; the message says why. */
class StoreFileError extends Error {
  override readonly name = 'StoreFileError';

  constructor(path: string, why: string, cause?: unknown) {
    super(`cannot use the store ${path}: ${why}`, { cause });
  }
}

/** Opens or makes the file, readable by its owner alone, in the newest version. A file that is not ours stays as it is. */
export function openDatabaseFile(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    makeFile(path);
    database = new DatabaseSync(path, { timeout: OPENING_PATIENCE_MS });
    mustBeOurs(database, path);
    chmodSync(path, 0o600);
    // FULL: what was acknowledged survives a power cut, not only a crash
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    migrate(database);
    // from now on a lock is waited out by WriteGroup, which does not hold up the event loop
    database.exec('PRAGMA busy_timeout = 0; PRAGMA cache_size = -65536');
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof StoreFileError ? error : new StoreFileError(path, reasonOf(error), error);
  }
}

/** What `work` makes of the database; closes it and says why when nothing can be made of it. */
export function usable<T>(database: DatabaseSync, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    database.close();
    throw new StoreFileError(path, reasonOf(error), error);
  }
}

function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}

function mustBeOurs(database: DatabaseSync, path: string): void {
  const application = pragma(database, 'application_id');
  const isNew = application === 0 && isEmpty(database);
  if (!isNew && application !== APPLICATION_ID) {
    throw new StoreFileError(path, 'it is the database of another program');
  }
  const version = versionOf(database);
  if (version > MIGRATIONS.length) {
    throw new StoreFileError(path, `a newer Porchlight has written it (version ${version}): use that one`);
  }
}

function migrate(database: DatabaseSync): void {
  if (versionOf(database) === MIGRATIONS.length) return;
  database.exec('BEGIN IMMEDIATE');
  // asked again under the lock: two programs may start at once
  for (const step of MIGRATIONS.slice(versionOf(database))) database.exec(step);
  database.exec(
    `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`,
  );
}

function versionOf(database: DatabaseSync): number {
  return pragma(database, 'user_version');
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}
