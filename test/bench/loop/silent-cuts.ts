import type { Agent } from '../../support/lab/agent.ts';
import { ZONE } from '../../support/lab/gateway.ts';
import type { Home } from '../../support/lab/home.ts';
import { Lab } from '../../support/lab/lab.ts';
import { GATEWAY_ADDRESS } from '../../support/lab/network.ts';
import type { LogLine, LogMark } from '../../support/lab/program-log.ts';
import { pause } from '../../support/lab/waiting.ts';
import { type Figure, summaryOf } from '../report/figure.ts';
import { monotonicMs } from './monotonic.ts';
import { NameWatch } from './name-watch.ts';
import type { Progress } from './progress.ts';

interface Wishes {
  readonly timeoutSeconds: number;
  /** Rounds in which the lines are cut one after the other, and as many in which they are cut together. */
  readonly rounds: number;
  readonly target: Figure['target'];
  readonly say: Progress;
}

interface Line {
  readonly id: string;
  readonly home: Home;
  readonly agent: Agent;
}

interface Cuts {
  readonly what: string;
  /** From one line's turn to the next one's; each is cut at a random moment of its turn, which is `turnMs` long. */
  readonly apartMs: number;
  readonly turnMs: number;
}

/** Fewer than the 20 silent lines at which the gateway's brake may hold. */
const HOMES = 10;
/** One batch and the next are at least this far apart: `update.every`. */
const BATCH_MS = 1_000;

/** How long a line that falls silent takes to its page. */
export async function silentCuts(wishes: Wishes): Promise<Figure[]> {
  const { timeoutSeconds, rounds, target, say } = wishes;
  const lab = await Lab.open({ resolver: false, gateway: { alive: { timeout: timeoutSeconds } } });
  const watch = new NameWatch(lab.isp);
  try {
    await lab.gateway.start();
    const lines = await connectLines(lab);
    say(`cuts at ${timeoutSeconds} s: ${lines.length} lines, waiting for the gateway's grace to end`);
    await lab.gateway.graceEnds();
    const figures: Figure[] = [];
    for (const cuts of bothWays(timeoutSeconds)) {
      const samples: number[] = [];
      const waits: number[] = [];
      for (let round = 1; round <= rounds; round++) {
        await startAll(lines, 2_000 * timeoutSeconds);
        const mark = lab.gateway.log.mark();
        samples.push(...(await cutAll(lines, watch, cuts)));
        waits.push(...batchWaits(lab, mark));
        say(`cuts at ${timeoutSeconds} s, ${cuts.what}: round ${round} of ${rounds}`);
        await mendAll(lines);
      }
      const name = `silent cut at alive.timeout ${timeoutSeconds} s -> page served, ${cuts.what}`;
      const { median, max } = summaryOf(waits);
      const note = `of which from the verdict to the batch: median ${median.toFixed(0)}, max ${max.toFixed(0)} ms`;
      figures.push({ name, unit: 'ms', samples, note, ...(target && { target }) });
    }
    return figures;
  } finally {
    await watch.end();
    await lab.close();
  }
}

/** Verdicts on lines that are cut together share batches and wait for them; apart, each finds the gateway idle. */
function bothWays(timeoutSeconds: number): readonly Cuts[] {
  const betweenSignalsMs = (timeoutSeconds * 1_000) / 3;
  return [
    { what: 'one line after the other', apartMs: 2 * betweenSignalsMs + BATCH_MS, turnMs: betweenSignalsMs },
    { what: `${HOMES} lines within ${timeoutSeconds} s`, apartMs: 0, turnMs: timeoutSeconds * 1_000 },
  ];
}

async function connectLines(lab: Lab): Promise<Line[]> {
  const lines: Line[] = [];
  for (let index = 0; index < HOMES; index++) {
    const id = `line${index}`;
    const home = await lab.connectHome(id);
    await home.take(`198.51.100.${100 + index}`);
    const wan = { source: 'interface', interface: 'wan' };
    lines.push({ id, home, agent: lab.agent(home, await lab.addLine(id), { wan }) });
  }
  return lines;
}

async function startAll(lines: readonly Line[], settleMs: number): Promise<void> {
  await Promise.all(lines.map(({ agent }) => agent.startAndGoLive(60_000)));
  await pause(settleMs);
}

async function mendAll(lines: readonly Line[]): Promise<void> {
  await Promise.all(lines.map(({ agent }) => agent.kill()));
  await Promise.all(lines.map(({ home }) => home.cable.mend()));
}

async function cutAll(
  lines: readonly Line[],
  watch: NameWatch,
  { apartMs, turnMs }: Cuts,
): Promise<number[]> {
  return await Promise.all(
    lines.map(async (line, index) => {
      await pause(index * apartMs + Math.random() * turnMs);
      return await cut(line, watch);
    }),
  );
}

/** Counted from before the packet filter is told, so the cut itself is in the figure. */
async function cut({ id, home }: Line, watch: NameWatch): Promise<number> {
  const at = monotonicMs();
  await home.cable.cut();
  const wanted = { name: `${id}.${ZONE}`, address: GATEWAY_ADDRESS, everyMs: 10, page: true };
  const { pageAt } = await watch.served(wanted, 60_000);
  return (pageAt ?? Number.NaN) - at;
}

/** From each verdict (block 550) to the swap (block 530) that carries it out, by the gateway's log. */
function batchWaits({ gateway }: Lab, mark: LogMark): number[] {
  const at = (line: LogLine) => Date.parse(String(line['time']));
  const swaps = gateway.log.all({ block: 530 }, mark).map(at);
  return gateway.log.all({ block: 550 }, mark).map((verdict) => {
    const swap = swaps.find((swappedAt) => swappedAt >= at(verdict)) ?? Number.NaN;
    return swap - at(verdict);
  });
}
