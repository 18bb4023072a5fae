import { GATEWAY_VERSION } from '../version.ts';
import type { Desk } from './desk.ts';
import { lineCounts } from './line-counts.ts';

/** `status --json`: the keys are a contract with scripts. */
export async function statusOf({ registry, service, zoneName, clock }: Desk) {
  const { count, last, lastMs } = registry.batches;
  const problem = service?.probeProblem() ?? null;
  return {
    version: GATEWAY_VERSION,
    running: service !== null,
    uptimeMs: service ? Math.round(clock.elapsed() - service.startedAt) : 0,
    zone: zoneName,
    serial: registry.zone.serial,
    mode: service?.zoneMode() ?? null,
    halted: service?.isHalted() ?? false,
    lines: await lineCounts(registry, service?.othersTurn ?? nobodyWaits),
    batches: {
      count,
      lastAt: last?.at ?? null,
      lastSize: last?.size ?? null,
      lastMs,
      waiting: registry.queue.size,
    },
    secondaries: service?.secondaries() ?? [],
    workers: service?.workers() ?? null,
    brake: registry.brake.isOn,
    probe: { ok: problem === null, problem },
    ...(service ? { counters: service.counters() } : {}),
  };
}

/** A command on the store alone holds up nobody. */
async function nobodyWaits(): Promise<void> {
  return undefined;
}
