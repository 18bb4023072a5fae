import { expect, test } from 'vitest';
import type { MailAddress } from '../../../../gateway-server/mail/mail-address.ts';
import type { Mail } from '../../../../gateway-server/mail/post.ts';
import { quiet } from '../../../support/database-in-memory.ts';
import { MailLab } from '../../../support/mail-lab.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const UNREACHABLE = { kind: 'unreachable', why: 'connection refused' } as const;
const PUT_OFF = { kind: 'put-off', why: 'answered 450 to RCPT TO' } as const;

function mailTo(name: string): Mail {
  const to = `${name}@example.org` as MailAddress;
  return { to, subject: 'news', text: 'words', unsubscribeUrl: null };
}

async function running() {
  const lab = new MailLab();
  await lab.start();
  return lab;
}

test('a mail goes out at once, and nothing of it is kept', async () => {
  const lab = await running();
  expect(await lab.outbox.send(mailTo('zoe'))).toBe(true);
  await quiet();
  expect(lab.sent()).toEqual(['zoe@example.org: news']);
  expect(lab.rows('mail')).toBe(0);
});

test('what the relay puts off is tried again for a day, then given up', async () => {
  const lab = await running();
  lab.relay.otherwise = PUT_OFF;
  await lab.outbox.send(mailTo('zoe'));
  await quiet();
  for (const wait of [1, 5, 15, 60, 120, 240, 480, 480]) {
    const tries = lab.relay.tries.length;
    await lab.advance(wait * MINUTE - 1);
    expect(lab.relay.tries).toHaveLength(tries);
    await lab.advance(1);
    expect(lab.relay.tries).toHaveLength(tries + 1);
  }
  expect(lab.rows('mail')).toBe(0);
  expect(lab.log.events.filter((event) => event.startsWith('warn mail given up'))).toHaveLength(1);
});

test('every try of a mail is the same letter, so that a copy can be told', async () => {
  const lab = await running();
  lab.relay.answers(PUT_OFF);
  await lab.outbox.send(mailTo('zoe'));
  await quiet();
  await lab.advance(MINUTE);
  expect(lab.relay.tries).toHaveLength(2);
  expect(lab.relay.tries[1]).toEqual(lab.relay.tries[0]);
});

test('a mail that is rejected for good is dropped, and the log names nobody', async () => {
  const lab = await running();
  lab.relay.answers({ kind: 'rejected', why: 'answered 550 to RCPT TO' });
  await lab.outbox.send(mailTo('zoe'));
  await quiet();
  expect(lab.rows('mail')).toBe(0);
  expect(lab.log.events.join()).toContain('answered 550');
  expect(lab.log.events.join()).not.toContain('zoe');
});

test('one mail finds out that the relay is away, and the others wait unharmed', async () => {
  const lab = await running();
  lab.relay.otherwise = UNREACHABLE;
  await Promise.all(['a', 'b', 'c'].map((name) => lab.outbox.send(mailTo(name))));
  await quiet();
  expect(lab.relay.tries).toHaveLength(1);
  lab.relay.otherwise = { kind: 'taken' };
  await lab.advance(30_000);
  expect(lab.relay.taken).toHaveLength(2);
  await lab.advance(30_000);
  expect(lab.relay.taken).toHaveLength(3);
});

test('a restart sends what was waiting, when its time has come', async () => {
  const lab = await running();
  lab.relay.answers(PUT_OFF);
  await lab.outbox.send(mailTo('zoe'));
  await quiet();
  await lab.restart();
  expect(lab.sent()).toEqual([]);
  await lab.advance(MINUTE);
  expect(lab.sent()).toEqual(['zoe@example.org: news']);
});

test('no more than 10 mails a second go out after the first ten', async () => {
  const lab = await running();
  await Promise.all(Array.from({ length: 40 }, (_, n) => lab.outbox.send(mailTo(`n${n}`))));
  await quiet(200);
  expect(lab.relay.taken).toHaveLength(10);
  for (let tenth = 0; tenth < 10; tenth++) await lab.advance(100);
  expect(lab.relay.taken.length).toBeLessThanOrEqual(20);
  for (let tenth = 0; tenth < 25; tenth++) await lab.advance(100);
  expect(lab.relay.taken).toHaveLength(40);
});

test('a mail that cannot be kept is refused, with what was to be stored beside it', async () => {
  const lab = await running();
  const refused = lab.outbox.send(mailTo('zoe'), () => {
    throw new Error('no such line');
  });
  expect(await refused).toBe(false);
  await lab.advance(HOUR);
  expect([lab.sent(), lab.rows('mail')]).toEqual([[], 0]);
});
