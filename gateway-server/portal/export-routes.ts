import type { Message } from '../subscriber/mailbox.ts';
import type { Route } from '../web/route.ts';
import { allMessages, messagesAsCsv, messagesAsJson, messagesAsMbox } from './message-export.ts';
import { type OwnerVisit, ownerRoute } from './owner-route.ts';
import { personalFiles } from './personal-export.ts';
import { calledName } from './portal-lines.ts';
import type { PortalParts } from './portal-parts.ts';
import { disposition } from './stored-reply.ts';
import { tapeArchive } from './tape-archive.ts';

/** What owners take with them: their messages, or everything. */
export function exportRoutes(parts: PortalParts): readonly Route[] {
  const messages = (
    ending: string,
    type: string,
    write: (all: readonly Message[], visit: OwnerVisit) => string,
  ) =>
    ownerRoute(parts.lines, { method: 'GET', path: `/export/messages.${ending}` }, async (visit) => {
      const all = await allMessages(parts.house.mailbox, visit.line.id);
      return { status: 200, headers: asFile(visit, 'messages', ending, type), body: write(all, visit) };
    });
  return [
    messages('json', 'application/json', messagesAsJson),
    messages('csv', 'text/csv; charset=utf-8', messagesAsCsv),
    messages('mbox', 'application/mbox', (all, { line }) => messagesAsMbox(all, calledName(line))),
    ownerRoute(parts.lines, { method: 'GET', path: '/export/everything.tar' }, (visit) => ({
      status: 200,
      headers: asFile(visit, 'everything', 'tar', 'application/x-tar'),
      body: tapeArchive(personalFiles(parts.house, visit), parts.clock.now() / 1_000),
    })),
  ];
}

function asFile({ line }: OwnerVisit, what: string, ending: string, type: string) {
  return {
    'content-type': type,
    'content-disposition': disposition('attachment', `${calledName(line)}-${what}.${ending}`),
  };
}
