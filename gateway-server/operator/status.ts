import { GATEWAY_VERSION } from '../version.ts';
import type { Desk } from './desk.ts';
import { type LineState, stateOf } from './line-view.ts';

/** `status --json`: the keys are a contract with scripts. */
export function statusOf({ registry, service, zoneName, clock }: Desk) {
  const lines: Record<LineState, number> = { live: 0, queued: 0, suspect: 0, offline: 0, unknown: 0 };
  for (const record of registry.book.all()) lines[stateOf(registry, record)] += 1;
  const { count, last, lastMs } = registry.batches;
  const problem = service?.probeProblem() ?? null;
  return {
    version: GATEWAY_VERSION,
    running: service !== null,
    uptimeMs: service ? Math.round(clock.elapsed() - service.startedAt) : 0,
    zone: zoneName,
    serial: registry.zone.serial,
    lines,
    batches: {
      count,
      lastAt: last?.at ?? null,
      lastSize: last?.size ?? null,
      lastMs,
      waiting: registry.queue.size,
    },
    secondaries: [],
    brake: registry.brake.isOn,
    probe: { ok: problem === null, problem },
    ...(service ? { counters: service.counters() } : {}),
  };
}
