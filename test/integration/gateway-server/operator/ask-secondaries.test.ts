import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { endpointText } from '../../../../gateway-server/endpoint.ts';
import { askSecondaries } from '../../../../gateway-server/operator/ask-secondaries.ts';
import { dnsExchangeFrom } from '../../../../gateway-server/zone/io/dns-exchange.ts';
import { openDnsServer } from '../../../../gateway-server/zone/io/dns-server.ts';
import type { RecordName } from '../../../../gateway-server/zone/static/record-name.ts';
import { systemClock } from '../../../../runtime/clock.ts';
import { address, domain, sampleZone } from '../../../support/dns-zone.ts';
import { MemoryLog } from '../../../support/memory-log.ts';

const NEVER = new AbortController().signal;
const LOOPBACK = address('127.0.0.1');

async function secondary() {
  const server = await openDnsServer({
    listen: [{ address: LOOPBACK, port: 0 }],
    zone: sampleZone(),
    rateLimit: { perSecond: 50, exempt: [] },
    clock: systemClock,
    log: new MemoryLog(),
  });
  onTestFinished(() => server.close());
  return server.endpoints[0] ?? { address: LOOPBACK, port: 0 };
}

/** Takes messages and says nothing. */
async function silent() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  onTestFinished(() => void socket.close());
  await once(socket, 'listening');
  return { address: LOOPBACK, port: socket.address().port };
}

test('each secondary tells what it serves and as of which serial, and a dead one holds up nobody', async () => {
  const [alive, dead] = [await secondary(), await silent()];
  const parts = {
    endpoints: [alive, dead],
    exchange: dnsExchangeFrom([]),
    zone: domain('mwebpages.test'),
    nextId: () => 7,
  };
  const ask = async (name: string) => (await askSecondaries(parts, name as RecordName, NEVER)).at(0);
  const startedAt = systemClock.elapsed();
  expect(await askSecondaries(parts, 'bob.mwebpages.test' as RecordName, NEVER)).toEqual([
    {
      address: endpointText(alive),
      answer: 'addresses',
      addresses: ['203.0.113.8', '2001:db8::8'],
      serial: 2,
    },
    { address: endpointText(dead), answer: 'silent', addresses: [], serial: null },
  ]);
  expect(systemClock.elapsed() - startedAt).toBeLessThan(2_000);
  expect(await ask('nobody.mwebpages.test')).toMatchObject({ answer: 'no-name', serial: 2 });
  expect(await ask('carol.mwebpages.test')).toMatchObject({ answer: 'no-addresses' });
  expect(await ask('www.example.org')).toMatchObject({ answer: 'refused', serial: 2 });
});
