/** One line of the Prometheus text format 0.0.4. */
interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ExposedFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ExposedSample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const OF_HISTOGRAM = /_(?:bucket|sum|count)$/;

interface Growing extends ExposedFamily {
  readonly samples: ExposedSample[];
}

/** Reads a page by the letter of the format; throws for whatever Prometheus would not take. */
export function parseExposition(page: string): ReadonlyMap<string, ExposedFamily> {
  if (!page.endsWith('\n')) throw new Error('the last line must end');
  const families = new Map<string, Growing>();
  const helpByName = new Map<string, string>();
  const series = new Set<string>();
  for (const line of page.split('\n').filter((one) => one !== '')) {
    const [, what, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (what === 'HELP') addOnce(helpByName, name, rest);
    else if (what === 'TYPE')
      addOnce(families, name, { type: rest, help: helpByName.get(name) ?? '', samples: [] });
    else addSample(families, series, line);
  }
  return families;
}

function addOnce<T>(to: Map<string, T>, name: string, value: T): void {
  if (to.has(name)) throw new Error(`${name} comes twice`);
  to.set(name, value);
}

/** Every series must be told once, behind the type of its family. */
function addSample(families: ReadonlyMap<string, Growing>, series: Set<string>, line: string): void {
  const told = line.slice(0, line.lastIndexOf(' '));
  if (series.has(told)) throw new Error(`${told} comes twice`);
  series.add(told);
  const sample = sampleIn(line);
  const family = families.get(sample.name) ?? families.get(sample.name.replace(OF_HISTOGRAM, ''));
  if (!family) throw new Error(`${sample.name} belongs to no family`);
  family.samples.push(sample);
}

function sampleIn(line: string): ExposedSample {
  const [, name = '', labelText = '', valueText = ''] = SAMPLE.exec(line) ?? [];
  const value = valueText === '+Inf' ? Number.POSITIVE_INFINITY : Number(valueText || 'none');
  if (name === '' || (Number.isNaN(value) && valueText !== 'Nan' && valueText !== 'NaN'))
    throw new Error(`no sample: ${line}`);
  return { name, labels: labelsIn(labelText), value };
}

function labelsIn(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (!match) throw new Error(`no labels: ${text}`);
    labels[match[1] ?? ''] = match[2] ?? '';
  }
  return labels;
}
