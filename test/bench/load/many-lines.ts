import { fileURLToPath } from 'node:url';
import { pause } from '../../support/lab/waiting.ts';
import { Companion } from '../loop/companion.ts';
import type { Progress } from '../loop/progress.ts';
import type { Figure } from '../report/figure.ts';
import { summaryOf } from '../report/figure.ts';
import type { FleetNews } from './fleet-news.ts';
import { LoopbackGateway, ZONE } from './loopback-gateway.ts';
import { cpuMsOf, residentKib } from './process-usage.ts';
import type { StallsSeen } from './stalls-seen.ts';

interface Wishes {
  readonly lines: number;
  readonly minutes: number;
  /** Where the gateway writes a CPU profile at its end; null for none. */
  readonly profileFolder: string | null;
  readonly say: Progress;
}

/** What the gateway process had used at one moment. */
interface Moment {
  readonly at: number;
  readonly cpuMs: number;
  readonly residentKib: number;
}

interface Run extends Wishes {
  readonly gateway: LoopbackGateway;
  readonly probe: Companion<StallsSeen>;
  readonly startedAt: number;
}

const IDLE_MS = 10_000;
/** After its start the gateway declares nobody off-line for 30 s: the steady phase begins later. */
const GRACE_MS = 32_000;
const STORM_LIMIT_MS = 180_000;
const NEWS_EVERY_MS = 15_000;

/** One gateway with very many lines that are simulated over real MQTT connections from an address each. */
export async function manyLines(wishes: Wishes): Promise<Figure[]> {
  const env = wishes.profileFolder
    ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${wishes.profileFolder}` }
    : undefined;
  const gateway = await LoopbackGateway.start(env ?? {});
  const probe = companion<StallsSeen>(
    new URL('stall-probe.ts', import.meta.url),
    gateway.dnsPort,
    `line-000000.${ZONE}`,
  );
  try {
    return await run({ ...wishes, gateway, probe, startedAt: performance.now() });
  } finally {
    await probe.end();
    await gateway.end();
  }
}

async function run(parts: Run): Promise<Figure[]> {
  const { gateway, lines, minutes, say } = parts;
  await pause(2_000);
  const empty = momentOf(gateway);
  await gateway.importLines(lines);
  say(`${lines} lines imported; measuring the idle gateway`);
  await endPhase(parts);
  const idleStart = momentOf(gateway);
  await pause(IDLE_MS);
  const idleEnd = momentOf(gateway);
  await endPhase(parts);

  const fleet = companion<FleetNews>(new URL('fleet.ts', import.meta.url), gateway.mqttPort, lines, ZONE);
  try {
    const storm = await stormOf(parts, fleet);
    const stormEnd = momentOf(gateway);
    const stormStalls = await endPhase(parts);
    await pause(Math.max(5_000, parts.startedAt + GRACE_MS - performance.now()));
    await endPhase(parts);
    const before = await newsOf(fleet);
    const steadyStart = momentOf(gateway);
    await steady(parts, fleet);
    const after = await newsOf(fleet);
    const steadyEnd = momentOf(gateway);
    const stalls = await endPhase(parts);
    const { lines: counted } = await gateway.status();
    say(`${minutes} min over; ${counted.live} of ${lines} lines live`);
    const idleShare = (idleEnd.cpuMs - idleStart.cpuMs) / (idleEnd.at - idleStart.at);
    const spans = { storm: [idleEnd, stormEnd], steady: [steadyStart, steadyEnd] } as const;
    return [
      ...stormFigures(parts, storm, spans.storm, idleShare, stormStalls),
      ...steadyFigures(parts, [before, after], spans.steady, idleShare),
      ...memoryFigures(lines, empty, idleEnd, steadyEnd),
      ...verdictFigures(parts, counted.live, after),
      stallFigure(`longest stall, ${lines} lines in steady state`, stalls, after.lagMs),
    ];
  } finally {
    await fleet.end();
  }
}

async function stormOf({ lines, say }: Run, fleet: Companion<FleetNews>): Promise<number> {
  const progress = fleet.hear(({ live }) => say(`connecting: ${live} of ${lines} live`));
  const { allLiveAfterMs } = await fleet.next(
    'all lines are live',
    STORM_LIMIT_MS,
    (news) => news.allLiveAfterMs !== null,
  );
  progress();
  return allLiveAfterMs ?? Number.NaN;
}

async function steady({ gateway, minutes, say }: Run, fleet: Companion<FleetNews>): Promise<void> {
  const until = performance.now() + minutes * 60_000;
  while (performance.now() < until) {
    await pause(Math.min(NEWS_EVERY_MS, until - performance.now()));
    const { live, alives, broken } = await newsOf(fleet);
    const mib = Math.round(residentKib(gateway.program.pid) / 1_024);
    const left = Math.max(0, Math.round((until - performance.now()) / 1_000));
    say(
      `steady: ${live} live, ${alives} alive signals, ${broken} broken connections, ${mib} MiB, ${left} s to go`,
    );
  }
}

function stormFigures(
  { lines }: Run,
  stormMs: number,
  [start, end]: readonly [Moment, Moment],
  idleShare: number,
  stalls: StallsSeen,
): Figure[] {
  const cpuMs = end.cpuMs - start.cpuMs - idleShare * (end.at - start.at);
  return [
    {
      name: `connect storm: ${lines} lines from the first connection to the last one live`,
      unit: 's',
      samples: [stormMs / 1_000],
      note: 'at most 1000 lines connect and register at once, plain MQTT, one connection a source address',
    },
    {
      name: 'gateway CPU for each line that connects, registers and goes live',
      unit: 'µs',
      samples: [(cpuMs * 1_000) / lines],
    },
    stallFigure(`longest stall while ${lines} lines connect`, stalls, null),
  ];
}

function steadyFigures(
  { minutes }: Run,
  [before, after]: readonly [FleetNews, FleetNews],
  [start, end]: readonly [Moment, Moment],
  idleShare: number,
): Figure[] {
  const spanMs = end.at - start.at;
  const cpuMs = end.cpuMs - start.cpuMs;
  const alives = after.alives - before.alives;
  const pings = after.pings - before.pings;
  return [
    {
      name: 'gateway CPU for each alive signal',
      unit: 'µs',
      samples: [((cpuMs - idleShare * spanMs) * 1_000) / alives],
      note: `${alives} alive signals and ${pings} keepalive pings (their cost included) in ${minutes} min, idle baseline taken off`,
    },
    {
      name: 'gateway, share of one core in steady state',
      unit: '%',
      samples: [(100 * cpuMs) / spanMs],
      note: `idle with the same lines, none connected: ${(100 * idleShare).toFixed(1)} % (the probe's queries included)`,
    },
  ];
}

