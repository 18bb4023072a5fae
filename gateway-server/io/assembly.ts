import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Address } from '../../protocol/address.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { AgentLink } from '../agent-link.ts';
import type { ClaimRules } from '../line/claim.ts';
import { Departures } from '../line/departures.ts';
import type { Line } from '../line/line.ts';
import { namesOf } from '../line/line-book.ts';
import type { Desk } from '../operator/desk.ts';
import { type Registry, registryOf } from '../registry.ts';
import { type Settings, SettingsError } from '../settings.ts';
import { identityOf } from '../settings-identity.ts';
import { openSqliteStore } from '../store/io/sqlite-store.ts';
import type { Store, StoredState } from '../store/store.ts';
import { Announcements } from '../subscriber/announcements.ts';
import { staticMistakes } from '../zone/static/static-zone.ts';
import type { ZoneIdentity } from '../zone/zone-identity.ts';
import type { LoadedSettings } from './settings-file.ts';

/** The parts that both the serving gateway and a command on its store alone are built from. */
export interface Assembly {
  readonly store: Store;
  readonly stored: StoredState;
  readonly registry: Registry;
  readonly announcements: Announcements;
  readonly identity: ZoneIdentity;
}

export const nonce = () => randomBytes(16).toString('base64url');

export async function assemble(settings: () => LoadedSettings, log: Logger): Promise<Assembly> {
  const store = openSqliteStore(join(settings().data_dir, 'gateway.sqlite'));
  try {
    return assembled(settings, store, await store.load(), log);
  } catch (error) {
    await store.close();
    throw error;
  }
}

function assembled(settings: () => LoadedSettings, store: Store, stored: StoredState, log: Logger): Assembly {
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
  return { store, stored, registry, announcements, identity };
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
export function storeDesk({ store, registry, announcements, identity }: Assembly, log: Logger): Desk {
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
    service: null,
  };
}

export function claimRulesOf(settings: Settings): ClaimRules {
  const { addresses, mqtt, dns, answering } = settings;
  const listening = [
    mqtt.listen,
    mqtt.tls_listen,
    ...dns.listen,
    ...answering.listen,
    ...(answering.tls_listen ?? []),
  ];
  const own: Address[] = [
    ...listening.flatMap((endpoint) => (endpoint ? [endpoint.address] : [])),
    ...answering.addresses,
    ...[...dns.nameservers.values()].flat(),
  ];
  return {
    allowPublic: addresses.allow.includes('public'),
    allow: addresses.allow.filter((allowed) => allowed !== 'public'),
    own: new Set(own),
  };
}
