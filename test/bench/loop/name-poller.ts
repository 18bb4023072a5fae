// Companion process: asks a name server again and again until a name leads to the address that is waited for.
//   node name-poller.ts SERVER          one Watch a line on standard input, one Sighting a line on standard output
import { createSocket } from 'node:dgram';
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { decodeDns, dnsQuery } from '../../support/dns-message.ts';
import { monotonicMs } from './monotonic.ts';
import type { Sighting, Watch } from './name-watch.ts';

const PAGE_AGAIN_MS = 10;

const [server = '127.0.0.1'] = parseArgs({ allowPositionals: true }).positionals;
const socket = createSocket('udp4');
const watches = new Map<number, { readonly watch: Watch; readonly timer: NodeJS.Timeout }>();

socket.on('message', (bytes) => {
  const at = monotonicMs();
  const { id, answers } = decodeDns(bytes);
  const found = watches.get(id);
  if (!found || answers[0]?.rdata !== found.watch.address) return;
  clearInterval(found.timer);
  watches.delete(id);
  if (found.watch.page) seePage(found.watch, at);
  else tell({ id, servedAt: at, pageAt: null });
});

function begin(watch: Watch): void {
  const query = dnsQuery({ name: watch.name, id: watch.id });
  const timer = setInterval(() => socket.send(query), watch.everyMs);
  watches.set(watch.id, { watch, timer });
}

/** The page that the gateway shows in the line's place has status 503. */
function seePage(watch: Watch, servedAt: number): void {
  const again = () => setTimeout(() => seePage(watch, servedAt), PAGE_AGAIN_MS);
  const call = get({ host: server, agent: false, headers: { host: watch.name } }, (reply) => {
    reply.resume().on('end', () => {
      if (reply.statusCode === 503) tell({ id: watch.id, servedAt, pageAt: monotonicMs() });
      else again();
    });
  });
  call.on('error', again);
}

function tell(sighting: Sighting): void {
  process.stdout.write(`${JSON.stringify(sighting)}\n`);
}

socket.connect(53, server, () => {
  createInterface({ input: process.stdin })
    .on('line', (line) => begin(JSON.parse(line) as Watch))
    .on('close', () => process.exit());
});
