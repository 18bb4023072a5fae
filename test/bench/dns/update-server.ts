// The gateway as it serves, but for agents and pages: from its queue to its name server and the backups, its store on disk.
//   node update-server.ts CONFIG LINES       one Wish a line on standard input, one UpdateNews a line on standard output
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { AgentLink } from '../../../gateway-server/agent-link.ts';
import { runGateway, type Tunables } from '../../../gateway-server/gateway.ts';
import { assemble, nonce } from '../../../gateway-server/io/assembly.ts';
import { readSettingsFile } from '../../../gateway-server/io/settings-file.ts';
import { openZoneService } from '../../../gateway-server/io/zone-service.ts';
import { takeUpChanges } from '../../../gateway-server/registry.ts';
import { openSqliteStore } from '../../../gateway-server/store/io/sqlite-store.ts';
import type { Update } from '../../../gateway-server/zone/update.ts';
import { systemClock } from '../../../runtime/clock.ts';
import type { Fields, Logger } from '../../../runtime/log.ts';
import { monotonicMs } from '../loop/monotonic.ts';
import { lineOf, updateOf } from './our-lines.ts';
import type { UpdateNews, Wish } from './update-news.ts';

const LINES_A_WRITE = 10_000;
const UPDATES_A_PIECE = 1_000;

const [config = '', lines = ''] = parseArgs({ allowPositionals: true }).positionals;
const settings = readSettingsFile(config);
const stop = new AbortController();
let batchDone = Promise.withResolvers<void>();
const NOBODY: AgentLink = {
  send: () => false,
  connectionOf: () => undefined,
  close: () => undefined,
  announce: () => undefined,
};
const TUNABLES: Tunables = {
  patience: { timeoutMs: settings.alive.timeout, patienceMs: settings.verify.patience },
  everyMs: settings.update.every,
  rules: { allowPublic: true, allow: [], own: new Set() },
  reference: null,
  halt: { isHalting: false, leastMs: 0 },
};

function tell(news: UpdateNews): void {
  process.stdout.write(`${JSON.stringify(news)}\n`);
}

/** The loop's own log says when it took a batch, and when that was in the zone. */
function listeningLog(): Logger {
  const hear = (event: string, fields: Fields = {}) => {
    if (event === 'queue moved')
      tell({ kind: 'taken', at: monotonicMs(), updates: Number(fields['updates']) });
    else if (event === 'batch is in the zone') batchDone.resolve();
  };
  const grave = (event: string, fields: Fields = {}) =>
    process.stderr.write(`${event} ${JSON.stringify(fields)}\n`);
  return { error: grave, warn: grave, info: hear, debug: hear };
}

async function storeLines(count: number): Promise<void> {
  mkdirSync(settings.data_dir, { recursive: true });
  const store = openSqliteStore(join(settings.data_dir, 'gateway.sqlite'));
  for (let from = 0; from < count; from += LINES_A_WRITE) {
    const here = Math.min(LINES_A_WRITE, count - from);
    await store.putLines(Array.from({ length: here }, (_, n) => lineOf(from + n)));
  }
  await store.close();
}

await storeLines(Number(lines));
const startedAt = monotonicMs();
const log = listeningLog();
const assembly = await assemble(() => settings, log);
const { registry, store } = assembly;
await takeUpChanges(registry, { ...assembly, clock: systemClock });
const zone = await openZoneService(assembly, () => settings, log);

const running = Promise.all([
  runGateway(
    {
      ...{ ...assembly, clock: systemClock, log, nonce, othersTurn: () => zone.dns.caughtUp() },
      ...{ backups: zone.backups, gate: zone.gate, followers: zone.followers },
      answering: assembly.identity.answering,
      witnesses: [],
      portalLink: () => null,
      prober: { probe: async () => new Map(), lastProblem: () => null },
      openLink: async () => {
        tell({ kind: 'ready', at: monotonicMs(), loadMs: monotonicMs() - startedAt });
        return NOBODY;
      },
      tunables: () => TUNABLES,
    },
    stop.signal,
  ),
  zone.backups.run(stop.signal),
]);

async function carryOut({ from, count, generation, comes }: Wish): Promise<void> {
  const pieces: Update[][] = [];
  for (let n = from; n < from + count; n += UPDATES_A_PIECE) {
    const length = Math.min(UPDATES_A_PIECE, from + count - n);
    pieces.push(Array.from({ length }, (_, place) => updateOf(n + place, generation)));
    await setImmediate();
  }
  if (comes === 'gathering') await beginInterval(generation);
  tell({ kind: 'handed', at: monotonicMs() });
  if (comes === 'at-once') await registry.queue.put(...pieces.flat());
  else for (const piece of pieces) await registry.queue.put(...piece);
}

/** A batch of the last line alone: what comes then has to wait for the next. */
async function beginInterval(generation: number): Promise<void> {
  batchDone = Promise.withResolvers();
  await registry.queue.put(updateOf(Number(lines) - 1, generation));
  await batchDone.promise;
}

async function end(): Promise<void> {
  stop.abort();
  await running;
  await zone.close();
  await store.close();
  process.exit();
}

createInterface({ input: process.stdin })
  .on('line', (line) => void carryOut(JSON.parse(line) as Wish))
  .on('close', () => void end());
