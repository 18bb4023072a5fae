import type { DiaryStore } from '../../subscriber/kept-diary.ts';
import { countFrom, reasonFrom } from './rows.ts';
import { type Row, reading, rowsOf, type SharedDatabase } from './shared-database.ts';

/** The part of the store for the times in which lines were off. */
export function sqliteDiary({ database, writes }: SharedDatabase): DiaryStore {
  // a line that was removed meanwhile has no diary
  const put = database.prepare(`INSERT INTO off_line_span SELECT ?1, ?2, ?3, ?4, ?5
    WHERE EXISTS (SELECT 1 FROM line WHERE id = ?1)
    ON CONFLICT (line, since) DO UPDATE SET until = excluded.until, reason = excluded.reason, hits = excluded.hits`);
  const forget = database.prepare('DELETE FROM off_line_span WHERE line = ? AND until < ?');
  const spans = database.prepare(
    'SELECT * FROM off_line_span WHERE line = ? AND (until IS NULL OR until >= ?) ORDER BY since',
  );
  return {
    put: (line, { since, until, reason, hits }, forgetBefore) =>
      writes.add(() => {
        put.run(line, since, until, reason, hits);
        forget.run(line, forgetBefore);
      }),
    spans: (line, from) => reading(() => rowsOf(spans, line, from).map(spanOf)),
  };
}

function spanOf(row: Row) {
  const { since, until, hits } = row;
  return {
    since: countFrom(since),
    until: until === null ? null : countFrom(until),
    reason: reasonFrom(row['reason']) ?? 'silent',
    hits: countFrom(hits),
  };
}
