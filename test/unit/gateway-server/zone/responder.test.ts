import { expect, test } from 'vitest';
import { Responder } from '../../../../gateway-server/zone/responder.ts';
import { refusedTransfers } from '../../../../gateway-server/zone/transfers.ts';
import { decodeDns, dnsQuery } from '../../../support/dns-message.ts';
import { ask, CLIENT, change, replyIn, responderOf, sampleZone } from '../../../support/dns-zone.ts';
import { MemoryLog } from '../../../support/memory-log.ts';

const manyAddresses = Array.from({ length: 60 }, (_, i) => `192.0.2.${i + 1}`);

function crowdedZone() {
  const zone = sampleZone();
  zone.apply([change('many.mwebpages.test', ...manyAddresses)], 3);
  return zone;
}

test.each([
  ['512 bytes without EDNS', undefined, 'tc', 0],
  ['512 bytes for a client that says less', { size: 100 }, 'tc', 0],
  ['what the client takes', { size: 900 }, 'tc', 0],
  ['1232 bytes for a client that takes more', { size: 4096 }, '', 60],
])('sends over UDP at most %s', (_case, edns, tc, count) => {
  const reply = ask(crowdedZone(), { name: 'many.mwebpages.test', ...(edns && { edns }) });
  expect(reply.flags).toBe(tc ? 'qr aa tc rd' : 'qr aa rd');
  expect(reply.answers).toHaveLength(count);
  expect(reply.edns?.size).toBe(edns && 1232);
});

test('takes an offer of less than 512 bytes for one of 512', () => {
  const zone = sampleZone();
  zone.apply([change('some.mwebpages.test', ...manyAddresses.slice(0, 25))], 3);
  expect(ask(zone, { name: 'some.mwebpages.test', edns: { size: 100 } }).answers).toHaveLength(25);
});

test('cuts at 1232 bytes whatever the client takes, and not at all over TCP', () => {
  const zone = crowdedZone();
  zone.apply([change('many.mwebpages.test', ...manyAddresses, ...manyAddresses)], 4);
  const asking = { name: 'many.mwebpages.test', edns: { size: 65_535, dnssecOk: true } };
  expect(ask(zone, asking)).toMatchObject({ flags: 'qr aa tc rd', edns: { dnssecOk: true } });
  expect(ask(zone, asking, 'tcp').answers).toHaveLength(120);
});

test("leaves out name servers' addresses before it cuts the answer", () => {
  const servers = Array.from({ length: 12 }, (_, i) => `ns${i}.mwebpages.test`);
  const zone = sampleZone({
    nameservers: new Map(
      servers.map((name) => [change(name).name, change(name, '192.0.2.1', '2001:db8::1').addresses ?? []]),
    ),
  });
  const small = ask(zone, { name: 'mwebpages.test', type: 2 });
  expect(small).toMatchObject({ flags: 'qr aa rd', additional: [] });
  expect(small.answers).toHaveLength(12);
  expect(ask(zone, { name: 'mwebpages.test', type: 2 }, 'tcp').additional).toHaveLength(24);
});

test.each([0, 7, 13, 19, 37])('never answers UDP from port %i', (port) => {
  const outcome = responderOf(sampleZone()).respond(dnsQuery(), { address: '192.0.2.1', port }, 'udp');
  expect(outcome).toEqual({ kind: 'dropped', reason: 'bad-port' });
});

test('tells the client SERVFAIL and the log why when an answer cannot be encoded', () => {
  const log = new MemoryLog();
  const responder = new Responder({
    zone: sampleZone(),
    encoder: {
      encode: () => {
        throw new Error('no room');
      },
    },
    transfers: refusedTransfers,
    rateLimit: { allowanceFor: () => 'answer' },
    log,
  });
  const outcome = responder.respond(dnsQuery({ name: 'mwebpages.test', type: 6, edns: {} }), CLIENT, 'udp');
  expect(outcome.kind).toBe('failed');
  expect(decodeDns(replyIn(outcome))).toMatchObject({ rcode: 2, flags: 'qr rd', edns: { size: 1232 } });
  expect(log.events).toEqual(['error a question could not be answered 6 Error: no room']);
});

test('hands a transfer to whoever answers transfers, message by message', () => {
  const responder = new Responder({
    zone: sampleZone(),
    encoder: { encode: () => Buffer.alloc(0) },
    transfers: { messages: (query, client) => [Buffer.from(client.address), Buffer.from([query.type])] },
    rateLimit: { allowanceFor: () => 'answer' },
    log: new MemoryLog(),
  });
  const outcome = responder.respond(dnsQuery({ name: 'mwebpages.test', type: 252 }), CLIENT, 'tcp');
  expect(outcome).toMatchObject({
    kind: 'transfer',
    messages: [Buffer.from('198.51.100.1'), Buffer.from([252])],
  });
});

test('limits answers over UDP, every second one beyond the limit truncated and small, and none over TCP', () => {
  const responder = responderOf(crowdedZone(), { perSecond: 2, exempt: [] });
  const query = dnsQuery({ name: 'many.mwebpages.test', edns: {} });
  const kinds = Array.from({ length: 6 }, () => responder.respond(query, CLIENT, 'udp').kind);
  expect(kinds).toEqual([
    'answered',
    'answered',
    'dropped',
    'truncated-by-rate',
    'dropped',
    'truncated-by-rate',
  ]);
  responder.respond(query, CLIENT, 'udp');
  const truncated = replyIn(responder.respond(query, CLIENT, 'udp'));
  expect(truncated.length).toBeLessThanOrEqual(query.length);
  expect(decodeDns(truncated)).toMatchObject({ flags: 'qr tc rd', edns: { size: 1232 } });
  expect(responder.respond(query, CLIENT, 'tcp').kind).toBe('answered');
});

test('limits errors like answers, but what is dropped costs no allowance', () => {
  const responder = responderOf(sampleZone(), { perSecond: 1, exempt: [] });
  for (let i = 0; i < 9; i++) responder.respond(dnsQuery({ flags: 0x8000 }), CLIENT, 'udp');
  const kinds = Array.from(
    { length: 3 },
    () => responder.respond(dnsQuery({ class: 3 }), CLIENT, 'udp').kind,
  );
  expect(kinds).toEqual(['answered', 'dropped', 'truncated-by-rate']);
});
