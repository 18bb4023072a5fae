import { parseLineId } from '../../protocol/line-id.ts';
import type { Line } from '../line/line.ts';
import { csvOfLines } from '../operator/line-csv.ts';
import { mayDo } from '../web/account.ts';
import type { Route, WebReply } from '../web/route.ts';
import type { ConsoleParts } from './console-parts.ts';
import { questionIn } from './line-question.ts';
import { LIVE, liveReply } from './live-reply.ts';
import { type Cells, Followers } from './live-rows.ts';
import { noticeOf } from './notices.ts';
import { consolePage, operatorRoute, type Visit } from './operator-route.ts';
import { liveCells } from './page/line-row.ts';
import { linesPage } from './page/lines-page.ts';

const ROWS = 50;

/** The table of lines: pages of it, what changes in the rows that are seen, and all of it as a file. */
export function linesRoutes(parts: ConsoleParts): readonly Route[] {
  const followers = new Followers();
  return [
    operatorRoute({ method: 'GET', path: '/lines', for: 'viewer' }, (visit) => table(parts, visit)),
    operatorRoute({ ...LIVE, path: '/live/lines' }, (visit) => {
      const { clock, house } = parts.desk;
      const ids = (visit.request.query.get('ids') ?? '').split(',').slice(0, ROWS);
      const look = () => rowsNow(parts, ids);
      return liveReply({ followers, doorkeeper: house.doorkeeper, clock, look }, visit);
    }),
    operatorRoute({ method: 'GET', path: '/lines.csv', for: 'keeper' }, (visit) => exported(parts, visit)),
  ];
}

async function table({ desk, lines, look }: ConsoleParts, visit: Visit): Promise<WebReply> {
  const { query } = visit.request;
  const question = questionIn(query);
  const found = await lines.page(question, question.page, ROWS);
  const view = {
    ...{ found, most: ROWS, question: { ...question, page: found.page } },
    mayChange: mayDo(visit.role, 'keeper'),
    notice: noticeOf(query),
  };
  return consolePage(look, visit, { title: 'Lines', current: '/lines', content: linesPage(desk, view) });
}

function rowsNow({ desk }: ConsoleParts, ids: readonly string[]): Cells {
  const records = ids.map((id) => {
    const line = parseLineId(id);
    return line && desk.registry.book.get(line);
  });
  return new Map(records.flatMap((record) => (record ? [...liveCells(desk, record)] : [])));
}

async function exported({ commands }: ConsoleParts, { actor }: Visit): Promise<WebReply> {
  const lines = (await commands.carryOut(actor, { command: 'line export', args: {} })) as readonly Line[];
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="lines.csv"',
  };
  return { status: 200, headers, body: `${csvOfLines(lines.map(forSpreadsheets))}\n` };
}

/** An owner's words must not begin like a formula: spreadsheets carry those out. */
function forSpreadsheets(line: Line): Line {
  return /^[=+\-@\t\r\n]/.test(line.words) ? { ...line, words: `'${line.words}` } : line;
}
