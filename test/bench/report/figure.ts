/** What a figure must not exceed, or what its median must reach at least. */
export interface Target {
  readonly median?: number;
  readonly p99?: number;
  readonly max?: number;
  readonly least?: number;
}

/** Something that was measured once or many times. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly samples: readonly number[];
  readonly target?: Target;
  /** How it was measured, or what stands against trusting it. */
  readonly note?: string;
}

export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
}

/** Nearest rank: below 100 samples p99 is the largest one. */
export function summaryOf(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { n: sorted.length, median: at(0.5), p90: at(0.9), p99: at(0.99), min: at(0), max: at(1) };
}

/** Undefined without a target. */
export function meetsTarget({ samples, target }: Figure): boolean | undefined {
  if (!target) return undefined;
  const found = summaryOf(samples);
  const { median = Infinity, p99 = Infinity, max = Infinity, least = -Infinity } = target;
  return found.median <= median && found.p99 <= p99 && found.max <= max && found.median >= least;
}

/** The figure beside its target, for people. */
export function figureText(figure: Figure): string {
  const { name, unit, note } = figure;
  const rows = [`  ${name}`, `      ${measured(figure)} ${unit}${aim(figure)}`];
  return [...rows, ...(note ? [`      ${note}`] : [])].join('\n');
}

function measured({ samples }: Figure): string {
  const { n, median, p90, p99, min, max } = summaryOf(samples);
  if (n === 1) return number(median);
  return `n ${n}   median ${number(median)}   p90 ${number(p90)}   p99 ${number(p99)}   min-max ${number(min)}-${number(max)}`;
}

function aim(figure: Figure): string {
  if (!figure.target) return '';
  const isOne = figure.samples.length === 1;
  const limits = Object.entries(figure.target).map(([what, limit]) => {
    if (what === 'least') return isOne ? `>= ${limit}` : `median >= ${limit}`;
    return isOne ? `<= ${limit}` : `${what} <= ${limit}`;
  });
  return `   target ${limits.join(', ')}: ${meetsTarget(figure) ? 'met' : 'MISSED'}`;
}

function number(value: number): string {
  if (Number.isInteger(value)) return String(value);
  if (Math.abs(value) >= 1_000) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
