import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Endpoint } from '../../../../../gateway-server/endpoint.ts';
import { openDnsServer } from '../../../../../gateway-server/zone/io/dns-server.ts';
import { DnsWorkers } from '../../../../../gateway-server/zone/io/dns-workers.ts';
import { ResolverGate } from '../../../../../gateway-server/zone/resolver-gate.ts';
import { nextSerial } from '../../../../../gateway-server/zone/serial.ts';
import { Zone } from '../../../../../gateway-server/zone/zone.ts';
import type { ZoneIdentity } from '../../../../../gateway-server/zone/zone-identity.ts';
import { systemClock } from '../../../../../runtime/clock.ts';
import { exchangeUdp } from '../../../../support/dns-client.ts';
import { decodeDns, dnsQuery } from '../../../../support/dns-message.ts';
import { address, domain, identity } from '../../../../support/dns-zone.ts';
import { until } from '../../../../support/lab/waiting.ts';
import { MemoryLog } from '../../../../support/memory-log.ts';

const PROGRAM = fileURLToPath(new URL('../../../../support/dns-worker-program.ts', import.meta.url));
const ALICE = domain('alice.mwebpages.test');
const AXFR = 252;
/** By their number every process has its turn: the system deals questions out by their source port. */
const SOURCES = 60;
const START_MS = 15_000;
const SLOW = { timeout: 40_000 };

/** A zone with alice in it, answered by this process and two workers. */
async function serving() {
  const zone = new Zone(identity(), 100);
  zone.apply([{ name: ALICE, addresses: [address('127.1.0.1')] }], 100);
  const [log, gate] = [new MemoryLog(), new ResolverGate()];
  const common = { zone, gate, log, clock: systemClock, rateLimit: { perSecond: 0, exempt: [] } };
  const server = await openDnsServer({
    ...common,
    listen: [{ address: address('127.0.0.1'), port: 0 }],
    sharing: 'owner',
  });
  const workers = new DnsWorkers({
    ...common,
    count: 2,
    program: PROGRAM,
    endpoints: server.endpoints,
    keys: [],
    cookieSecret: new Uint8Array(16),
    secondaries: [],
  });
  onTestFinished(async () => {
    await workers.close();
    await server.close();
  });
  await until('both workers answer', START_MS, () => pidsIn(log).length === 2);
  const [endpoint] = server.endpoints;
  if (!endpoint) throw new Error('no endpoint');
  const publish = async (host: string) => {
    const draft = zone.draft();
    draft.add({ name: ALICE, addresses: [address(host)] });
    const [diff, from, to] = [draft.diff(), zone.serial, nextSerial(zone.serial)];
    zone.swap(diff, to);
    workers.append({ from, to, diff });
    await workers.settled(to);
  };
  const replaceOwn = async (changed: ZoneIdentity) => {
    const [from, to] = [zone.serial, nextSerial(zone.serial)];
    zone.replaceOwn(changed, to);
    workers.append({ from, to, diff: null });
    await workers.settled(to);
  };
  return { zone, workers, server, log, endpoint, publish, replaceOwn };
}

/** The process ids of all workers that have ever answered. */
function pidsIn({ events }: MemoryLog): number[] {
  return events
    .filter((event) => event.includes('DNS worker answers'))
    .map((event) => Number(event.split(' ')[4]));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What is answered to a question from many source ports: each answer once. */
async function answers(endpoint: Endpoint, name: string = ALICE, type = 1): Promise<string[]> {
  const question = dnsQuery({ name, type });
  const replies = await Promise.all(Array.from({ length: SOURCES }, () => exchangeUdp(endpoint, question)));
  return [...new Set(replies.map((reply) => (reply === 'silence' ? reply : said(reply))))];
}

function said(reply: Buffer): string {
  const { answers: records, flags, rcode } = decodeDns(reply);
  return records.map(({ rdata }) => rdata).join() || `${flags} ${rcode}`;
}

describe('DNS workers', SLOW, () => {
  test('answer every batch like the process that owns the zone', async () => {
    const { endpoint, publish, workers, server } = await serving();
    expect(await answers(endpoint)).toEqual(['127.1.0.1']);
    for (const host of ['127.1.0.2', '127.1.0.3']) {
      await publish(host);
      expect(await answers(endpoint)).toEqual([host]);
    }
    await until('all three have answered', 5_000, () =>
      [...workers.counters(), server.counters()].every(({ udpQueries }) => udpQueries > 0),
    );
    expect(workers.counters()).toHaveLength(2);
  });

  test('take over other records of the zone itself, and tell its serial', async () => {
    const { endpoint, replaceOwn } = await serving();
    await replaceOwn(identity({ answering: [address('192.0.2.99')] }));
    expect(await answers(endpoint, 'portal.mwebpages.test')).toEqual(['192.0.2.99']);
    const soas = await answers(endpoint, 'mwebpages.test', 6);
    expect(soas.map((soa) => soa.split(' ')[2])).toEqual(['101']);
  });

  test('fall silent together, and speak again together', async () => {
    const { endpoint, workers } = await serving();
    workers.halt(true);
    await until('only this process answers', 10_000, async () =>
      (await answers(endpoint)).includes('silence'),
    );
    workers.halt(false);
    await until('all answer', 10_000, async () => (await answers(endpoint)).join() === '127.1.0.1');
  });

  test('send whoever wants the zone over UDP to TCP or away, and give nothing', async () => {
    const { endpoint } = await serving();
    for (const answer of await answers(endpoint, 'mwebpages.test', AXFR))
      expect(answer).not.toContain('127.1');
  });

  test('are started again when they are killed, with the zone as of now', async () => {
    const { endpoint, publish, log } = await serving();
    const [first = 0, second = 0] = pidsIn(log);
    process.kill(first, 'SIGKILL');
    await until('the end is noticed', 5_000, () =>
      log.events.some((event) => event.includes('is started again')),
    );
    await publish('127.1.0.9');
    const third = await until('another answers', START_MS, () => pidsIn(log)[2]);
    expect(third).not.toBe(first);
    expect(await answers(endpoint)).toEqual(['127.1.0.9']);
    expect([isAlive(first), isAlive(second), isAlive(third)]).toEqual([false, true, true]);
  });

  test('are not waited for when they hang, nor are they left behind', async () => {
    const { publish, log, workers } = await serving();
    const pids = pidsIn(log);
    process.kill(pids[0] ?? 0, 'SIGSTOP');
    const startedAt = performance.now();
    await publish('127.1.0.7');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await workers.close();
    expect(pids.map(isAlive)).toEqual([false, false]);
  });
});
