import { rmSync } from 'node:fs';
import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import type { Address } from '../../../protocol/address.ts';
import { freePort } from '../../support/secondaries/free-port.ts';
import { Secondary } from '../../support/secondaries/secondary.ts';
import type { Software } from '../../support/secondaries/software.ts';
import { monotonicMs } from '../loop/monotonic.ts';
import { atExit } from './at-exit.ts';
import { addressOf, nameOf, ZONE } from './bench-zone.ts';
import { LOOPBACK, started, UPDATE_KEY, zoneFileOf } from './line-up.ts';
import type { Part } from './part.ts';
import { BIND } from './peers.ts';
import { Sightings } from './sightings.ts';
import { OurUpdatedServer, PeerUpdatedServer, type UpdatedServer } from './updated-server.ts';
import { ChangeWatch } from './visible-changes.ts';

export type PrimaryName = 'porchlight' | 'BIND';

const LOAD_LIMIT_MS = 120_000;

/** One real backup behind a primary that is idle but for it, and the changes that go through both. */
export interface WatchedBackup {
  readonly primary: UpdatedServer;
  readonly secondary: Secondary;
  /** From the backup's start, its own beginnings included, until it gave the zone's last name. */
  readonly loadMs: number;
  /** Seen at the backup. */
  readonly changes: ChangeWatch;
  close(): Promise<void>;
}

/** Starts both, the backup as packaging/secondaries configures it. */
export async function watchedBackup(
  part: Part,
  primaryName: PrimaryName,
  software: Software,
  names: number,
): Promise<WatchedBackup> {
  const endpoint = { address: LOOPBACK, port: await freePort(LOOPBACK) };
  const wish = {
    software,
    zone: ZONE,
    primary: endpoint,
    key: UPDATE_KEY,
    address: addressOfBackup(software),
  };
  const secondary = await Secondary.prepare(wish);
  atExit(() => cleanUp(secondary));
  const start = primaryName === 'BIND' ? bind : ours;
  const primary = await start(part, endpoint, names, secondary.endpoint);
  const changes = new ChangeWatch(primary, names, secondary.endpoint);
  const close = async () => {
    await changes.end();
    await secondary.close();
  };
  try {
    const loadMs = await firstLoad(secondary, names);
    part.say(`${software.name} has ${names} names from ${primaryName} after ${Math.round(loadMs)} ms`);
    return { primary, secondary, loadMs, changes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function ours(
  _part: Part,
  endpoint: Endpoint,
  names: number,
  backup: Endpoint,
): Promise<UpdatedServer> {
  return await OurUpdatedServer.start(names, { endpoint, backups: { endpoints: [backup], key: UPDATE_KEY } });
}

async function bind(part: Part, endpoint: Endpoint, names: number, backup: Endpoint): Promise<UpdatedServer> {
  const place = { endpoint, names, zoneFile: zoneFileOf(part, names), backups: [backup] };
  const server = started(BIND, place, { isPinned: false });
  await server.answers(nameOf(names - 1));
  return new PeerUpdatedServer(server);
}

async function firstLoad(secondary: Secondary, names: number): Promise<number> {
  const sightings = new Sightings(secondary.endpoint);
  try {
    const startedAt = monotonicMs();
    const seen = sightings.seen(nameOf(names - 1), addressOf(names - 1), LOAD_LIMIT_MS);
    const [seenAt] = await Promise.all([seen, secondary.start()]);
    return seenAt - startedAt;
  } finally {
    sightings.close();
  }
}

/** Not the primary's own, so that it can tell whom it serves; BIND takes only what the machine's interfaces have. */
function addressOfBackup({ name }: Software): Address {
  return name === 'bind' ? LOOPBACK : ('127.0.0.11' as Address);
}

function cleanUp({ pid, folder }: Secondary): void {
  if (pid > 0) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
