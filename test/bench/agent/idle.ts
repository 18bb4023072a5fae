import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from '../dns/part.ts';
import type { Figure } from '../report/figure.ts';
import { ended, field } from './contestants.ts';

const TARGETS: Readonly<Record<string, readonly [rssMib: number, cpu?: number]>> = {
  'compact agent': [3, 0.05],
  'agent with Node inside': [60],
};

/** Memory and time on a processor while nothing happens: the agents tell every 3.3 s that the line is alive, the peers wait. */
export async function idle(part: Part): Promise<Figure[]> {
  const { contestants, close } = await field(part);
  const running = contestants.map((contestant) => ({ ...contestant, ...contestant.start() }));
  await Promise.all(running.map(({ told }) => told));
  await sleep(5_000);
  const seconds = part.isShort ? 15 : 120;
  const before = running.map(({ child }) => busyMs(child.pid ?? 0));
  await sleep(seconds * 1_000);
  const figures = running.flatMap(({ name, child }, index) => {
    const [rss, cpu] = TARGETS[name] ?? [];
    const pid = child.pid ?? 0;
    const busy = (busyMs(pid) - (before[index] ?? 0)) / (seconds * 10);
    return [
      {
        name: `${name}: resident`,
        unit: 'MiB',
        samples: [kib(pid, 'Rss') / 1024],
        ...(rss && { target: { median: rss } }),
      },
      { name: `${name}: resident, its share`, unit: 'MiB', samples: [kib(pid, 'Pss') / 1024] },
      {
        name: `${name}: idle, of a processor`,
        unit: '%',
        samples: [busy],
        ...(cpu && { target: { median: cpu } }),
      },
    ];
  });
  for (const { child } of running) await ended(child);
  close();
  return figures;
}

function kib(pid: number, key: string): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1]);
}

/** How long all threads of the process have been on a processor. */
function busyMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1_000_000;
}
