// A zone and its sockets alone: all that a process needs that answers questions and nothing else.
//   node zone-server.ts ADDRESS PORT NAMES
import { parseArgs } from 'node:util';
import { openDnsServer } from '../../../gateway-server/zone/io/dns-server.ts';
import { Zone } from '../../../gateway-server/zone/zone.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { lineLogger } from '../../../runtime/log.ts';
import { address } from '../../support/dns-zone.ts';
import { arrivals, benchIdentity, usualRateLimits } from './our-zone.ts';

const NAMES_A_STEP = 10_000;

const [host = '', port = '', names = ''] = parseArgs({ allowPositionals: true }).positionals;
const zone = new Zone(benchIdentity(), 1);
for (let from = 0; from < Number(names); from += NAMES_A_STEP)
  zone.apply(arrivals(from, Math.min(NAMES_A_STEP, Number(names) - from)), zone.serial + 1);

const server = await openDnsServer({
  listen: [{ address: address(host), port: Number(port) }],
  zone,
  rateLimit: usualRateLimits(),
  clock: systemClock,
  log: lineLogger(systemClock, (line) => process.stderr.write(line), 'warn'),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void server.close().then(() => process.exit()));
