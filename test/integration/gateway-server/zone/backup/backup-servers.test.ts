import { randomInt } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BackupServers } from '../../../../../gateway-server/zone/backup/backup-servers.ts';
import type { Secondary as Setting } from '../../../../../gateway-server/zone/backup/secondary.ts';
import { dnsExchangeFrom } from '../../../../../gateway-server/zone/io/dns-exchange.ts';
import { openDnsServer } from '../../../../../gateway-server/zone/io/dns-server.ts';
import { nextSerial } from '../../../../../gateway-server/zone/serial.ts';
import { ZoneHistory } from '../../../../../gateway-server/zone/transfer/history.ts';
import { TransferAccess } from '../../../../../gateway-server/zone/transfer/transfer-access.ts';
import { ZoneTransfers } from '../../../../../gateway-server/zone/transfer/zone-transfers.ts';
import type { TsigKey } from '../../../../../gateway-server/zone/tsig-key.ts';
import { Zone } from '../../../../../gateway-server/zone/zone.ts';
import { systemClock } from '../../../../../runtime/clock.ts';
import { address, domain, identity } from '../../../../support/dns-zone.ts';
import { until } from '../../../../support/lab/waiting.ts';
import { MemoryLog } from '../../../../support/memory-log.ts';
import { freePort } from '../../../../support/secondaries/free-port.ts';
import { Secondary } from '../../../../support/secondaries/secondary.ts';
import {
  areInstalled,
  BIND,
  KNOT,
  NSD,
  SIGNING_KNOT,
  type Software,
} from '../../../../support/secondaries/software.ts';
import { newTsigSecret, type TsigSecret } from '../../../../support/secondaries/tsig-secret.ts';

const SLOW = { timeout: 60_000 };
const PROOF_MS = 20_000;
const PROVED = { ok: true, missing: [] };
const LOOPBACK = address('127.0.0.1');
const ALICE = domain('alice.mwebpages.test');
const SECRET = newTsigSecret('xfr');

function keyOf({ name, algorithm, secret }: TsigSecret): TsigKey {
  return { name, algorithm, secret: Buffer.from(secret, 'base64') };
}

/** Real name servers in front of the zone and its transfers, told and watched by what is under test. */
async function primaryOf(software: readonly Software[], ourKey: TsigSecret = SECRET) {
  const primary = { address: LOOPBACK, port: await freePort(LOOPBACK) };
  const servers: Secondary[] = [];
  for (const one of software)
    servers.push(await Secondary.prepare({ software: one, zone: 'mwebpages.test', primary, key: SECRET }));
  const key = keyOf(ourKey);
  const from = [{ text: '127.0.0.1', bytes: Uint8Array.of(127, 0, 0, 1), length: 32 }];
  const secondaries: Setting[] = servers.map(({ endpoint }) => ({ endpoint, key, from, proof: true }));
  const log = new MemoryLog();
  const common = { clock: systemClock, log };
  const zone = new Zone(identity(), 100);
  const history = new ZoneHistory({ batches: 100, bytes: 1 << 20 });
  const backups = new BackupServers({
    ...common,
    zone,
    secondaries,
    exchange: dnsExchangeFrom([]),
    proofTimeoutMs: PROOF_MS,
    nextId: () => randomInt(0x1_0000),
  });
  const transfers = new ZoneTransfers({
    ...common,
    zone: zone.name,
    source: { head: () => zone.head(), snapshot: () => zone.snapshot(), history },
    access: new TransferAccess({ ...common, secondaries: () => secondaries }),
    onServed: ({ client, serial }) => backups.served(client.address, serial),
  });
  const dns = await openDnsServer({
    ...common,
    listen: [primary],
    zone,
    transfers,
    rateLimit: { perSecond: 0, exempt: [] },
    keys: new Map([[key.name, key]]),
  });
  await Promise.all(servers.map((server) => server.start()));
  const stop = new AbortController();
  const running = backups.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
    await Promise.all(servers.map((server) => server.close()));
    await dns.close();
  });
  const publish = async (host: string) => {
    const draft = zone.draft();
    draft.add({ name: ALICE, addresses: [address(host)] });
    const [diff, from, to] = [draft.diff(), zone.serial, nextSerial(zone.serial)];
    zone.swap(diff, to);
    history.append({ from, to, diff });
    const proof = backups.proofOf(to);
    backups.notify(to);
    return { serial: to, proof: await proof };
  };
  return { servers, backups, publish, zone, log };
}

describe.skipIf(!areInstalled(NSD, KNOT, BIND))('NSD, Knot and BIND', SLOW, () => {
  test('take signed notifications, and prove each batch soon after it', async () => {
    const { servers, backups, publish, zone, log } = await primaryOf([NSD, KNOT, BIND]);
    expect(await backups.proofOf(zone.serial)).toEqual(PROVED);
    for (const n of [1, 2, 3]) {
      const { serial, proof } = await publish(`127.1.0.${n}`);
      expect(proof).toEqual(PROVED);
      for (const server of servers) {
        expect(await server.addressesOf(ALICE)).toEqual([`127.1.0.${n}`]);
        expect(await server.soaSerial()).toBe(serial);
      }
    }
    for (const view of backups.views())
      expect(view).toMatchObject({ serial: 103, lagMs: 0, problem: null, lastLagMs: expect.any(Number) });
    // far from the minute that their own question would take
    for (const { lastLagMs } of backups.views()) expect(lastLagMs).toBeLessThan(2_000);
    const answered = log.events.filter((event) => event.includes('answered the notification'));
    for (const { endpoint } of servers)
      expect(answered).toContain(
        `debug backup has answered the notification 536 127.0.0.1:${endpoint.port} 103 NOERROR`,
      );
  });

  test('that know another key are told of as such', async () => {
    const { servers, backups } = await primaryOf([NSD, KNOT, BIND], newTsigSecret('xfr'));
    await until('all of them have refused', 10_000, () =>
      backups.views().every(({ problem }) => problem !== null),
    );
    expect(servers).toHaveLength(3);
    expect(backups.views().map(({ serial, proof }) => [serial, proof])).toEqual(
      servers.map(() => [null, true]),
    );
  });
});

describe.skipIf(!areInstalled(SIGNING_KNOT))('a Knot that signs the zone', SLOW, () => {
  test('runs ahead with its serials and still proves each batch', async () => {
    const { servers, backups, publish } = await primaryOf([SIGNING_KNOT]);
    const [knot] = servers;
    await until('it serves the zone', 20_000, () => backups.views()[0]?.serial !== null);
    for (const n of [1, 2, 3, 4]) {
      expect((await publish(`127.1.0.${n}`)).proof).toEqual(PROVED);
      expect(await knot?.addressesOf(ALICE)).toEqual([`127.1.0.${n}`]);
    }
  });
});
