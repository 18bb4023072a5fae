import type { DurationReading } from './durations.ts';

/** One metric with all its values, as Prometheus understands it; names and units follow its conventions. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** The family's name, with an ending for the parts of a histogram. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A value that only grows, without labels. */
export function counter(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: 'counter', samples: [{ name, labels: {}, value }] };
}

/** A value that goes up and down, without labels. */
export function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: 'gauge', samples: [{ name, labels: {}, value }] };
}

/** Growing values told apart by one label. */
export function counters(
  name: string,
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): MetricFamily {
  return { name, help, type: 'counter', samples: labelled(name, label, values) };
}

/** Values that go up and down, told apart by one label. */
export function gauges(
  name: string,
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): MetricFamily {
  return { name, help, type: 'gauge', samples: labelled(name, label, values) };
}

/** Durations by size: each bucket counts all that took no longer than its bound. */
export function histogram(name: string, help: string, reading: DurationReading): MetricFamily {
  const within = reading.bounds.map((bound, at) => bucket(name, String(bound), reading.within[at] ?? 0));
  const samples = [
    ...within,
    bucket(name, '+Inf', reading.count),
    { name: `${name}_sum`, labels: {}, value: reading.sumSeconds },
    { name: `${name}_count`, labels: {}, value: reading.count },
  ];
  return { name, help, type: 'histogram', samples };
}

function bucket(name: string, le: string, value: number): Sample {
  return { name: `${name}_bucket`, labels: { le }, value };
}

function labelled(name: string, label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([word, value]) => ({ name, labels: { [label]: word }, value }));
}
