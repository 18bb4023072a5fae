import type { Route } from '../web/route.ts';
import type { ConsoleParts } from './console-parts.ts';
import { consolePage, operatorRoute } from './operator-route.ts';
import { backupsPage } from './page/backups-page.ts';

const DAY_MS = 86_400_000;
const MOST_MINUTES = 60;

/** Batches and the backup name servers. */
export function backupsRoutes({ desk, samples, lags, look }: ConsoleParts): readonly Route[] {
  return [
    operatorRoute({ method: 'GET', path: '/backups', for: 'viewer' }, async (visit) => {
      const taken = await samples.since(desk.clock.now() - DAY_MS);
      const busyMinutes = taken
        .filter(({ batches }) => batches > 0)
        .toReversed()
        .slice(0, MOST_MINUTES);
      const content = backupsPage(desk, { busyMinutes, lags });
      return consolePage(look, visit, { title: 'Batches and secondaries', current: '/backups', content });
    }),
  ];
}
