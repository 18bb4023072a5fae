import type { LineState } from '../operator/line-view.ts';
import { batchesBehind, type SecondaryView } from '../operator/secondaries.ts';
import type { DnsCounters } from '../zone/dns-counters.ts';
import type { Serial } from '../zone/serial.ts';
import type { TransferCounters } from '../zone/transfer/zone-transfers.ts';
import type { DurationReading } from './durations.ts';
import {
  counter,
  counters,
  gauge,
  gauges,
  histogram,
  type MetricFamily,
  type Sample,
} from './metric-family.ts';

/** Everything that the metrics tell, as of one moment. */
export interface Figures {
  readonly version: string;
  readonly dns: DnsCounters;
  readonly transfers: TransferCounters;
  readonly zone: { readonly serial: Serial; readonly names: number; readonly isHalted: boolean };
  readonly queue: number;
  readonly batches: {
    readonly count: number;
    readonly lastSize: number | null;
    /** Since the start. */
    readonly durations: DurationReading;
  };
  readonly secondaries: readonly SecondaryView[];
  readonly lines: Readonly<Record<LineState, number>>;
  readonly isBrakeOn: boolean;
  /** Whether suspects can be pinged. */
  readonly canProbe: boolean;
}

/** The gateway's figures as metrics. */
export function gatewayMetrics(figures: Figures): readonly MetricFamily[] {
  const { version, queue, isBrakeOn, canProbe } = figures;
  return [
    info('porchlight_build_info', 'The version that runs.', { version }),
    ...dnsMetrics(figures.dns),
    ...transferMetrics(figures.transfers),
    ...zoneMetrics(figures.zone),
    ...batchMetrics(figures.batches),
    gauge('porchlight_queue_updates', 'Updates that wait for the next batch.', queue),
    ...secondaryMetrics(figures.secondaries, figures.zone.serial),
    gauges('porchlight_lines', 'Lines by state.', 'state', figures.lines),
    gauge('porchlight_brake_on', '1 while nobody is declared off-line.', Number(isBrakeOn)),
    gauge('porchlight_verification_possible', '1 while suspects can be pinged.', Number(canProbe)),
  ];
}

function dnsMetrics(dns: DnsCounters): MetricFamily[] {
  const { answered, transfers: transfer, failed, truncatedByRate, dropped, byType, byRcode } = dns;
  const outcomes = { answered, transfer, failed, truncated_by_rate: truncatedByRate };
  return [
    counters('porchlight_dns_queries_total', 'Messages that came in.', 'transport', {
      udp: dns.udpQueries,
      tcp: dns.tcpQueries,
    }),
    counters('porchlight_dns_answers_total', 'Replies by what they were.', 'outcome', outcomes),
    counters('porchlight_dns_replies_by_type_total', 'Replies by the type asked for.', 'type', byType),
    counters('porchlight_dns_replies_by_rcode_total', 'Replies by response code.', 'rcode', byRcode),
    counters('porchlight_dns_drops_total', 'Messages without a reply.', 'reason', underscored(dropped)),
    counter('porchlight_dns_send_errors_total', 'Replies that could not be sent.', dns.sendErrors),
    gauge('porchlight_dns_tcp_connections', 'Open TCP connections.', dns.tcpConnections),
    counter('porchlight_dns_tcp_refused_total', 'TCP connections beyond the caps.', dns.tcpRefused),
    counter('porchlight_dns_tcp_timeouts_total', 'TCP connections closed as idle.', dns.tcpTimedOut),
  ];
}

function transferMetrics({ axfr, ixfr, upToDate, refused, bytes }: TransferCounters): MetricFamily[] {
  const kinds = { axfr, ixfr, up_to_date: upToDate, refused };
  return [
    counters('porchlight_transfers_total', 'Zone transfers by what was sent.', 'kind', kinds),
    counter('porchlight_transfer_bytes_total', 'Bytes of zone transfers, without signatures.', bytes),
  ];
}

function zoneMetrics({ serial, names, isHalted }: Figures['zone']): MetricFamily[] {
  return [
    gauge('porchlight_zone_serial', 'The serial that is served.', serial),
    gauge('porchlight_zone_names', 'Names of lines in the zone.', names),
    gauge('porchlight_zone_halted', '1 while resolvers are sent to the backups.', Number(isHalted)),
  ];
}

function batchMetrics({ count, lastSize, durations }: Figures['batches']): MetricFamily[] {
  const last =
    lastSize === null ? [] : [gauge('porchlight_batch_last_updates', 'Size of the last batch.', lastSize)];
  const help = 'From taking the queue to the end of the swap.';
  return [
    counter('porchlight_batches_total', 'Batches since the zone was made.', count),
    ...last,
    histogram('porchlight_batch_duration_seconds', help, durations),
  ];
}

/** A value that is not known is left out: 0 would be a lie. */
function secondaryMetrics(views: readonly SecondaryView[], served: Serial): MetricFamily[] {
  const each = (name: string, help: string, told: (view: SecondaryView) => number | null): MetricFamily => {
    const samples = views.flatMap((view): Sample[] => {
      const value = told(view);
      return value === null ? [] : [{ name, labels: { secondary: view.address }, value }];
    });
    return { name, help, type: 'gauge', samples };
  };
  const families = [
    each('porchlight_secondary_serial', 'The serial that it was last seen to serve.', ({ serial }) => serial),
    each(
      'porchlight_secondary_lag_seconds',
      'For how long it has been without the present zone.',
      ({ lagMs }) => (lagMs === null ? null : lagMs / 1_000),
    ),
    each('porchlight_secondary_proof', '1 when names are live only once it serves them.', ({ proof }) =>
      Number(proof),
    ),
    each(
      'porchlight_secondary_up',
      '1 when it is heard and nothing is wrong with it.',
      ({ serial, problem }) => Number(serial !== null && problem === null),
    ),
    each('porchlight_secondary_in_step', '1 when it lacks no batch.', ({ serial }) =>
      Number(serial !== null && batchesBehind(serial, served) === 0),
    ),
  ];
  return families.filter(({ samples }) => samples.length > 0);
}

function info(name: string, help: string, labels: Readonly<Record<string, string>>): MetricFamily {
  return { name, help, type: 'gauge', samples: [{ name, labels, value: 1 }] };
}

function underscored(values: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(values).map(([word, value]) => [word.replaceAll('-', '_'), value]),
  );
}
