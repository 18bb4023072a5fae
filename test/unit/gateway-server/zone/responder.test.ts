import { expect, test } from 'vitest';
import { RateLimit } from '../../../../gateway-server/zone/rate-limit.ts';
import { ResolverGate } from '../../../../gateway-server/zone/resolver-gate.ts';
import type { Transfers } from '../../../../gateway-server/zone/transfers.ts';
import { signedRequest } from '../../../../gateway-server/zone/tsig/own-request.ts';
import type { TsigKey } from '../../../../gateway-server/zone/tsig-key.ts';
import { decodeDns, dnsQuery } from '../../../support/dns-message.ts';
import { ask, CLIENT, change, replyIn, responderOf, sampleZone } from '../../../support/dns-zone.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryLog } from '../../../support/memory-log.ts';

const limited = (perSecond: number) => ({
  rateLimit: new RateLimit({ perSecond, exempt: [] }, new ManualClock()),
});
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
  const encoder = {
    encode: () => {
      throw new Error('no room');
    },
  };
  const responder = responderOf(sampleZone(), { encoder, log });
  const outcome = responder.respond(dnsQuery({ name: 'mwebpages.test', type: 6, edns: {} }), CLIENT, 'udp');
  expect(outcome.kind).toBe('failed');
  expect(decodeDns(replyIn(outcome))).toMatchObject({ rcode: 2, flags: 'qr rd', edns: { size: 1232 } });
  expect(log.events).toEqual(['error a question could not be answered 6 Error: no room']);
});

test('hands a transfer to whoever answers transfers, message by message', () => {
  const transfers: Transfers = {
    messages: (query, client) => [Buffer.from(client.address), Buffer.from([query.type])],
    isForBackup: () => false,
  };
  const responder = responderOf(sampleZone(), { transfers });
  const outcome = responder.respond(dnsQuery({ name: 'mwebpages.test', type: 252 }), CLIENT, 'tcp');
  expect(outcome).toMatchObject({
    kind: 'transfer',
    messages: [Buffer.from('198.51.100.1'), Buffer.from([252])],
  });
});

test('limits answers over UDP, every second one beyond the limit truncated and small, and none over TCP', () => {
  const responder = responderOf(crowdedZone(), limited(2));
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
  const responder = responderOf(sampleZone(), limited(1));
  for (let i = 0; i < 9; i++) responder.respond(dnsQuery({ flags: 0x8000 }), CLIENT, 'udp');
  const kinds = Array.from(
    { length: 3 },
    () => responder.respond(dnsQuery({ class: 3 }), CLIENT, 'udp').kind,
  );
  expect(kinds).toEqual(['answered', 'dropped', 'truncated-by-rate']);
});

const KEY: TsigKey = { name: 'xfr', algorithm: 'hmac-sha256', secret: new Uint8Array(32).fill(7) };
const OTHER_KEY: TsigKey = { ...KEY, secret: new Uint8Array(32).fill(8) };
const backupsOnly: Transfers = {
  messages: (query) => [Buffer.from(query.message)],
  isForBackup: ({ signedBy }) => signedBy === KEY,
};

function signed(key: TsigKey, clock: ManualClock, asking = {}): Buffer {
  return signedRequest(dnsQuery(asking), key, Math.floor(clock.now() / 1000)).bytes;
}

test('signs the answer to a signed question, and leaves room for the signature', () => {
  const clock = new ManualClock();
  const responder = responderOf(crowdedZone(), { clock, keys: new Map([['xfr', KEY]]) });
  const plain = dnsQuery({ name: 'bob.mwebpages.test' });
  const answer = replyIn(
    responder.respond(signed(KEY, clock, { name: 'bob.mwebpages.test' }), CLIENT, 'udp'),
  );
  expect(decodeDns(answer)).toMatchObject({ rcode: 0, answers: [{ rdata: '203.0.113.8' }] });
  expect(answer.length).toBeGreaterThan(replyIn(responder.respond(plain, CLIENT, 'udp')).length + 50);
  const many = { name: 'many.mwebpages.test', edns: { size: 1000 } };
  const fitting = dnsQuery({ ...many, edns: { size: 1010 } });
  expect(decodeDns(replyIn(responder.respond(fitting, CLIENT, 'udp'))).flags).not.toContain('tc');
  const crowded = replyIn(
    responder.respond(signed(KEY, clock, { ...many, edns: { size: 1010 } }), CLIENT, 'udp'),
  );
  expect(crowded.length).toBeLessThanOrEqual(1010);
  expect(decodeDns(crowded).flags).toContain('tc');
});

