import { randomInt } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { Departures } from '../line/departures.ts';
import { figuresOf } from '../metrics/figures-of.ts';
import { gatewayMetrics } from '../metrics/gateway-metrics.ts';
import { askSecondaries } from '../operator/ask-secondaries.ts';
import type { Desk, Service } from '../operator/desk.ts';
import { summedCounters } from '../zone/dns-counters.ts';
import type { Assembly } from './assembly.ts';
import type { Fping } from './fping.ts';
import { type MetricsServer, openMetricsServer } from './metrics-server.ts';
import type { MqttBroker } from './mqtt/mqtt-broker.ts';
import type { LoadedSettings } from './settings-file.ts';
import type { ZoneService } from './zone-service.ts';

/** What a serving gateway consists of, as far as its operator is concerned. */
interface Parts {
  readonly assembly: Assembly;
  readonly zone: ZoneService;
  readonly broker: MqttBroker;
  readonly prober: Fping;
  readonly settings: () => LoadedSettings;
  readonly answeringCounters: () => unknown;
  readonly log: Logger;
}

export type ServingDesk = Desk & { readonly service: Service };

/** The operator's desk of the running gateway; questions to secondaries end with `signal`. */
export function servingDesk(parts: Parts, signal: AbortSignal): ServingDesk {
  const { assembly, zone, broker, prober, settings, answeringCounters, log } = parts;
  const { registry, store, announcements, identity, opened } = assembly;
  const counters = {
    dns: () => dnsCounters(zone),
    answering: answeringCounters,
    mqtt: () => broker.counters(),
  };
  return {
    registry,
    store,
    announcements,
    departures: new Departures({ ...registry, clock: systemClock, log }),
    link: broker.link,
    zoneName: identity.name,
    clock: systemClock,
    serialOnDisk: () => store.serial(),
    house: opened.house,
    service: {
      startedAt: systemClock.elapsed(),
      probeProblem: () => prober.lastProblem(),
      counters: () => Object.fromEntries(Object.entries(counters).map(([name, count]) => [name, count()])),
      zoneMode: () => settings().zone.mode,
      isHalted: () => zone.gate.isClosed,
      secondaries: () => zone.backups.views(),
      askSecondaries: (name) => {
        const endpoints = settings().secondary.map(({ address }) => address);
        const asking = { endpoints, exchange: zone.exchange, zone: identity.name, nextId };
        return askSecondaries(asking, name, signal);
      },
      workers: () => (zone.workers ? { wanted: settings().dns.workers, running: zone.workers.size } : null),
      othersTurn: () => setImmediate(),
    },
  };
}

/** `metrics.listen`, if it is set. */
export async function openMetrics(
  { registry, service }: ServingDesk,
  zone: ZoneService,
  settings: LoadedSettings,
  log: Logger,
): Promise<MetricsServer | null> {
  const { listen } = settings.metrics;
  if (!listen) return null;
  const sources = {
    registry,
    service,
    dns: () => dnsCounters(zone),
    transfers: () => zone.transfers.counters(),
    durations: registry.batches.durations,
  };
  const collect = async () => gatewayMetrics(await figuresOf(sources));
  return openMetricsServer({ listen, collect, log });
}

function dnsCounters({ dns, workers }: ZoneService) {
  return summedCounters(dns.counters(), workers?.counters() ?? []);
}

function nextId(): number {
  return randomInt(0x1_0000);
}
