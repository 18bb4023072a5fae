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
  // the answering machine: pages, offers, recordings, who waits, accounts, webhooks, the audit log, and figures over time
  `
  CREATE TABLE owner_page (
    line TEXT PRIMARY KEY REFERENCES line(id) ON DELETE CASCADE, kind TEXT NOT NULL, html TEXT NOT NULL, status INTEGER NOT NULL,
    shows_copy INTEGER NOT NULL, taken_down TEXT, changed_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE offer (
    id TEXT PRIMARY KEY, line TEXT NOT NULL REFERENCES line(id) ON DELETE CASCADE, role TEXT NOT NULL, name TEXT NOT NULL,
    media_type TEXT NOT NULL, bytes INTEGER NOT NULL, at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX offer_by_line ON offer(line);
  ALTER TABLE message ADD COLUMN read_at INTEGER;
  ALTER TABLE message ADD COLUMN deleted_at INTEGER;
  ALTER TABLE message ADD COLUMN recording TEXT;
  ALTER TABLE message ADD COLUMN media_type TEXT;
  ALTER TABLE message ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE site_copy (
    line TEXT PRIMARY KEY REFERENCES line(id) ON DELETE CASCADE, at INTEGER NOT NULL, html TEXT NOT NULL, pictures TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE waiter (
    id TEXT PRIMARY KEY, line TEXT NOT NULL REFERENCES line(id) ON DELETE CASCADE, email TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE,
    asked_at INTEGER NOT NULL, confirmed_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX waiter_by_line ON waiter(line);
  CREATE TABLE mail (
    id TEXT PRIMARY KEY, envelope TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE off_line_span (
    line TEXT NOT NULL REFERENCES line(id) ON DELETE CASCADE, since INTEGER NOT NULL, until INTEGER, reason TEXT NOT NULL,
    hits INTEGER NOT NULL, PRIMARY KEY (line, since)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE account (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, login TEXT NOT NULL, line TEXT REFERENCES line(id) ON DELETE CASCADE, role TEXT,
    password_hash TEXT, created_at INTEGER NOT NULL, UNIQUE (kind, login)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE session (
    hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE, since INTEGER NOT NULL,
    seen_at INTEGER NOT NULL, previous_log_on INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE used_link (hash TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE api_token (
    id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    scopes TEXT NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER, expires_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE webhook (
    id TEXT PRIMARY KEY, line TEXT REFERENCES line(id) ON DELETE CASCADE, url TEXT NOT NULL, secret TEXT NOT NULL, events TEXT NOT NULL,
    created_at INTEGER NOT NULL, failing_since INTEGER, last_problem TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE delivery (
    id TEXT PRIMARY KEY, webhook TEXT NOT NULL REFERENCES webhook(id) ON DELETE CASCADE, body TEXT NOT NULL, attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE audit (
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_subject ON audit(subject, number);
  CREATE TABLE sample (
    at INTEGER PRIMARY KEY, live INTEGER NOT NULL, queued INTEGER NOT NULL, suspect INTEGER NOT NULL, offline INTEGER NOT NULL,
    unknown INTEGER NOT NULL, batches INTEGER NOT NULL, largest_batch INTEGER NOT NULL, slowest_batch_ms REAL NOT NULL,
    detection_ms REAL
  ) STRICT;
  `,
  // numbers of messages never come again; a removed webhook finds its deliveries, a removed line its webhooks
  `
  CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO counter SELECT 'message', coalesce(max(number), 0) FROM message;
  CREATE INDEX delivery_by_webhook ON delivery(webhook, id);
  CREATE INDEX webhook_by_line ON webhook(line);
  `,
];
