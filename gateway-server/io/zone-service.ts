import { randomInt } from 'node:crypto';
import process from 'node:process';
import { parsePrefix } from '../../protocol/prefix.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Backups, Follower } from '../regular-update-loop.ts';
import { BackupServers } from '../zone/backup/backup-servers.ts';
import type { Exchange } from '../zone/backup/exchange.ts';
import type { Secondary } from '../zone/backup/secondary.ts';
import { dnsExchangeFrom } from '../zone/io/dns-exchange.ts';
import { type DnsServer, drawnCookieSecret, openDnsServer } from '../zone/io/dns-server.ts';
import { DnsWorkers } from '../zone/io/dns-workers.ts';
import { ResolverGate } from '../zone/resolver-gate.ts';
import { TransferAccess } from '../zone/transfer/transfer-access.ts';
import { ZoneTransfers } from '../zone/transfer/zone-transfers.ts';
import type { Assembly } from './assembly.ts';
import type { LoadedSettings } from './settings-file.ts';

/** Everything through which the world and the backups see the zone. */
export interface ZoneService {
  readonly dns: DnsServer;
  readonly backups: BackupServers;
  /** As `backups`, but a serial is proved only when our own workers serve it too. */
  readonly proofs: Backups;
  /** How other name servers are asked. */
  readonly exchange: Exchange;
  readonly transfers: ZoneTransfers;
  readonly gate: ResolverGate;
  readonly followers: readonly Follower[];
  readonly workers: DnsWorkers | null;
  setRateLimits(): void;
  close(): Promise<void>;
}

/** Opens the name server, and the workers where there are any; the backups are told and asked from `backups.run` on. */
export async function openZoneService(
  { registry }: Assembly,
  settings: () => LoadedSettings,
  log: Logger,
): Promise<ZoneService> {
  const { zone, history } = registry;
  const { dns, companions } = settings();
  const secondaries = secondariesOf(settings());
  const gate = new ResolverGate();
  const exchange = dnsExchangeFrom(dns.listen.map(({ address }) => address));
  const backups = new BackupServers({
    zone,
    secondaries,
    exchange,
    proofTimeoutMs: settings().zone.proof_timeout,
    nextId: () => randomInt(0x1_0000),
    clock: systemClock,
    log,
  });
  const transfers = new ZoneTransfers({
    zone: zone.name,
    source: { head: () => zone.head(), snapshot: () => zone.snapshot(), history },
    access: new TransferAccess({ secondaries: () => secondaries, clock: systemClock, log }),
    clock: systemClock,
    log,
    onServed: ({ client, serial }) => backups.served(client.address, serial),
  });
  const cookieSecret = drawnCookieSecret();
  const common = { zone, rateLimit: rateLimitsOf(settings()), cookieSecret, gate, clock: systemClock, log };
  const server = await openDnsServer({
    ...common,
    listen: dns.listen,
    transfers,
    keys: companions.tsigKeys,
    ...(dns.workers > 0 ? { sharing: 'owner' } : {}),
  });
  const workers =
    dns.workers > 0
      ? new DnsWorkers({
          ...common,
          count: dns.workers,
          program: process.argv[1] ?? '',
          endpoints: server.endpoints,
          keys: [...companions.tsigKeys.values()],
          secondaries,
        })
      : null;
  if (workers) keepInformed(workers, registry, gate);
  return {
    dns: server,
    backups,
    proofs: workers ? provedWith(workers, backups) : backups,
    exchange,
    transfers,
    gate,
    workers,
    followers: workers ? [workers] : [],
    setRateLimits: () => {
      server.setRateLimits(rateLimitsOf(settings()));
      workers?.setRateLimits(rateLimitsOf(settings()));
    },
    close: async () => {
      await workers?.close();
      await server.close();
    },
  };
}

function provedWith(workers: DnsWorkers, backups: Backups): Backups {
  return {
    notify: (serial) => backups.notify(serial),
    proofOf: async (serial) => {
      const [proof] = await Promise.all([backups.proofOf(serial), workers.settled(serial)]);
      return proof;
    },
  };
}

/** What workers know beside the zone itself. */
function keepInformed(workers: DnsWorkers, { zone, queue }: Assembly['registry'], gate: ResolverGate): void {
  gate.onTurn((isClosed) => workers.halt(isClosed));
  zone.onQueued((name, isQueued) => workers.setQueued(name, isQueued ? queue.untilNextBatchMs() : null));
}

function rateLimitsOf({ dns }: LoadedSettings) {
  return { perSecond: dns.rate_limit, exempt: dns.rate_exempt };
}

function secondariesOf({ secondary, companions }: LoadedSettings): Secondary[] {
  return secondary.map(({ address, key, proof, from }) => {
    const itself = parsePrefix(address.address);
    return {
      endpoint: address,
      key: key === null ? null : (companions.tsigKeys.get(key) ?? null),
      proof,
      from: from ?? (itself ? [itself] : []),
    };
  });
}
