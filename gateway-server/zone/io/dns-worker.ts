import process from 'node:process';
import { parseAddress } from '../../../protocol/address.ts';
import { parseDomainName } from '../../../protocol/domain-name.ts';
import { type Elapsed, systemClock } from '../../../runtime/clock.ts';
import { type Logger, lineLogger } from '../../../runtime/log.ts';
import { every } from '../../../runtime/loop.ts';
import { truncatedReply } from '../reply.ts';
import { ResolverGate } from '../resolver-gate.ts';
import { mayTransfer } from '../transfer/transfer-access.ts';
import type { Transfers } from '../transfers.ts';
import { Zone } from '../zone.ts';
import { type DnsServer, openDnsServer } from './dns-server.ts';
import type { WorkerNews, WorkerOrder, WorkerStart } from './worker-messages.ts';

const COUNTERS_MS = 1_000;

/** A worker at work. */
interface Post {
  readonly zone: Zone;
  readonly gate: ResolverGate;
  readonly server: DnsServer;
  /** When the batch of the names that wait is due. */
  batchAt: Elapsed;
}

/** Runs a worker process until its gateway is gone or lets it go: it answers UDP from a copy of the zone. */
export async function runDnsWorker(): Promise<void> {
  const log = lineLogger(systemClock, (line) => process.stderr.write(line));
  const stop = new AbortController();
  // the gateway stops in order and lets its workers go: a signal to all of them at once must not come before
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  let post: Promise<Post> | undefined;
  process.on('message', (order: WorkerOrder) => {
    if (order.kind === 'start') post = opened(order, log, stop.signal);
    // one after the other, as they were given
    else post = post?.then((ready) => carriedOut(ready, order));
    post?.catch((error) => {
      tell({ kind: 'failed', reason: String(error) });
      process.disconnect?.();
    });
  });
  await new Promise<void>((resolve) => process.once('disconnect', resolve));
  stop.abort();
  await post?.then(({ server }) => server.close()).catch(() => undefined);
}

async function opened(start: WorkerStart, log: Logger, signal: AbortSignal): Promise<Post> {
  const zone = new Zone(start.identity, start.serial);
  zone.swap(start.names, start.serial);
  const gate = new ResolverGate();
  if (start.isHalted) gate.close();
  const server = await openDnsServer({
    listen: start.endpoints,
    zone,
    rateLimit: start.rateLimit,
    cookieSecret: start.cookieSecret,
    transfers: overTcpOnly(start),
    keys: new Map(start.keys.map((key) => [key.name, key])),
    gate,
    sharing: 'worker',
    clock: systemClock,
    log,
  });
  const post: Post = { zone, gate, server, batchAt: Number.POSITIVE_INFINITY };
  zone.shortenQueued(() => Math.max(0, Math.floor((post.batchAt - systemClock.elapsed()) / 1_000)));
  tell({ kind: 'serves', serial: start.serial });
  void every({ periodMs: COUNTERS_MS, clock: systemClock, log }, signal, async () =>
    tell({ kind: 'counted', counters: server.counters() }),
  );
  return post;
}

function carriedOut(post: Post, order: Exclude<WorkerOrder, WorkerStart>): Post {
  const { zone, gate, server } = post;
  switch (order.kind) {
    case 'step':
      zone.swap(order.diff, order.serial);
      tell({ kind: 'serves', serial: order.serial });
      break;
    case 'own':
      zone.replaceOwn(order.identity, order.serial);
      tell({ kind: 'serves', serial: order.serial });
      break;
    case 'rate-limit':
      server.setRateLimits(order.rateLimit);
      break;
    case 'halt':
      if (order.isHalted) gate.close();
      else gate.open();
      break;
    case 'queued':
      noteQueued(post, order);
  }
  return post;
}

function noteQueued(post: Post, { name, dueInMs }: Extract<WorkerOrder, { readonly kind: 'queued' }>): void {
  const known = parseDomainName(name);
  if (!known) return;
  post.zone.setQueued(known, dueInMs !== null);
  if (dueInMs !== null) post.batchAt = systemClock.elapsed() + dueInMs;
}

/** The process that owns the endpoints gives the zone away. */
function overTcpOnly({ secondaries }: WorkerStart): Transfers {
  return {
    messages: (query) => [truncatedReply(query)],
    isForBackup: ({ signedBy }, client) =>
      mayTransfer(secondaries, parseAddress(client.address), signedBy) === 'yes',
  };
}

function tell(news: WorkerNews): void {
  if (process.connected) process.send?.(news);
}
