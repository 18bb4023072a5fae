import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../../support/lab/program.ts';
import { nameOf } from '../dns/bench-zone.ts';
import { CORE, pinned } from '../dns/server-process.ts';

export interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
  /** Answers that were no page, and connections that failed. */
  readonly failed: number;
}

const CONNECTIONS = 60;

/** wrk's script: each request for the next of so many of the names, and at the end one row of figures. */
export function writeWrkScript(folder: string, names: number, hosts: number): string {
  const [file, list] = [join(folder, `hosts-${hosts}.lua`), join(folder, `hosts-${hosts}.txt`)];
  const rows = Array.from({ length: hosts }, (_, n) => `${nameOf(Math.floor((n * names) / hosts))}\n`);
  writeFileSync(list, rows.join(''));
  writeFileSync(
    file,
    `local hosts = {}
for name in io.lines("${list}") do hosts[#hosts + 1] = name end
local n = 0
request = function()
  n = n % #hosts + 1
  return wrk.format("GET", "/", { ["Host"] = hosts[n], ["Connection"] = "close" })
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("FIGURES %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(99), e.connect + e.read + e.write + e.timeout))
end
`,
  );
  return file;
}

/** So many seconds of visitors, each on a connection of its own. The pages' status is 503, which wrk does not count as failed here. */
export async function visits(port: number, script: string, seconds: number): Promise<Load> {
  const words = [
    'wrk',
    '-t1',
    `-c${CONNECTIONS}`,
    `-d${seconds}s`,
    '-s',
    script,
    `http://127.0.0.1:${port}/`,
  ] as const;
  const text = await mustRun(pinned(words, CORE.askers), { limitMs: (seconds + 30) * 1_000 });
  const figures = /FIGURES (\d+) (\d+) (\d+) (\d+)/.exec(text)?.slice(1).map(Number);
  if (!figures) throw new Error(`wrk says nothing that can be read\n${text}`);
  const [requests = 0, microseconds = 1, p99 = 0, failed = 0] = figures;
  return { perSecond: (requests / microseconds) * 1e6, p99Ms: p99 / 1_000, failed };
}
