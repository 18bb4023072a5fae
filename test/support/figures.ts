import { Durations } from '../../gateway-server/metrics/durations.ts';
import type { Figures } from '../../gateway-server/metrics/gateway-metrics.ts';
import { DnsTally } from '../../gateway-server/zone/dns-counters.ts';

/** The figures of a gateway at which nothing has happened yet, but for what a test says. */
export function figures(change: Partial<Figures> = {}): Figures {
  return {
    version: '9.9.9',
    dns: new DnsTally().counters(0),
    transfers: { axfr: 0, ixfr: 0, upToDate: 0, refused: 0, bytes: 0 },
    zone: { serial: 7, names: 0, isHalted: false },
    queue: 0,
    batches: { count: 0, lastSize: null, durations: new Durations().reading() },
    secondaries: [],
    lines: { live: 0, queued: 0, suspect: 0, offline: 0, unknown: 0 },
    isBrakeOn: false,
    canProbe: true,
    ...change,
  };
}
