import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pause } from '../../support/lab/waiting.ts';
import { nameOf, ZONE } from '../dns/bench-zone.ts';
import type { Part } from '../dns/part.ts';
import type { Figure } from '../report/figure.ts';
import { storeOffLineLines } from './off-line-lines.ts';
import { fetched, OurServer } from './our-server.ts';

const SENDERS = 64;
/** A form is refused that comes back faster than people write. */
const WRITING_MS = 2_500;

/** Messages that visitors leave, each for another line and from another address, until each of them has read "kept". */
export async function messageRate(part: Part): Promise<Figure[]> {
  const [rounds, count] = part.isShort ? [1, 200] : [5, 1_000];
  const folder = join(part.folder, 'messages');
  const file = join(folder, 'data', 'gateway.sqlite');
  mkdirSync(join(folder, 'data'), { recursive: true });
  await storeOffLineLines(file, rounds * count);
  const server = await OurServer.start(folder, 5);
  const perSecond: number[] = [];
  const waits: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const lines = Array.from({ length: count }, (_, n) => round * count + n);
      const seals = await inParallel(lines, (n) => sealOf(server.port, n));
      await pause(WRITING_MS);
      const startedAt = performance.now();
      const took = await inParallel(lines, (n, at) => leave(server.port, n, seals[at] ?? ''));
      perSecond.push(count / ((performance.now() - startedAt) / 1_000));
      waits.push(...took);
      part.say(`round ${round + 1} of ${rounds}: ${Math.round(perSecond.at(-1) ?? 0)} messages a second`);
    }
  } finally {
    await server.end();
  }
  const kept = messagesIn(file);
  if (kept !== rounds * count) throw new Error(`${kept} of ${rounds * count} messages are in the store`);
  return [
    {
      name: 'messages to disk a second',
      unit: 'messages/s',
      samples: perSecond.map(Math.round),
      note: `${SENDERS} visitors at once; flushed to disk before "kept" is read; all ${kept} are in the store afterwards`,
    },
    { name: 'from sending a message to reading "kept"', unit: 'ms', samples: waits },
  ];
}

async function sealOf(port: number, n: number): Promise<string> {
  const { body } = await fetched(port, nameOf(n), '/', senderOf(n));
  return /name="seal" value="([^"]+)"/.exec(body)?.[1] ?? '';
}

/** Resolves with the milliseconds until the answer was there. */
function leave(port: number, n: number, seal: string): Promise<number> {
  const body = new URLSearchParams({
    to: nameOf(n),
    seal,
    name: 'Bea',
    contact: '',
    text: `message ${n}`,
  }).toString();
  const headers = {
    host: `leave.${ZONE}`,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
  };
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const posted = request(
      {
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: '/',
        localAddress: senderOf(n),
        headers,
        agent: false,
      },
      (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === 200) resolve(performance.now() - startedAt);
          else reject(new Error(`a message was answered with ${response.statusCode}`));
        });
      },
    );
    posted.on('error', reject).end(body);
  });
}

/** Few messages from each, as each is limited. */
function senderOf(n: number): string {
  return `127.${1 + ((n >> 14) & 63)}.${(n >> 7) & 127}.${1 + (n & 127)}`;
}

async function inParallel<T>(
  items: readonly number[],
  work: (item: number, at: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  const next = items.entries();
  const sender = async () => {
    for (const [at, item] of next) results[at] = await work(item, at);
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return results;
}

function messagesIn(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const count = Number(database.prepare('SELECT count(*) AS count FROM message').get()?.['count']);
  database.close();
  return count;
}
