import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { serve } from '../../../gateway-server/io/serve.ts';
import { readSettingsFile } from '../../../gateway-server/io/settings-file.ts';
import type { Fields } from '../../../runtime/log.ts';
import { parseKillPoint } from './kill-point.ts';

/** The gateway's program, which kills itself at a point of Figure 5; it begins to count when it is told a word. */

const [config = '', text = ''] = process.argv.slice(2);
const { block, visit, turns } = parseKillPoint(text);
const settings = readSettingsFile(config);
let visitsLeft = Number.POSITIVE_INFINITY;
process.stdin.once('data', () => {
  visitsLeft = visit;
});

async function die(): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextTurn();
  process.kill(process.pid, 'SIGKILL');
}

function note(event: string, fields: Fields = {}): void {
  if (event === 'gateway listens') process.stdout.write(`${JSON.stringify(fields)}\n`);
  if (fields['block'] !== block) return;
  visitsLeft -= 1;
  if (visitsLeft === 0) void die();
}

function complain(event: string, fields: Fields = {}): void {
  process.stderr.write(`${event} ${JSON.stringify(fields)}\n`);
  note(event, fields);
}

const log = { error: complain, warn: note, info: note, debug: note };
await serve({ settings: () => settings, log, onReload: () => undefined }, new AbortController().signal);
