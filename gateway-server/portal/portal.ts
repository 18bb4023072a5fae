import type { Route } from '../web/route.ts';
import { accountRoutes } from './account-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { fileRoutes } from './file-routes.ts';
import { homeRoutes } from './home-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { pageRoutes } from './page-routes.ts';
import type { PortalParts } from './portal-parts.ts';
import { PreviewedFiles } from './previewed-files.ts';

/** Everything that owners do at the portal once they have logged in. */
export function portalRoutes(parts: PortalParts): readonly Route[] {
  const previewed = new PreviewedFiles(parts.house.shelf);
  return [
    ...homeRoutes(parts),
    ...messageRoutes(parts),
    ...pageRoutes(parts, previewed),
    ...fileRoutes(parts, previewed),
    ...accountRoutes(parts),
    ...exportRoutes(parts),
  ];
}
