import { list, read, table, text } from '../../../runtime/shape.ts';
import type { CopiedPicture, SiteCopy, SiteCopyStore } from '../../subscriber/site-copy.ts';
import { countFrom, DamagedRow, idFrom, textFrom } from './rows.ts';
import { type Row, reading, rowsOf, type SharedDatabase } from './shared-database.ts';

const PICTURES = list(
  table({ mediaType: text('a media type', (raw) => raw), body: text('Base64', (raw) => raw) }),
);

/** The part of the store for copies of owners' web pages. */
export function sqliteSiteCopies({ database, writes }: SharedDatabase): SiteCopyStore {
  const times = database.prepare('SELECT line, at FROM site_copy');
  const copy = database.prepare('SELECT at, html, pictures FROM site_copy WHERE line = ?');
  const put = database.prepare(`INSERT INTO site_copy SELECT ?1, ?2, ?3, ?4
    WHERE EXISTS (SELECT 1 FROM line WHERE id = ?1)
    ON CONFLICT (line) DO UPDATE SET at = excluded.at, html = excluded.html, pictures = excluded.pictures`);
  const remove = database.prepare('DELETE FROM site_copy WHERE line = ?');
  return {
    times: () =>
      reading(() => new Map(rowsOf(times).map(({ line, at }) => [idFrom(line), countFrom(at)] as const))),
    read: (line) => reading(() => rowsOf(copy, line).map(copyOf)[0]),
    put: (line, { at, html, pictures }) =>
      writes.add(() => void put.run(line, at, html, JSON.stringify(pictures.map(columnOf)))),
    remove: (line) => writes.add(() => void remove.run(line)),
  };
}

function columnOf({ mediaType, body }: CopiedPicture) {
  return { mediaType, body: Buffer.from(body).toString('base64') };
}

function copyOf({ at, html, pictures }: Row): SiteCopy {
  const found = read(PICTURES, JSON.parse(textFrom(pictures)));
  if (found.kind === 'wrong') throw new DamagedRow('no list of pictures');
  return {
    at: countFrom(at),
    html: textFrom(html),
    pictures: found.value.map(({ mediaType, body }) => ({ mediaType, body: Buffer.from(body, 'base64') })),
  };
}