function memoryFigures(lines: number, empty: Moment, imported: Moment, end: Moment): Figure[] {
  const perLine = (from: Moment, to: Moment) => (to.residentKib - from.residentKib) / lines;
  return [
    {
      name: 'gateway memory for each live line',
      unit: 'KiB',
      samples: [perLine(empty, end)],
      note: `resident: ${mib(empty)} MiB without lines, ${mib(imported)} imported, ${mib(end)} at the end; garbage not yet collected is in it`,
    },
  ];
}

function verdictFigures({ gateway, lines }: Run, live: number, news: FleetNews): Figure[] {
  const { log } = gateway.program;
  const doubts = log.all({ block: 544 }).length;
  return [
    {
      name: 'false off-line verdicts',
      unit: 'lines',
      samples: [log.all({ block: 550 }).length],
      target: { max: 0 },
      note: `${live} of ${lines} live at the end; ${doubts} signals missed, ${news.challenges} challenges answered, ${news.broken} connections broken (${news.silent} of them given up by the line after 15 s of silence), ${news.refused} refusals, ${news.registeredAgain} asked to register again`,
    },
  ];
}

function stallFigure(
  name: string,
  { waits, lost, ownLatenessMs }: StallsSeen,
  fleetLagMs: number | null,
): Figure {
  const { n, median, p99, max } = summaryOf(waits);
  const fleet = fleetLagMs === null ? '' : `, the fleet by up to ${fleetLagMs.toFixed(0)} ms`;
  return {
    name,
    unit: 'ms',
    samples: [max],
    note:
      `longest wait for a DNS answer over UDP, asked every 20 ms: n ${n}, median ${median.toFixed(2)}, p99 ${p99.toFixed(1)}, ` +
      `${lost} lost; the probe itself was late by up to ${ownLatenessMs.toFixed(0)} ms${fleet}`,
  };
}

function momentOf({ program }: LoopbackGateway): Moment {
  return { at: performance.now(), cpuMs: cpuMsOf(program.pid), residentKib: residentKib(program.pid) };
}

function mib(moment: Moment): number {
  return Math.round(moment.residentKib / 1_024);
}

async function endPhase({ probe }: Run): Promise<StallsSeen> {
  const seen = probe.next('the stall probe answers', 10_000);
  probe.say({});
  return await seen;
}

/** The fleet tells once a second. */
async function newsOf(fleet: Companion<FleetNews>): Promise<FleetNews> {
  return await fleet.next('news of the fleet', 10_000);
}

function companion<Heard>(script: URL, ...args: readonly (string | number)[]): Companion<Heard> {
  return new Companion([process.execPath, fileURLToPath(script), ...args.map(String)]);
}
