// From the lease to the answer, and many lines at once: figures beside the targets of the main loop.
//   npm run bench -- loop [--long] [--only lease,farewell,cut,load] [--lines N] [--minutes M] [--profile FOLDER]
import { parseArgs } from 'node:util';
import { Lab } from '../support/lab/lab.ts';
import { manyLines } from './load/many-lines.ts';
import { farewells } from './loop/farewells.ts';
import { LEASE_WAYS, leaseEvents } from './loop/lease-events.ts';
import { NameWatch } from './loop/name-watch.ts';
import { silentCuts } from './loop/silent-cuts.ts';
import type { Figure } from './report/figure.ts';
import { loadNow, thisMachine } from './report/machine.ts';
import { reportText, writeReport } from './report/report.ts';

const { values: options } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    only: { type: 'string', default: 'lease,farewell,cut,load' },
    lines: { type: 'string' },
    minutes: { type: 'string' },
    profile: { type: 'string' },
  },
});
const counts = options.long
  ? { events: 100, farewells: 50, roundsAt3: 4, roundsAt10: 2, lines: 10_000, minutes: 5 }
  : { events: 50, farewells: 20, roundsAt3: 2, roundsAt10: 1, lines: 2_000, minutes: 1 };
const startedAt = performance.now();
const parts = new Set(options.only.split(','));
const figures: Figure[] = [];
const absent = new Set<string>();
let hasFailed = false;

function say(text: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  process.stdout.write(`[${String(seconds).padStart(4)} s] ${text}\n`);
}

async function part(name: string, needsLab: boolean, measure: () => Promise<Figure[]>): Promise<void> {
  if (!parts.has(name)) return void absent.add(`${name}: not asked for`);
  if (needsLab && !process.env['PORCHLIGHT_LAB'])
    return void absent.add(`${name}: needs network namespaces, which are not permitted here`);
  try {
    figures.push(...(await measure()));
  } catch (error) {
    hasFailed = true;
    absent.add(`${name}: failed, ${String(error).slice(0, 2_000)}`);
    say(`${name} failed`);
  }
}

/** A gateway as a provider runs it, but for the shorter TTL of the lab. */
async function inLab(measure: (lab: Lab, watch: NameWatch) => Promise<Figure[]>): Promise<Figure[]> {
  const lab = await Lab.open({ resolver: false, gateway: { alive: { timeout: 10 } } });
  const watch = new NameWatch(lab.isp);
  try {
    await lab.gateway.start();
    return await measure(lab, watch);
  } finally {
    await watch.end();
    await lab.close();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const loadBefore = loadNow();
for (const way of LEASE_WAYS)
  await part('lease', true, () =>
    inLab((lab, watch) => leaseEvents({ lab, watch, events: counts.events, say }, way)),
  );
await part('farewell', true, () =>
  inLab((lab, watch) => farewells({ lab, watch, farewells: counts.farewells, say })),
);
await part('cut', true, () =>
  silentCuts({ timeoutSeconds: 3, rounds: counts.roundsAt3, target: { p99: 5_500 }, say }),
);
await part('cut', true, () =>
  silentCuts({ timeoutSeconds: 10, rounds: counts.roundsAt10, target: { p99: 12_500 }, say }),
);
await part('load', false, () =>
  manyLines({
    lines: Number(options.lines ?? counts.lines),
    minutes: Number(options.minutes ?? counts.minutes),
    profileFolder: options.profile ?? null,
    say,
  }),
);
const report = {
  bench: 'loop',
  form: options.long ? 'full' : 'quick',
  machine: thisMachine(loadBefore),
  figures,
  absent: [...absent],
  peers: 'none that we know does this loop, so there is no figure of theirs beside ours',
};
process.stdout.write(`${reportText(report)}\n  written to ${writeReport(report)}\n`);
process.exitCode = hasFailed ? 1 : 0;
