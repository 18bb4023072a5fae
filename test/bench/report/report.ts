import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Figure, figureText, meetsTarget, summaryOf } from './figure.ts';
import { type Machine, machineText } from './machine.ts';

const RESULTS = fileURLToPath(new URL('../../../bench/results/', import.meta.url));

/** All that one bench has found out. */
export interface Report {
  readonly bench: string;
  /** How long a run this was. */
  readonly form: string;
  readonly machine: Machine;
  readonly figures: readonly Figure[];
  /** What was not measured, and why. */
  readonly absent: readonly string[];
  readonly peers: string;
}

export function reportText({ bench, form, machine, figures, absent, peers }: Report): string {
  return [
    `\nbench ${bench} (${form})`,
    machineText(machine),
    ...figures.map(figureText),
    ...absent.map((what) => `  absent: ${what}`),
    `  peers: ${peers}`,
  ].join('\n');
}

/** Writes bench/results/NAME.json and gives its path. */
export function writeReport(report: Report): string {
  const figures = report.figures.map((figure) => {
    const { samples, ...about } = figure;
    return { ...about, ...summaryOf(samples), met: meetsTarget(figure) ?? null };
  });
  const file = `${RESULTS}${report.bench}.json`;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...report, figures }, null, 2)}\n`);
  return file;
}
