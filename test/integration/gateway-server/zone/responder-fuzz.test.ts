import { cpuUsage } from 'node:process';
import { expect, test } from 'vitest';
import type { Transport } from '../../../../gateway-server/zone/responder.ts';
import { costlyMessages, hostileMessage, randomNumbers } from '../../../support/dns-hostile.ts';
import { decodeDns, dnsQuery } from '../../../support/dns-message.ts';
import { CLIENT, replyIn, responderOf, sampleZone } from '../../../support/dns-zone.ts';

const LIMIT_MS = 5;

function cpuMs(work: () => void): number {
  const before = cpuUsage();
  work();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1000;
}

/** Other work of this machine may fall into one measurement, but not into two of three. */
function medianCpuMs(work: () => void): number {
  const [, median = 0] = [cpuMs(work), cpuMs(work), cpuMs(work)].sort((a, b) => a - b);
  return median;
}

test.each<Transport>(['udp', 'tcp'])(
  '20,000 hostile packets over %s do no harm and cost little',
  (transport) => {
    const responder = responderOf(sampleZone());
    const random = randomNumbers(20_260_101);
    const packets = Array.from({ length: 20_000 }, () => hostileMessage(random));
    const spent = cpuMs(() => {
      for (const [index, packet] of packets.entries())
        responder.respond(packet, index % 10 === 0 ? { ...CLIENT, port: 0 } : CLIENT, transport);
    });
    expect(spent / packets.length).toBeLessThan(LIMIT_MS);
    expect(decodeDns(replyIn(responder.respond(dnsQuery(), CLIENT, transport))).answers).toHaveLength(1);
  },
);

test('answers hostile packets with well-formed messages, and never one from port 0 or with QR set', () => {
  const responder = responderOf(sampleZone());
  const random = randomNumbers(7);
  for (let count = 0; count < 5000; count++) {
    const packet = hostileMessage(random);
    const client = count % 5 === 0 ? { ...CLIENT, port: 0 } : CLIENT;
    const outcome = responder.respond(packet, client, 'udp');
    const mustDrop = client.port === 0 || packet.length < 12 || packet.readUInt8(2) >= 0x80;
    expect(outcome.kind === 'dropped').toBe(mustDrop);
    if (!mustDrop) expect(decodeDns(replyIn(outcome)).flags).toContain('qr');
  }
});

test.each(costlyMessages())('%s cost no more than any other message', (_case, message) => {
  const responder = responderOf(sampleZone());
  const handle = () => void responder.respond(message, CLIENT, 'tcp');
  handle();
  expect(medianCpuMs(handle)).toBeLessThan(LIMIT_MS);
});
