import { array, assert, constantFrom, nat, property, tuple, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { readMessage } from '../../../../gateway-server/zone/query.ts';
import { type Asking, decodeDns, dnsQuery, optRecord, u16, wireName } from '../../../support/dns-message.ts';
import { CLIENT, replyIn, responderOf, sampleZone } from '../../../support/dns-zone.ts';

const FORMERR = 1;
const NOTIMP = 4;
const REFUSED = 5;
const BADVERS = 16;

const opcode = (code: number) => (code << 11) | 0x0100;
const replyTo = (message: Buffer) =>
  decodeDns(replyIn(responderOf(sampleZone()).respond(message, CLIENT, 'udp')));

/** A message put together by hand: header counts, then parts. */
function message(counts: readonly number[], ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([u16(7, 0x0100, ...counts), ...parts]);
}

const QUESTION = Buffer.concat([wireName('alice.mwebpages.test'), u16(1, 1)]);
const OPT = optRecord({});
const pointer = (to: number) => u16(0xc000 | to);

test.each([
  ['shorter than a header', dnsQuery().subarray(0, 11), 'short'],
  ['empty', Buffer.alloc(0), 'short'],
  ['a response', dnsQuery({ flags: 0x8000 }), 'response'],
])('drops what is %s', (_case, bytes, reason) => {
  expect(readMessage(bytes)).toEqual({ kind: 'dropped', reason });
});

test.each([
  ['no question', message([0, 0, 0, 0])],
  ['two questions', message([2, 0, 0, 0], QUESTION, QUESTION)],
  ['more questions than there are', message([65_535, 0, 0, 0], QUESTION)],
  ['a pointer as the name', message([1, 0, 0, 0], pointer(12), u16(1, 1))],
  [
    'a pointer inside the name',
    message([1, 0, 0, 0], Buffer.from('\x05alice', 'latin1'), pointer(12), u16(1, 1)),
  ],
  ['a label of 64 bytes', message([1, 0, 0, 0], Buffer.alloc(65, 64), Buffer.from([0]), u16(1, 1))],
  [
    'a name longer than 255 bytes',
    message([1, 0, 0, 0], wireName(Array(127).fill('a').join('.')).subarray(0, -1), wireName('a'), u16(1, 1)),
  ],
  ['half a question', message([1, 0, 0, 0], QUESTION.subarray(0, -1))],
  ['bytes after the end', Buffer.concat([dnsQuery(), Buffer.from([0])])],
  ['a record that is not there', message([1, 0, 0, 1], QUESTION)],
  ['a record longer than the message', message([1, 0, 0, 1], QUESTION, Buffer.from([0]), u16(1, 1, 0, 0, 9))],
])('answers %s with FORMERR', (_case, bytes) => {
  expect(replyTo(bytes)).toMatchObject({ id: bytes.readUInt16BE(0), rcode: FORMERR, flags: 'qr rd' });
});

test.each([
  ['two OPT records', message([1, 0, 0, 2], QUESTION, OPT, OPT)],
  ['an OPT record that a name owns', message([1, 0, 0, 1], QUESTION, pointer(12), OPT.subarray(1))],
  [
    'an option longer than its record',
    message([1, 0, 0, 1], QUESTION, optRecord({ options: u16(10, 9, 0) })),
  ],
  ['half an option', message([1, 0, 0, 1], QUESTION, optRecord({ options: u16(10) }))],
])('answers %s with FORMERR and an OPT record (RFC 6891 §7)', (_case, bytes) => {
  expect(replyTo(bytes)).toMatchObject({ rcode: FORMERR, edns: { version: 0 }, questions: [{ type: 1 }] });
});

test('answers an OPT record among the answers with FORMERR', () => {
  expect(replyTo(message([1, 1, 0, 0], QUESTION, OPT))).toMatchObject({ rcode: FORMERR, edns: null });
});

test.each<[string, number, Asking]>([
  ['an inverse query', NOTIMP, { flags: opcode(1) }],
  ['STATUS', NOTIMP, { flags: opcode(2) }],
  ['an operation without a meaning', NOTIMP, { flags: opcode(15) }],
  ['NOTIFY', REFUSED, { flags: opcode(4) }],
  ['UPDATE', REFUSED, { flags: opcode(5) }],
  ['class CH', REFUSED, { class: 3 }],
  ['class ANY', REFUSED, { class: 255 }],
  ['type OPT', FORMERR, { type: 41 }],
  ['type TSIG', FORMERR, { type: 250 }],
  ['type NXNAME', FORMERR, { type: 128 }],
  ['type TKEY', NOTIMP, { type: 249 }],
  ['type MAILA', NOTIMP, { type: 254 }],
  ['AXFR', REFUSED, { type: 252 }],
  ['IXFR', REFUSED, { type: 251 }],
  ['EDNS version 1', BADVERS, { edns: { version: 1 } }],
])(
  'answers %s with the right code, the question and an OPT record only if asked with one',
  (_case, rcode, asking) => {
    for (const edns of [asking.edns ?? null, asking.edns ?? { dnssecOk: true }]) {
      const asked = { ...asking, ...(edns && { edns }) };
      const reply = replyTo(dnsQuery(asked));
      expect(reply).toMatchObject({
        id: 0x1234,
        rcode,
        flags: 'qr rd',
        questions: [{ name: 'alice.mwebpages.test' }],
      });
      expect(reply.opcode).toBe(((asking.flags ?? 0) >> 11) & 15);
      expect(reply.edns).toEqual(edns && { size: 1232, version: 0, dnssecOk: edns.dnssecOk ?? false });
    }
  },
);

test('copies RD and CD, and leaves RA and AD unset whatever the client sets (RFC 4035 §3)', () => {
  expect(replyTo(dnsQuery({ flags: 0x0000 })).flags).toBe('qr aa');
  expect(replyTo(dnsQuery({ flags: 0x07f0 })).flags).toBe('qr aa rd cd');
});

test('passes over cookies and unknown options, and over other records around the OPT record', () => {
  const options = Buffer.concat([u16(10, 8), Buffer.alloc(8, 1), u16(65_001, 0)]);
  const extra = Buffer.concat([pointer(12), u16(16, 1, 0, 0, 2), Buffer.from([1, 65])]);
  const bytes = message([1, 0, 1, 3], QUESTION, extra, extra, optRecord({ options }), extra);
  expect(replyTo(bytes)).toMatchObject({
    rcode: 0,
    answers: [{ rdata: '203.0.113.7' }],
    edns: { size: 1232 },
  });
});

test('does not take a dot inside a label, or the zone inside a label, for a label of its own', () => {
  const label = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
  const ask = (...parts: Buffer[]) => replyTo(message([1, 0, 0, 0], ...parts, u16(1, 1)));
  const dotted = ask(label('www.alice'), wireName('mwebpages.test'));
  expect(dotted).toMatchObject({ rcode: 3, answers: [] });
  const swallowed = ask(label('x\x09mwebpages\x04test'), Buffer.from([0]));
  expect(swallowed).toMatchObject({ rcode: REFUSED });
  const [inside] = [ask(label('alice\x09mwebpages'), wireName('test'))];
  expect(inside).toMatchObject({ rcode: REFUSED });
  expect(ask(label('\x00\xff\xc0'), wireName('mwebpages.test'))).toMatchObject({ rcode: 3 });
});

test('folds only ASCII letters', () => {
  const bytes = message(
    [1, 0, 0, 0],
    Buffer.from('\x05\xc0lice', 'latin1'),
    wireName('mwebpages.test'),
    u16(1, 1),
  );
  expect(replyTo(bytes).rcode).toBe(3);
});

test('answers a name of the full 255 bytes', () => {
  const tail = 'mwebpages.test';
  const labels = [...Array(3).fill('a'.repeat(63)), 'b'.repeat(255 - 2 - tail.length - 3 * 64 - 1)];
  const name = [...labels, tail].join('.');
  expect(wireName(name)).toHaveLength(255);
  expect(replyTo(dnsQuery({ name }))).toMatchObject({ rcode: 3, authority: [{ name: tail }] });
});

test('throws at nothing, and every reply can be read and belongs to its message', async () => {
  const responder = responderOf(sampleZone());
  const bases = [
    dnsQuery(),
    dnsQuery({ edns: {} }),
    dnsQuery({ name: 'mwebpages.test', type: 2, edns: { options: u16(10, 4, 1, 1) } }),
    message([1, 1, 0, 1], QUESTION, pointer(12), u16(1, 1, 0, 0, 4, 0, 0), OPT),
  ];
  const mutated = tuple(
    constantFrom(...bases),
    array(tuple(nat(80), nat(255)), { maxLength: 6 }),
    nat(90),
  ).map(([base, edits, length]) => {
    const copy = Buffer.from(base.subarray(0, Math.max(12, length)));
    for (const [at, value] of edits) if (at < copy.length) copy[at] = value;
    return copy;
  });
  const anyBytes = uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
  const isSafe = (bytes: Buffer) => {
    const outcome = responder.respond(bytes, CLIENT, 'udp');
    if (outcome.kind === 'dropped') return;
    const reply = replyIn(outcome);
    expect(decodeDns(reply).id).toBe(bytes.readUInt16BE(0));
    expect(reply.length).toBeLessThanOrEqual(1232);
  };
  await assert(property(mutated, isSafe), { numRuns: 2000 });
  await assert(property(anyBytes, isSafe), { numRuns: 500 });
});
