import type { AuditLog } from '../operator/audit.ts';
import type { Session } from '../web/doorkeeper.ts';
import { type Route, seeOther, type WebReply, type WebRequest } from '../web/route.ts';
import type { PortalLine, PortalLines } from './portal-lines.ts';

/** A request of an owner, with the line that it is about. */
export interface OwnerVisit {
  readonly request: WebRequest;
  readonly session: Session;
  readonly line: PortalLine;
}

type Shape = Pick<Route, 'method' | 'path' | 'takesUpload'>;

/** A page or a change for the owner of a line; whose line was removed meanwhile is led to the log-in page. */
export function ownerRoute(
  lines: PortalLines,
  shape: Shape,
  run: (visit: OwnerVisit) => WebReply | Promise<WebReply>,
): Route {
  return {
    ...shape,
    for: 'owner',
    run: (request, session) => {
      const line = session.account.kind === 'owner' ? lines.line(session.account.line) : undefined;
      return line ? run({ request, session, line }) : seeOther('/log-in', null);
    },
  };
}

/** Puts a change of the visitor's line into the audit log. */
export async function noted(
  audit: Pick<AuditLog, 'note'>,
  { session, line }: OwnerVisit,
  action: string,
  detail = '',
): Promise<void> {
  await audit.note({ actor: session.account.login, action, subject: line.id, detail });
}
