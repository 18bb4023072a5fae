import { parseArgs } from 'node:util';
import type { Part } from '../dns/part.ts';
import { scratchFolder } from '../dns/scratch.ts';
import type { Figure } from './figure.ts';
import { loadNow, thisMachine } from './machine.ts';
import { reportText, writeReport } from './report.ts';

interface Bench {
  readonly name: string;
  readonly parts: Readonly<Record<string, (part: Part) => Promise<Figure[]>>>;
  readonly peers: string;
}

/** Runs the parts that the command line names, or all; prints and writes their figures. One that fails does not end the others. */
export async function runParts({ name, parts, peers }: Bench): Promise<void> {
  const { values: options, positionals: asked } = parseArgs({
    allowPositionals: true,
    options: { short: { type: 'boolean', default: false } },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const startedAt = performance.now();
  const say = (text: string) => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    process.stdout.write(`[${String(seconds).padStart(4)} s] ${text}\n`);
  };
  const absent: string[] = [];
  const figures: Figure[] = [];
  const part: Part = {
    folder: scratchFolder(),
    isShort: options.short,
    say,
    absent: (what) => void absent.push(what),
  };
  const loadBefore = loadNow();
  let hasFailed = false;
  for (const [what, work] of Object.entries(parts)) {
    if (asked.length > 0 && !asked.includes(what)) {
      absent.push(`${what}: not asked for`);
      continue;
    }
    say(`${what}:`);
    try {
      figures.push(...(await work(part)));
    } catch (error) {
      hasFailed = true;
      absent.push(`${what}: failed, ${String(error).slice(0, 2_000)}`);
      say(`${what} failed`);
    }
  }
  const machine = thisMachine(loadBefore);
  const report = { bench: name, form: options.short ? 'short' : 'full', machine, figures, absent, peers };
  process.stdout.write(`${reportText(report)}\n  written to ${writeReport(report)}\n`);
  process.exitCode = hasFailed ? 1 : 0;
}
