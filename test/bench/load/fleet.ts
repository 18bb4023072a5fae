// Companion process: very many simulated lines on real MQTT connections.
//   node fleet.ts PORT LINES ZONE           tells its tally once a second, and at once when all are live
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { memberAt } from './fleet-member.ts';
import type { FleetNews } from './fleet-news.ts';
import { type FleetTally, SimulatedLine } from './simulated-line.ts';

/** Lines that connect and register at the same time; more would overflow a listener's backlog in the kernel. */
const AT_ONCE = 1_000;
const LOOK_MS = 10;

const [port = '', count = '', zone = ''] = parseArgs({ allowPositionals: true }).positionals;
const gateway = { host: '127.0.0.1', port: Number(port) };
const tally: FleetTally = {
  live: 0,
  alives: 0,
  pings: 0,
  challenges: 0,
  refused: 0,
  registeredAgain: 0,
  broken: 0,
  silent: 0,
};
const lines = Array.from(
  { length: Number(count) },
  (_, index) => new SimulatedLine(memberAt(index, zone), gateway, tally),
);
const lag = monitorEventLoopDelay();

function tell(allLiveAfterMs: number | null): void {
  const news: FleetNews = { ...tally, allLiveAfterMs, lagMs: lag.max / 1e6 };
  process.stdout.write(`${JSON.stringify(news)}\n`);
}

async function connectAll(): Promise<number> {
  const startedAt = performance.now();
  const waiting = lines.values();
  const worker = async () => {
    for (const line of waiting) await line.open();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  while (tally.live < lines.length) await setTimeout(LOOK_MS);
  return performance.now() - startedAt;
}

process.stdin.resume().on('end', () => process.exit());
setInterval(() => tell(null), 1_000);
tell(await connectAll());
lag.enable();
