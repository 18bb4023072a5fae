import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isReplyTo,
  notification,
  rcodeName,
  serialIn,
  serialQuestion,
} from '../../../../../gateway-server/zone/backup/messages.ts';
import { replyTo, soaReply } from '../../../../support/backup-replies.ts';
import { decodeDns, u16, wireName } from '../../../../support/dns-message.ts';
import { domain, identity } from '../../../../support/dns-zone.ts';

const ZONE = domain('mwebpages.test');
const QUESTION = serialQuestion(0xbeef, ZONE);

describe('what is sent to backups', () => {
  test('is a NOTIFY with the question for the SOA and the SOA itself (RFC 1996 §3.7)', () => {
    const message = decodeDns(notification(0xbeef, identity(), 4_294_967_295));
    expect(message).toMatchObject({
      id: 0xbeef,
      opcode: 4,
      rcode: 0,
      flags: 'aa',
      questions: [{ name: 'mwebpages.test', type: 6, class: 1 }],
      authority: [],
      additional: [],
    });
    const [soa, ...others] = message.answers;
    expect(others).toEqual([]);
    expect(soa).toMatchObject({ name: 'mwebpages.test', type: 6, class: 1 });
    expect(soa?.rdata).toMatch(/^ns1\.mwebpages\.test hostmaster\.mwebpages\.test 4294967295 /);
  });

  test('is a question for the SOA that desires no recursion', () => {
    expect(decodeDns(QUESTION)).toMatchObject({
      id: 0xbeef,
      opcode: 0,
      flags: '',
      questions: [{ name: 'mwebpages.test', type: 6, class: 1 }],
      answers: [],
    });
  });
});

describe('a reply', () => {
  test('is one whatever the case of the name that it repeats', () => {
    const reply = replyTo(QUESTION);
    reply.write('MWEB', 13, 'latin1');
    expect(isReplyTo(QUESTION, reply)).toBe(true);
  });

  test('is none to an operation that was not asked for', () => {
    const notify = notification(0xbeef, identity(), 7);
    expect(isReplyTo(notify, replyTo(QUESTION))).toBe(false);
    expect(isReplyTo(notify, replyTo(notify))).toBe(true);
  });

  test.each([
    ['FORMERR', 1, true],
    ['NOTIMP', 4, true],
    ['NOERROR', 0, false],
    ['REFUSED', 5, false],
  ])('without any question may say %s: %s', (_name, rcode, isTaken) => {
    const reply = Buffer.concat([QUESTION.subarray(0, 2), u16(0x8000 | rcode, 0, 0, 0, 0)]);
    expect(isReplyTo(QUESTION, reply)).toBe(isTaken);
  });

  test('is none with two questions, or with none after all', () => {
    const two = Buffer.concat([replyTo(QUESTION), QUESTION.subarray(12)]);
    two.writeUInt16BE(2, 4);
    expect(isReplyTo(QUESTION, two)).toBe(false);
    expect(isReplyTo(QUESTION, replyTo(QUESTION).subarray(0, 20))).toBe(false);
    expect(isReplyTo(QUESTION, Buffer.alloc(3))).toBe(false);
  });
});

describe('the serial in a reply', () => {
  test('is found behind compressed names', () => {
    expect(serialIn(soaReply(QUESTION, 0xfffffffe), ZONE)).toEqual({ kind: 'serial', serial: 0xfffffffe });
  });

  test('is found behind other records', () => {
    const reply = soaReply(QUESTION, 42);
    const questionEnd = QUESTION.length;
    const other = Buffer.concat([wireName('x.mwebpages.test'), u16(16, 1, 0, 30, 1), Buffer.from([0])]);
    const longer = Buffer.concat([reply.subarray(0, questionEnd), other, reply.subarray(questionEnd)]);
    longer.writeUInt16BE(2, 6);
    expect(serialIn(longer, ZONE)).toEqual({ kind: 'serial', serial: 42 });
  });

  test.each([
    ['REFUSED', { rcode: 5 }, 'answers REFUSED'],
    ['SERVFAIL', { rcode: 2 }, 'answers SERVFAIL'],
    ['an unknown code', { rcode: 15 }, 'answers RCODE15'],
    ['an answer from a cache', { isAuthoritative: false }, 'answers without authority'],
  ])('is none with %s', (_what, saying, problem) => {
    expect(serialIn(soaReply(QUESTION, 42, saying), ZONE)).toEqual({ kind: 'problem', problem });
  });

  test('is none of another zone, and none when nothing is answered', () => {
    const nothing = { kind: 'problem', problem: 'does not tell its serial' };
    expect(serialIn(soaReply(QUESTION, 42), domain('other.test'))).toEqual(nothing);
    expect(serialIn(replyTo(QUESTION), ZONE)).toEqual(nothing);
  });

  test('is sought in any bytes without a throw', () => {
    const whole = soaReply(QUESTION, 42);
    const damaged = fc
      .tuple(fc.nat(whole.length - 13), fc.uint8Array({ maxLength: 30 }))
      .map(([at, bytes]) => {
        const copy = Buffer.from(whole);
        copy.set(bytes.subarray(0, copy.length - 12 - at), 12 + at);
        return copy;
      });
    const cut = fc.integer({ min: 12, max: whole.length - 1 }).map((end) => whole.subarray(0, end));
    fc.assert(
      fc.property(fc.oneof(damaged, cut), (reply) => {
        isReplyTo(QUESTION, reply);
        const told = serialIn(reply, ZONE);
        expect(['serial', 'problem']).toContain(told.kind);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        isReplyTo(QUESTION, Buffer.from(bytes));
      }),
    );
  });
});

test('a response code has the name that every tool shows', () => {
  expect([0, 5, 9, 13].map(rcodeName)).toEqual(['NOERROR', 'REFUSED', 'NOTAUTH', 'RCODE13']);
});
