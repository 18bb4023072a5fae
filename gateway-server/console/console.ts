import type { Route } from '../web/route.ts';
import { accountsRoutes } from './accounts-routes.ts';
import { addRoutes } from './add-routes.ts';
import { announcementRoutes } from './announcement-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { backupsRoutes } from './backups-routes.ts';
import type { ConsoleParts } from './console-parts.ts';
import { importRoutes } from './import-routes.ts';
import { keysRoutes } from './keys-routes.ts';
import { lineRoutes } from './line-routes.ts';
import { linesRoutes } from './lines-routes.ts';
import { overviewRoutes } from './overview-routes.ts';

/** Everything that operators do at the console once they have logged in. */
export function consoleRoutes(parts: ConsoleParts): readonly Route[] {
  return [
    ...overviewRoutes(parts),
    ...linesRoutes(parts),
    ...lineRoutes(parts),
    ...addRoutes(parts),
    ...importRoutes(parts),
    ...backupsRoutes(parts),
    ...announcementRoutes(parts),
    ...auditRoutes(parts),
    ...accountsRoutes(parts),
    ...keysRoutes(parts),
  ];
}
