import { mkdirSync } from 'node:fs';
import { systemClock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { AgentEvents } from '../agent-link.ts';
import { openAnsweringServer } from '../answering/io/answering-server.ts';
import { LineDirectory } from '../answering/line-directory.ts';
import { type Endpoint, endpointText } from '../endpoint.ts';
import { runGateway, type Tunables } from '../gateway.ts';
import { Departures } from '../line/departures.ts';
import type { Desk } from '../operator/desk.ts';
import type { Settings } from '../settings.ts';
import { KeptMessages } from '../subscriber/kept-messages.ts';
import { openDnsServer } from '../zone/io/dns-server.ts';
import { type Assembly, assemble, claimRulesOf, nonce } from './assembly.ts';
import { controlSocketOf, openControlSocket } from './control-socket.ts';
import { Fping } from './fping.ts';
import { type MqttBroker, openMqttBroker } from './mqtt/mqtt-broker.ts';
import { systemReference } from './system-reference.ts';

export interface ServeOptions {
  readonly settings: () => Settings;
  readonly log: Logger;
  /** Called with a function that takes over changed settings and certificates. */
  readonly onReload: (reload: () => Promise<void>) => void;
}

/** Opens everything, runs the gateway until aborted, and closes everything in order. */
export async function serve({ settings, log, onReload }: ServeOptions, signal: AbortSignal): Promise<void> {
  const closers: (() => Promise<void>)[] = [];
  try {
    const desk = Promise.withResolvers<Desk>();
    mkdirSync(settings().data_dir, { recursive: true, mode: 0o700 });
    const control = await openControlSocket(controlSocketOf(settings().data_dir), desk.promise);
    closers.push(() => control.close());
    const assembly = await assemble(settings, log);
    closers.push(() => assembly.store.close());
    const prober = new Fping(() => settings().verify.ping);
    const reference = { system: await systemReference() };
    const dns = await openDns(assembly, settings, log);
    closers.push(() => dns.close());
    const answering = await openAnswering(assembly, settings, log);
    closers.push(() => answering.close());
    const wire: { broker?: MqttBroker } = {};
    closers.push(async () => wire.broker?.close());
    const openLink = async (events: AgentEvents) => {
      wire.broker = await openBroker(settings(), events, log);
      const counters = { dns: () => dns.counters(), answering: () => answering.counters() };
      desk.resolve(deskOf(assembly, wire.broker, prober, log, counters));
      tellEndpoints(log, dns.endpoints, answering.endpoints, wire.broker);
      return wire.broker.link;
    };
    onReload(async () => {
      dns.setRateLimits(rateLimitsOf(settings()));
      reference.system = await systemReference();
      await Promise.all([answering.reloadCertificates(), wire.broker?.reloadCertificates()]);
    });
    const parts = { ...assembly, prober, backups: NO_BACKUPS, openLink, clock: systemClock, log, nonce };
    const tunables = () => tunablesOf(settings(), reference.system);
    await runGateway({ ...parts, answering: assembly.identity.answering, tunables }, signal);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Without secondaries a serial needs no proof. */
const NO_BACKUPS = { notify: () => undefined, proofOf: async () => ({ ok: true, missing: [] }) };

function openDns({ registry }: Assembly, settings: () => Settings, log: Logger) {
  const { listen } = settings().dns;
  return openDnsServer({
    listen,
    zone: registry.zone,
    rateLimit: rateLimitsOf(settings()),
    clock: systemClock,
    log,
  });
}

function openAnswering({ registry, store, identity }: Assembly, settings: () => Settings, log: Logger) {
  const { listen, tls_listen, cert_file, key_file, provider } = settings().answering;
  const leaveHost = identity.ownNames.find((name) => name.startsWith('leave.')) ?? identity.name;
  return openAnsweringServer({
    listen,
    tls:
      tls_listen && cert_file && key_file
        ? { listen: tls_listen, certFile: cert_file, keyFile: key_file }
        : null,
    directory: new LineDirectory({
      book: registry.book,
      zoneName: identity.name,
      leaveHost,
      ttlSeconds: identity.ttlSeconds,
    }),
    box: new KeptMessages({ store, standings: registry.standings, log }),
    hits: registry.standings,
    provider: { name: provider || identity.name },
    clock: systemClock,
    log,
  });
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

function deskOf(
  { registry, store, announcements, identity }: Assembly,
  broker: MqttBroker,
  prober: Fping,
  log: Logger,
  counters: Readonly<Record<string, () => unknown>>,
) {
  const all = { ...counters, mqtt: () => broker.counters() };
  return {
    registry,
    store,
    announcements,
    departures: new Departures({ ...registry, clock: systemClock, log }),
    link: broker.link,
    zoneName: identity.name,
    clock: systemClock,
    service: {
      startedAt: systemClock.elapsed(),
      probeProblem: () => prober.lastProblem(),
      counters: () => Object.fromEntries(Object.entries(all).map(([name, count]) => [name, count()])),
    },
  };
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
  };
}

function rateLimitsOf({ dns }: Settings) {
  return { perSecond: dns.rate_limit, exempt: dns.rate_exempt };
}

function tellEndpoints(
  log: Logger,
  dns: readonly Endpoint[],
  web: readonly (Endpoint & { readonly scheme: string })[],
  { endpoints: mqtt }: MqttBroker,
): void {
  const texts = (endpoints: readonly (Endpoint | null)[]) =>
    endpoints.flatMap((endpoint) => (endpoint ? [endpointText(endpoint)] : [])).join(' ') || null;
  log.info('gateway listens', {
    dns: texts(dns),
    http: texts(web.filter(({ scheme }) => scheme === 'http')),
    https: texts(web.filter(({ scheme }) => scheme === 'https')),
    mqtt: texts([mqtt.plain]),
    mqtts: texts([mqtt.tls]),
  });
}
