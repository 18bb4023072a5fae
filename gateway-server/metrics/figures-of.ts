import type { Service } from '../operator/desk.ts';
import { lineCounts } from '../operator/line-counts.ts';
import type { Registry } from '../registry.ts';
import { GATEWAY_VERSION } from '../version.ts';
import type { DnsCounters } from '../zone/dns-counters.ts';
import type { TransferCounters } from '../zone/transfer/zone-transfers.ts';
import type { Durations } from './durations.ts';
import type { Figures } from './gateway-metrics.ts';

interface Sources {
  readonly registry: Registry;
  readonly service: Pick<Service, 'secondaries' | 'isHalted' | 'probeProblem' | 'othersTurn'>;
  readonly dns: () => DnsCounters;
  readonly transfers: () => TransferCounters;
  /** How long each batch took since the start. */
  readonly durations: Durations;
}

/** Reads the figures of a running gateway. */
export async function figuresOf({ registry, service, dns, transfers, durations }: Sources): Promise<Figures> {
  const { zone, queue, batches, brake } = registry;
  const { count, last } = batches;
  return {
    version: GATEWAY_VERSION,
    lines: await lineCounts(registry, () => service.othersTurn()),
    dns: dns(),
    transfers: transfers(),
    zone: { serial: zone.serial, names: zone.size, isHalted: service.isHalted() },
    queue: queue.size,
    batches: { count, lastSize: last?.size ?? null, durations: durations.reading() },
    secondaries: service.secondaries(),
    isBrakeOn: brake.isOn,
    canProbe: service.probeProblem() === null,
  };
}
