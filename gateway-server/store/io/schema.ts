/** The steps that bring a database to the newest version; `user_version` counts those that are done. Never change one that was released. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE line (
    id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL, domain TEXT, names TEXT NOT NULL, suspended INTEGER NOT NULL,
    words TEXT NOT NULL, tells_since INTEGER NOT NULL, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE standing (
    line TEXT PRIMARY KEY REFERENCES line(id) ON DELETE CASCADE,
    published TEXT NOT NULL, ipv4 TEXT, ipv6 TEXT, reason TEXT, serial INTEGER NOT NULL, since INTEGER NOT NULL,
    log_on INTEGER, previous_log_on INTEGER,
    absent_since INTEGER, absent_until INTEGER, absent_reason TEXT, hits INTEGER,
    agent TEXT, messages INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE pending (line TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE batch (number INTEGER PRIMARY KEY, serial INTEGER NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL) STRICT;
  CREATE TABLE announcement (position INTEGER PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, words TEXT NOT NULL) STRICT;
  CREATE TABLE message (
    number INTEGER PRIMARY KEY, line TEXT NOT NULL REFERENCES line(id) ON DELETE CASCADE,
    at INTEGER NOT NULL, name TEXT NOT NULL, contact TEXT NOT NULL, words TEXT NOT NULL
  ) STRICT;
  CREATE INDEX message_by_line ON message(line);
  CREATE TABLE history (number INTEGER PRIMARY KEY, line TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
  CREATE INDEX history_by_line ON history(line, number);
  `,
  // a batch becomes one record at once, with the tickets of its updates; the lines' own rows follow from `unfolded`
  `
  ALTER TABLE batch ADD COLUMN fingerprint TEXT;
  CREATE TABLE step (number INTEGER PRIMARY KEY, from_serial INTEGER NOT NULL, to_serial INTEGER NOT NULL, diff BLOB) STRICT;
  CREATE TABLE waiting (ticket INTEGER PRIMARY KEY, content TEXT NOT NULL) STRICT;
  INSERT INTO waiting SELECT row_number() OVER (ORDER BY line), content FROM pending;
  DROP TABLE pending;
  CREATE TABLE unfolded (
    number INTEGER PRIMARY KEY, serial INTEGER NOT NULL, at INTEGER NOT NULL, tickets BLOB NOT NULL, contents TEXT NOT NULL
  ) STRICT;
  `,
];
