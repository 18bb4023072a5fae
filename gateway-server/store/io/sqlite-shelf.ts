import type { DatabaseSync } from 'node:sqlite';
import type { Offer, OwnerPage } from '../../subscriber/shelf.ts';
import type { ShelfStore } from '../../subscriber/shelf-store.ts';
import { countFrom, DamagedRow, idFrom, textFrom } from './rows.ts';
import { type Row, reading, rowsOf, type SharedDatabase } from './shared-database.ts';

/** The part of the store for pages and offers. */
export function sqliteShelf({ database, writes }: SharedDatabase): ShelfStore {
  const statements = statementsOf(database);
  return {
    pages: () =>
      reading(() => new Map(rowsOf(statements.pages).map((row) => [idFrom(row['line']), pageOf(row)]))),
    offers: () => reading(() => rowsOf(statements.offers).map(offerOf)),
    putPage: (line, { kind, html, status, showsCopy, takenDown, changedAt }) =>
      writes.add(
        () => void statements.putPage.run(line, kind, html, status, Number(showsCopy), takenDown, changedAt),
      ),
    putOffer: ({ id, line, role, name, mediaType, bytes, at }, replaced) =>
      writes.add(() => {
        statements.putOffer.run(id, line, role, name, mediaType, bytes, at);
        for (const old of replaced) statements.removeOffer.run(old);
      }),
    removeOffer: (id) => writes.add(() => void statements.removeOffer.run(id)),
  };
}

function statementsOf(database: DatabaseSync) {
  return {
    pages: database.prepare('SELECT * FROM owner_page'),
    offers: database.prepare('SELECT * FROM offer ORDER BY at DESC, id'),
    putPage:
      database.prepare(`INSERT INTO owner_page VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (line) DO UPDATE SET
      kind = excluded.kind, html = excluded.html, status = excluded.status, shows_copy = excluded.shows_copy,
      taken_down = excluded.taken_down, changed_at = excluded.changed_at`),
    putOffer: database.prepare('INSERT INTO offer VALUES (?, ?, ?, ?, ?, ?, ?)'),
    removeOffer: database.prepare('DELETE FROM offer WHERE id = ?'),
  };
}

function pageOf(row: Row): OwnerPage {
  return {
    kind: row['kind'] === 'html' ? 'html' : 'words',
    html: textFrom(row['html']),
    status: row['status'] === 200 ? 200 : 503,
    showsCopy: row['shows_copy'] === 1,
    takenDown: row['taken_down'] === null ? null : textFrom(row['taken_down']),
    changedAt: countFrom(row['changed_at']),
  };
}

function offerOf(row: Row): Offer {
  return {
    id: textFrom(row['id']),
    line: idFrom(row['line']),
    role: roleFrom(row['role']),
    name: textFrom(row['name']),
    mediaType: textFrom(row['media_type']),
    bytes: countFrom(row['bytes']),
    at: countFrom(row['at']),
  };
}

function roleFrom(value: unknown): Offer['role'] {
  if (value === 'file' || value === 'greeting' || value === 'picture') return value;
  throw new DamagedRow(`no role of an offer: ${String(value)}`);
}
