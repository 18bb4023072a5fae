import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { LineId } from '../../protocol/line-id.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { AgentLink } from '../agent-link.ts';
import { Departures } from '../line/departures.ts';
import type { Line } from '../line/line.ts';
import { namesOf } from '../line/line-book.ts';
import type { Desk } from '../operator/desk.ts';
import { type Registry, registryOf } from '../registry.ts';
import { SettingsError } from '../settings.ts';
import { identityOf } from '../settings-identity.ts';
import { type GatewayDatabase, openGatewayDatabase } from '../store/io/sqlite-store.ts';
import type { Store, StoredState } from '../store/store.ts';
import { Announcements } from '../subscriber/announcements.ts';
import { staticMistakes } from '../zone/static/static-zone.ts';
import type { ZoneIdentity } from '../zone/zone-identity.ts';
import { type OpenedHouse, openHouse } from './house.ts';
import type { LoadedSettings } from './settings-file.ts';

/** The parts that both the serving gateway and a command on its store alone are built from. */
export interface Assembly {
  readonly store: Store;
  readonly stored: StoredState;
  readonly registry: Registry;
  readonly announcements: Announcements;
  readonly identity: ZoneIdentity;
  readonly opened: OpenedHouse;
  readonly database: GatewayDatabase;
}

export const nonce = () => randomBytes(16).toString('base64url');

export async function assemble(settings: () => LoadedSettings, log: Logger): Promise<Assembly> {
  const database = openGatewayDatabase(join(settings().data_dir, 'gateway.sqlite'));
  try {
    return await assembled(settings, database, log);
  } catch (error) {
    await database.store.close();
    throw error;
  }
}

async function assembled(
  settings: () => LoadedSettings,
  database: GatewayDatabase,
  log: Logger,
): Promise<Assembly> {
  const { store } = database;
  const stored = await store.load();
  const clock = systemClock;
  const identity = identityOf(settings(), settings().companions.zoneRecords);
  mustLeaveLinesAlone(identity, stored.lines, settings().zone.file);
  const registry = registryOf({
    identity,
    store,
    stored,
    everyMs: () => settings().update.every,
    timeoutMs: () => settings().alive.timeout,
    clock,
    log,
  });
  const announcements = new Announcements({ store, clock, newId: nonce }, stored.announcements);
  const opened = await openHouse({ database, registry, settings, log });
  return { store, stored, registry, announcements, identity, opened, database };
}

/** A zone file written while the gateway was away may take a line's name; all such mistakes are told at once. */
function mustLeaveLinesAlone(identity: ZoneIdentity, lines: readonly Line[], zoneFile: string | null): void {
  if (zoneFile === null) return;
  const lineByName = new Map<string, LineId>(
    lines.flatMap((line) => namesOf(line).map((name) => [name, line.id] as const)),
  );
  const mistakes = staticMistakes(identity, (name) => lineByName.get(name));
  if (mistakes.length > 0) throw new SettingsError(zoneFile, mistakes);
}

/** The operator's desk while no gateway serves: commands change the store, and the next gateway carries them out. */
export function storeDesk({ store, registry, announcements, identity, opened }: Assembly, log: Logger): Desk {
  const link: AgentLink = {
    send: () => false,
    connectionOf: () => undefined,
    close: () => undefined,
    announce: () => undefined,
  };
  const departures = new Departures({ ...registry, clock: systemClock, log });
  const zoneName = identity.name;
  return {
    registry,
    store,
    announcements,
    departures,
    link,
    zoneName,
    clock: systemClock,
    serialOnDisk: () => store.serial(),
    house: opened.house,
    service: null,
  };
}
