import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/secondaries/free-port.ts';
import { nameOf } from '../dns/bench-zone.ts';
import type { Part } from '../dns/part.ts';
import { cpuMsOf, residentKib } from '../load/process-usage.ts';
import type { Figure } from '../report/figure.ts';
import { startNginx } from './nginx.ts';
import { storeOffLineLines } from './off-line-lines.ts';
import { fetched, OurServer } from './our-server.ts';
import { type Load, visits, writeWrkScript } from './wrk.ts';

const NAMES = 100_000;
/** Names that visitors ask for in turn: few, whose pages are at hand, and all, where each page has to be written. */
const ASKED_FOR = [1_000, NAMES];

interface Round extends Load {
  readonly cpuUsPerPage: number;
}

/** Visitors of 100,000 names, each on a connection of its own, as the page asks for; nginx beside it with the very same page. */
export async function cachedPages(part: Part): Promise<Figure[]> {
  const folder = join(part.folder, 'cached');
  mkdirSync(join(folder, 'data'), { recursive: true });
  await storeOffLineLines(join(folder, 'data', 'gateway.sqlite'), NAMES);
  const ours = await OurServer.start(folder, 5);
  part.say(`the gateway answers for ${NAMES} names`);
  const page = await fetched(ours.port, nameOf(0));
  if (page.status !== 503 || !page.body.includes('Back on Monday')) throw new Error('not the page of a line');
  const nginxPort = await freePort('127.0.0.1');
  const nginx = await startNginx(folder, nginxPort, NAMES, page);
  try {
    const servers = [
      { name: 'porchlight', port: ours.port, pid: ours.program.pid },
      { name: 'nginx', port: nginxPort, pid: nginx.pid },
    ] as const;
    const figures: Figure[] = [];
    for (const asked of ASKED_FOR) {
      const rounds = await inTurn(part, servers, writeWrkScript(folder, NAMES, asked));
      figures.push(...figuresOf(rounds, asked, page.body.length));
    }
    const residentMb = residentKib(ours.program.pid) / 1024;
    return [...figures, { name: 'memory in use afterwards: porchlight', unit: 'MB', samples: [residentMb] }];
  } finally {
    await nginx.stop().catch(() => nginx.kill());
    await ours.end();
  }
}

async function inTurn(
  { isShort, say }: Part,
  servers: readonly { readonly name: string; readonly port: number; readonly pid: number }[],
  script: string,
): Promise<ReadonlyMap<string, readonly Round[]>> {
  const { count, seconds } = isShort ? { count: 2, seconds: 1 } : { count: 5, seconds: 3 };
  for (const { port } of servers) await visits(port, script, 2);
  const rounds = new Map(servers.map(({ name }) => [name, [] as Round[]]));
  for (let n = 1; n <= count; n++) {
    for (const { name, port, pid } of servers) {
      const before = cpuMsOf(pid);
      const load = await visits(port, script, seconds);
      const cpuUsPerPage = ((cpuMsOf(pid) - before) * 1_000) / (load.perSecond * seconds);
      rounds.get(name)?.push({ ...load, cpuUsPerPage });
    }
    const told = [...rounds].map(([name, found]) => `${name} ${Math.round(found.at(-1)?.perSecond ?? 0)}`);
    say(`round ${n} of ${count}: ${told.join(', ')} pages a second`);
  }
  return rounds;
}

function figuresOf(rounds: ReadonlyMap<string, readonly Round[]>, asked: number, bytes: number): Figure[] {
  const [ours = [], theirs = []] = [rounds.get('porchlight'), rounds.get('nginx')];
  return [
    ...[...rounds].flatMap(([name, found]): Figure[] => [
      {
        name: `pages a second, ${asked} of ${NAMES} names, one core: ${name}`,
        unit: 'pages/s',
        samples: found.map(({ perSecond }) => Math.round(perSecond)),
        note: `${bytes} bytes, both servers end each connection; ${found.reduce((sum, { failed }) => sum + failed, 0)} failed`,
      },
      { name: `p99, ${asked} names: ${name}`, unit: 'ms', samples: found.map(({ p99Ms }) => p99Ms) },
      {
        name: `CPU a page, ${asked} names: ${name}`,
        unit: 'µs',
        samples: found.map(({ cpuUsPerPage }) => cpuUsPerPage),
      },
    ]),
    {
      name: `pages a second, ${asked} names: porchlight to nginx`,
      unit: 'x nginx',
      samples: ours.map(({ perSecond }, n) => perSecond / (theirs[n]?.perSecond ?? Number.NaN)),
      target: { least: 0.6 },
    },
  ];
}
