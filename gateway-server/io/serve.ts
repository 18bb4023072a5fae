import { mkdirSync } from 'node:fs';
import type { LineId } from '../../protocol/line-id.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { AgentEvents } from '../agent-link.ts';
import { type Endpoint, endpointText } from '../endpoint.ts';
import { runGateway, type Tunables } from '../gateway.ts';
import { AuditedCommands } from '../operator/audited.ts';
import { takeUpChanges } from '../registry.ts';
import type { Settings } from '../settings.ts';
import { staticMistakes } from '../zone/static/static-zone.ts';
import { ZoneError } from '../zone/zone-identity.ts';
import { type Assembly, assemble, nonce } from './assembly.ts';
import { claimRulesOf } from './claim-rules.ts';
import { controlSocketOf, openControlSocket } from './control-socket.ts';
import { Fping } from './fping.ts';
import type { Doors, OpenedHouse } from './house.ts';
import { type MqttBroker, openMqttBroker } from './mqtt/mqtt-broker.ts';
import { openPeople } from './people.ts';
import { openMetrics, servingDesk } from './serving-desk.ts';
import type { LoadedSettings } from './settings-file.ts';
import { systemReference } from './system-reference.ts';
import { openZoneService } from './zone-service.ts';

export interface ServeOptions {
  readonly settings: () => LoadedSettings;
  readonly log: Logger;
  /** Called with a function that takes over changed settings and certificates. */
  readonly onReload: (reload: () => Promise<void>) => void;
}

/** Opens everything, runs the gateway until aborted, and closes everything in order. */
export async function serve({ settings, log, onReload }: ServeOptions, signal: AbortSignal): Promise<void> {
  const closers: (() => Promise<void>)[] = [];
  try {
    const commands = Promise.withResolvers<AuditedCommands>();
    mkdirSync(settings().data_dir, { recursive: true, mode: 0o700 });
    const control = await openControlSocket(controlSocketOf(settings().data_dir), commands.promise);
    closers.push(() => control.close());
    const assembly = await assemble(settings, log);
    closers.push(() => assembly.store.close());
    const prober = new Fping(() => settings().verify.ping);
    const reference = { system: await systemReference() };
    await takeUpChanges(assembly.registry, { ...assembly, clock: systemClock });
    const zone = await openZoneService(assembly, settings, log);
    closers.push(() => zone.close());
    const people = await openPeople(assembly, settings, log);
    closers.push(() => people.close());
    const { answering } = people;
    const wire: { broker?: MqttBroker } = {};
    closers.push(async () => wire.broker?.close());
    const openLink = async (events: AgentEvents) => {
      wire.broker = await openBroker(settings(), events, log);
      const answeringCounters = () => answering.counters();
      const parts = { assembly, zone, broker: wire.broker, prober, settings, answeringCounters, log };
      const serving = servingDesk(parts, signal);
      const audited = new AuditedCommands({ desk: serving, audit: serving.house.audit });
      commands.resolve(audited);
      const metrics = await openMetrics(serving, zone, settings(), log);
      closers.push(async () => metrics?.close());
      await people.openConsole({ desk: serving, commands: audited }, signal);
      tellEndpoints(log, zone.dns.endpoints, answering.endpoints, wire.broker, assembly.opened.doors);
      return wire.broker.link;
    };
    onReload(async () => {
      zone.setRateLimits();
      reference.system = await systemReference();
      await Promise.all([people.reloadCertificates(), wire.broker?.reloadCertificates()]);
      // last: it refuses a file that takes the names of lines
      takeOverZoneFile(assembly, settings());
    });
    const { proofs, gate, followers } = zone;
    const parts = {
      ...assembly,
      prober,
      backups: proofs,
      gate,
      followers,
      witnesses: assembly.opened.witnesses,
      portalLink: (line: LineId) => portalLinkFor(assembly.opened, line),
      openLink,
      clock: systemClock,
      log,
      nonce,
    };
    const answeringAt = assembly.identity.answering;
    const tunables = () => tunablesOf(settings(), reference.system);
    await Promise.all([
      runGateway(
        { ...parts, answering: answeringAt, othersTurn: () => zone.dns.caughtUp(), tunables },
        signal,
      ),
      zone.backups.run(signal),
      assembly.opened.run(signal),
    ]);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Own records that have changed become a batch of their own; those that would take a line's name are refused. */
function takeOverZoneFile({ registry }: Assembly, settings: LoadedSettings): void {
  const { zone, queue, book } = registry;
  const identity = { ...zone.identity, static: settings.companions.zoneRecords };
  const mistakes = staticMistakes(identity, (name) => book.byName(name)?.line.id);
  if (mistakes.length > 0)
    throw new ZoneError(`the zone file is not taken over:\n  ${mistakes.join('\n  ')}`);
  const isServed = zone.fingerprintWith(identity) === zone.fingerprint;
  queue.putOwnRecords(isServed ? null : identity);
  zone.expectOwn(isServed ? null : identity);
}

/** One-time, and new in every `live` message (Figure 4, block 424). */
function portalLinkFor({ house }: OpenedHouse, line: LineId): string | null {
  return house.portalUrl === null ? null : `${house.portalUrl}/enter/${house.doorkeeper.ownerToken(line)}`;
}

function openBroker({ mqtt }: Settings, events: AgentEvents, log: Logger): Promise<MqttBroker> {
  const { listen, tls_listen, cert_file, key_file, per_source } = mqtt;
  return openMqttBroker({
    listen,
    tls:
      tls_listen && cert_file && key_file
        ? { listen: tls_listen, certFile: cert_file, keyFile: key_file }
        : null,
    limits: {
      connectionsPerSource: per_source,
      attemptsPerSource: { perSecond: Math.max(20, per_source / 10), burst: per_source },
    },
    events,
    clock: systemClock,
    log,
  });
}

function tunablesOf(settings: Settings, system: Tunables['reference']): Tunables {
  const { alive, verify, update } = settings;
  const reference =
    verify.reference === 'none' ? null : verify.reference === 'system' ? system : verify.reference;
  return {
    patience: { timeoutMs: alive.timeout, patienceMs: verify.patience },
    everyMs: update.every,
    rules: claimRulesOf(settings),
    reference,
    halt: { isHalting: settings.zone.mode === 'halt', leastMs: settings.zone.halt_min },
  };
}

function tellEndpoints(
  log: Logger,
  dns: readonly Endpoint[],
  web: readonly (Endpoint & { readonly scheme: string })[],
  { endpoints: mqtt }: MqttBroker,
  { portalUrl, consoleUrl }: Doors,
): void {
  const texts = (endpoints: readonly (Endpoint | null)[]) =>
    endpoints.flatMap((endpoint) => (endpoint ? [endpointText(endpoint)] : [])).join(' ') || null;
  log.info('gateway listens', {
    dns: texts(dns),
    http: texts(web.filter(({ scheme }) => scheme === 'http')),
    https: texts(web.filter(({ scheme }) => scheme === 'https')),
    mqtt: texts([mqtt.plain]),
    mqtts: texts([mqtt.tls]),
    portal: portalUrl,
    console: consoleUrl,
  });
}
