import { mkdirSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { sqliteMessages } from '../../../gateway-server/store/io/sqlite-messages.ts';
import { sqliteShelf } from '../../../gateway-server/store/io/sqlite-shelf.ts';
import { openGatewayDatabase } from '../../../gateway-server/store/io/sqlite-store.ts';
import { ContentFolder } from '../../../gateway-server/subscriber/io/content-folder.ts';
import { KeptMailbox } from '../../../gateway-server/subscriber/kept-mailbox.ts';
import { KeptShelf } from '../../../gateway-server/subscriber/kept-shelf.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { lineLogger } from '../../../runtime/log.ts';
import { pause } from '../../support/lab/waiting.ts';
import { nameOf } from '../dns/bench-zone.ts';
import { lineOf } from '../dns/our-lines.ts';
import type { Part } from '../dns/part.ts';
import { residentKib } from '../load/process-usage.ts';
import type { Figure } from '../report/figure.ts';
import { storeOffLineLines } from './off-line-lines.ts';
import { fetched, OurServer } from './our-server.ts';

const VISITORS = 200;
const GREETING_BYTES = 4 * 1024 * 1024;
const QUOTA_MB = 10;
/** Fewer than one address may hold open at once. */
const VISITORS_AN_ADDRESS = 20;
const LOOK_EVERY_MS = 50;

/** A greeting of 4 MB that two hundred visitors hear at the same time. */
export async function greetingStreams(part: Part): Promise<Figure[]> {
  const folder = join(part.folder, 'greeting');
  mkdirSync(join(folder, 'data'), { recursive: true });
  await storeOffLineLines(join(folder, 'data', 'gateway.sqlite'), 1);
  await storeGreeting(join(folder, 'data'));
  const server = await OurServer.start(folder, QUOTA_MB);
  const [seconds, rates, growth]: [number[], number[], number[]] = [[], [], []];
  try {
    const path = greetingPath((await fetched(server.port, nameOf(0))).body);
    await heardByAll(server.port, path);
    for (let round = 1; round <= (part.isShort ? 1 : 5); round++) {
      const before = residentKib(server.program.pid);
      const watch = peakOf(server.program.pid);
      const startedAt = performance.now();
      await heardByAll(server.port, path);
      const took = (performance.now() - startedAt) / 1_000;
      const peak = await watch.end();
      seconds.push(took);
      rates.push((VISITORS * GREETING_BYTES) / 1e6 / took);
      growth.push((peak - before) / 1_024);
      part.say(`round ${round}: ${took.toFixed(1)} s, memory +${growth.at(-1)?.toFixed(1)} MB`);
    }
  } finally {
    await server.end();
  }
  return [
    {
      name: `a 4 MB greeting to ${VISITORS} visitors at once: all have it after`,
      unit: 's',
      samples: seconds,
    },
    { name: 'the same: sent in all', unit: 'MB/s', samples: rates },
    {
      name: 'the same: memory of the gateway beyond what it held before',
      unit: 'MB',
      samples: growth,
      target: { max: 64 },
      note: `${(VISITORS * GREETING_BYTES) / 1e6} MB are sent; the target is ours, for "flat"`,
    },
  ];
}

async function storeGreeting(data: string): Promise<void> {
  const database = openGatewayDatabase(join(data, 'gateway.sqlite'));
  const log = lineLogger(systemClock, (line) => process.stderr.write(line), 'warn');
  const files = new ContentFolder(join(data, 'content'), log);
  const common = { files, clock: systemClock, log, quotaBytes: () => QUOTA_MB * 1e6 };
  const standings = { setMessages: () => undefined, note: () => undefined };
  const mailbox = await KeptMailbox.open({
    ...common,
    store: sqliteMessages(database),
    standings,
    witnesses: [],
  });
  const shelf = await KeptShelf.open({ ...common, store: sqliteShelf(database), mailbox });
  const [line] = lineOf(0);
  const source = noise();
  const kept = await shelf.put(line.id, {
    role: 'greeting',
    name: 'hello.webm',
    mediaType: 'audio/webm',
    source,
  });
  await database.store.close();
  if (kept.kind !== 'kept') throw new Error(`the greeting was not kept: ${kept.kind}`);
}

async function* noise(): AsyncIterable<Uint8Array> {
  for (let n = 0; n < GREETING_BYTES / 65_536; n++) yield new Uint8Array(65_536).fill(n);
}

function greetingPath(page: string): string {
  const path = /src="(\/\.porchlight\/file\/[^"]+)"/.exec(page)?.[1];
  if (path === undefined) throw new Error('the page has no greeting');
  return path;
}

async function heardByAll(port: number, path: string): Promise<void> {
  const visitors = Array.from({ length: VISITORS }, (_, n) =>
    heard(port, path, `127.0.1.${1 + Math.floor(n / VISITORS_AN_ADDRESS)}`),
  );
  for (const bytes of await Promise.all(visitors))
    if (bytes !== GREETING_BYTES) throw new Error(`a visitor got ${bytes} bytes`);
}

function heard(port: number, path: string, from: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      localAddress: from,
      headers: { host: nameOf(0) },
      agent: false,
    };
    get(options, (response) => {
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
      });
      response.on('end', () => resolve(bytes)).on('error', reject);
    }).on('error', reject);
  });
}

/** The most memory that the process holds until it is asked, in KiB. */
function peakOf(pid: number): { end(): Promise<number> } {
  let [peak, isOver] = [0, false];
  const watching = (async () => {
    while (!isOver) {
      peak = Math.max(peak, residentKib(pid));
      await pause(LOOK_EVERY_MS);
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await watching;
      return peak;
    },
  };
}
