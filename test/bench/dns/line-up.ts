import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '../../../protocol/address.ts';
import { freePort } from '../../support/secondaries/free-port.ts';
import { areInstalled } from '../../support/secondaries/software.ts';
import { newTsigSecret } from '../../support/secondaries/tsig-secret.ts';
import { nameOf, writeZoneFile } from './bench-zone.ts';
import type { Part } from './part.ts';
import type { Peer, Place } from './peers.ts';
import { scratchFolder } from './scratch.ts';
import { CORE, pinned, ServerProcess } from './server-process.ts';

/** Where every server of the bench listens. */
export const LOOPBACK = '127.0.0.1' as Address;

/** Whoever has it may change the zone of a peer that takes changes. */
export const UPDATE_KEY = newTsigSecret('update');

/** Starts those peers that are installed, all with the same zone, each bound to the servers' core unless told otherwise. */
export async function lineUp(
  part: Part,
  peers: readonly Peer[],
  names: number,
  { isPinned = true } = {},
): Promise<ServerProcess[]> {
  const servers: ServerProcess[] = [];
  for (const peer of peers) {
    if (!areInstalled(peer.program)) {
      part.absent(`${peer.name}: ${peer.program} is not installed`);
      continue;
    }
    const endpoint = { address: LOOPBACK, port: await freePort(LOOPBACK) };
    const server = started(peer, { endpoint, names, zoneFile: zoneFileOf(part, names) }, { isPinned });
    servers.push(server);
    await server.answers(nameOf(names - 1));
    part.say(`${peer.name} serves ${names} names after ${Math.round(server.readyAfterMs)} ms`);
  }
  return servers;
}

/** Starts one peer and does not wait for it. */
export function started(
  peer: Peer,
  wish: Pick<Place, 'endpoint' | 'names' | 'zoneFile'> & Partial<Place>,
  { isPinned = true } = {},
): ServerProcess {
  const words = peer.prepare({ folder: scratchFolder(), key: UPDATE_KEY, backups: [], ...wish });
  return new ServerProcess(peer.name, wish.endpoint, isPinned ? pinned(words, CORE.servers) : words);
}

/** The zone with so many names as a master file. */
export function zoneFileOf({ folder }: Part, names: number): string {
  const path = join(folder, `zone-${names}`);
  if (!existsSync(path)) writeZoneFile(path, names);
  return path;
}

export async function endAll(servers: readonly ServerProcess[]): Promise<void> {
  await Promise.all(servers.map((server) => server.end()));
}