test.each([
  ['a key that nobody has', { ...KEY, name: 'other' }],
  ['a wrong secret', OTHER_KEY],
])('refuses a question that is signed with %s (RFC 8945 §5.2)', (_case, key) => {
  const clock = new ManualClock();
  const responder = responderOf(sampleZone(), { clock, keys: new Map([['xfr', KEY]]) });
  const reply = decodeDns(replyIn(responder.respond(signed(key, clock), CLIENT, 'tcp')));
  expect(reply).toMatchObject({ rcode: 9, answers: [] });
});

test('is silent while resolvers are routed around, but never towards a backup (Figure 5, block 522)', () => {
  const clock = new ManualClock();
  const gate = new ResolverGate();
  const parts = { clock, gate, keys: new Map([['xfr', KEY]]), transfers: backupsOnly };
  const responder = responderOf(sampleZone(), parts);
  gate.close();
  const outcome = (message: Buffer) => responder.respond(message, CLIENT, 'tcp').kind;
  expect(responder.respond(dnsQuery(), CLIENT, 'udp')).toEqual({ kind: 'dropped', reason: 'halted' });
  expect(outcome(signed(KEY, clock))).toBe('answered');
  expect(outcome(signed(KEY, clock, { name: 'mwebpages.test', type: 252 }))).toBe('transfer');
  gate.open();
  expect(outcome(dnsQuery())).toBe('answered');
});

test('tells a queued name with the time that is left to its batch, never with more than the TTL', () => {
  const zone = sampleZone();
  let secondsToBatch = 12;
  zone.shortenQueued(() => secondsToBatch);
  const ttl = (name: string) => ask(zone, { name }).answers[0]?.ttl;
  const alice = change('alice.mwebpages.test', '203.0.113.77');
  zone.setQueued(alice.name, true);
  expect([ttl('alice.mwebpages.test'), ttl('bob.mwebpages.test')]).toEqual([12, 30]);
  secondsToBatch = 100;
  expect(ttl('alice.mwebpages.test')).toBe(30);
  zone.apply([alice], 3);
  secondsToBatch = 0;
  expect(ttl('alice.mwebpages.test')).toBe(30);
});

test('signs also what it refuses, when the question was well signed (RFC 8945 §5.3)', () => {
  const clock = new ManualClock();
  const responder = responderOf(sampleZone(), { clock, keys: new Map([['xfr', KEY]]) });
  const refused = (message: Buffer) => replyIn(responder.respond(message, CLIENT, 'tcp'));
  const [plain, withSignature] = [refused(dnsQuery({ class: 3 })), refused(signed(KEY, clock, { class: 3 }))];
  expect(decodeDns(plain).rcode).toBe(5);
  expect(withSignature.length).toBeGreaterThan(plain.length + 50);
});

test('gives a cookie to a client that asks for nothing else, and says when one is not ours (RFC 7873 §5.4)', () => {
  const responder = responderOf(sampleZone());
  const asking = (cookie: Buffer) => {
    const option = Buffer.concat([Buffer.from([0, 10, 0, cookie.length]), cookie]);
    const opt = Buffer.from([0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, option.length]);
    const header = Buffer.from([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    return decodeDns(replyIn(responder.respond(Buffer.concat([header, opt, option]), CLIENT, 'udp')));
  };
  expect(asking(Buffer.alloc(8, 1)).rcode).toBe(0);
  expect(asking(Buffer.alloc(24, 1)).rcode).toBe(23);
});
