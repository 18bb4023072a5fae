// The zone: questions a second, changes until they are seen, and backups, with other name servers beside ours.
//   npm run bench -- dns [queries] [large] [updates] [mass] [registrations] [secondaries] [--short]
import { parseArgs } from 'node:util';
import { largeZone } from './dns/large-zone.ts';
import { massChange } from './dns/mass-change.ts';
import type { Part } from './dns/part.ts';
import { queryRates } from './dns/query-rates.ts';
import { registrations } from './dns/registrations.ts';
import { scratchFolder } from './dns/scratch.ts';
import { secondaries } from './dns/secondaries.ts';
import { updates } from './dns/updates.ts';
import type { Figure } from './report/figure.ts';
import { loadNow, thisMachine } from './report/machine.ts';
import { reportText, writeReport } from './report/report.ts';

const PARTS: Readonly<Record<string, (part: Part) => Promise<Figure[]>>> = {
  queries: queryRates,
  large: largeZone,
  updates,
  mass: massChange,
  registrations,
  secondaries,
};

const { values: options, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
});
const startedAt = performance.now();
const figures: Figure[] = [];
const absent: string[] = [];
let hasFailed = false;

function say(text: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  process.stdout.write(`[${String(seconds).padStart(4)} s] ${text}\n`);
}

const part: Part = {
  folder: scratchFolder(),
  isShort: options.short,
  say,
  absent: (what) => void absent.push(what),
};

async function measure(name: string, work: (part: Part) => Promise<Figure[]>): Promise<void> {
  if (asked.length > 0 && !asked.includes(name)) return void absent.push(`${name}: not asked for`);
  say(`${name}:`);
  try {
    figures.push(...(await work(part)));
  } catch (error) {
    hasFailed = true;
    absent.push(`${name}: failed, ${String(error).slice(0, 2_000)}`);
    say(`${name} failed`);
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const loadBefore = loadNow();
for (const [name, work] of Object.entries(PARTS)) await measure(name, work);
const report = {
  bench: 'dns',
  form: options.short ? 'short' : 'full',
  machine: thisMachine(loadBefore),
  figures,
  absent,
  peers:
    'BIND, Knot, NSD, PowerDNS and dns2 in the same run, each with the same zone; those missing are named as absent',
};
process.stdout.write(`${reportText(report)}\n  written to ${writeReport(report)}\n`);
process.exitCode = hasFailed ? 1 : 0;
