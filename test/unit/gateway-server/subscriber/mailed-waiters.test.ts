import { expect, test } from 'vitest';
import type { LineId } from '../../../../protocol/line-id.ts';
import { quiet } from '../../../support/database-in-memory.ts';
import { MailLab } from '../../../support/mail-lab.ts';
import { ALICE, BOB } from '../../../support/stored-lines.ts';

const ZOE = 'zoe@example.org';
const HOUR = 3_600_000;
const CONFIRM = 'Shall we tell you when alice.mwebpages.test is back?';
const BACK = 'alice.mwebpages.test is back';

async function running() {
  const lab = new MailLab();
  await lab.start();
  return lab;
}

test('who asks gets one mail with a link, and counts only after having said yes there', async () => {
  const lab = await running();
  expect(await lab.ask(ZOE)).toEqual({ kind: 'mail-sent' });
  expect(lab.sent()).toEqual([`${ZOE}: ${CONFIRM}`]);
  expect(lab.waiters.waiting(ALICE)).toBe(0);
  expect(await lab.waiters.confirm(lab.tokenFor(ZOE))).toBe(ALICE);
  expect(lab.waiters.waiting(ALICE)).toBe(1);
});

test('the first mail names the line and leads to the yes and to being forgotten', async () => {
  const lab = await running();
  await lab.ask(ZOE);
  const [letter] = lab.relay.taken;
  const token = lab.tokenFor(ZOE);
  expect(letter?.text).toContain('when alice.mwebpages.test is on-line again');
  expect(letter?.text).toContain(`\n  https://a.test/yes?t=${token}\n`);
  expect(letter?.text).toContain(`\n  https://a.test/cancel?t=${token}\n`);
  expect(letter?.unsubscribeUrl).toBe(`https://a.test/cancel?t=${token}`);
});

test('who confirmed is told once, a minute after the line is back, and then forgotten', async () => {
  const lab = await running();
  await lab.askAndConfirm(ZOE);
  lab.live.add(ALICE);
  for (let turn = 0; turn < 12; turn++) await lab.advance(5_000);
  expect(lab.sent()).toHaveLength(1);
  await lab.advance(5_000);
  expect(lab.sent().slice(1)).toEqual([`${ZOE}: ${BACK}`]);
  lab.live.clear();
  await lab.advance(5_000);
  await lab.live60s();
  expect(lab.sent()).toHaveLength(2);
  expect([lab.rows('waiter'), lab.rows('mail')]).toEqual([0, 0]);
});

test('a line that is off again within a minute is not back', async () => {
  const lab = await running();
  await lab.askAndConfirm(ZOE);
  lab.live.add(ALICE);
  for (let turn = 0; turn < 10; turn++) await lab.advance(5_000);
  // off and back between two looks: only the news tells it
  lab.waiters.sees({ kind: 'off-line', line: ALICE, at: 1, reason: 'silent' });
  for (let turn = 0; turn < 11; turn++) await lab.advance(5_000);
  expect(lab.sent()).toHaveLength(1);
  await lab.live60s();
  expect(lab.sent()).toHaveLength(2);
});

test('who has not confirmed is told nothing', async () => {
  const lab = await running();
  await lab.ask(ZOE);
  await lab.live60s();
  expect(lab.sent()).toEqual([`${ZOE}: ${CONFIRM}`]);
});

test('only the waiters of the line that is back are told', async () => {
  const lab = await running();
  await lab.askAndConfirm(ZOE);
  await lab.askAndConfirm('max@example.org', BOB);
  await lab.live60s(BOB);
  expect(lab.sent().slice(2)).toEqual(['max@example.org: bob.mwebpages.test is back']);
});

test('a restart forgets nobody who waits, also when the line came back meanwhile', async () => {
  const lab = await running();
  await lab.askAndConfirm(ZOE);
  await lab.stop();
  lab.live.add(ALICE);
  await lab.restart();
  await lab.live60s();
  expect(lab.sent().at(-1)).toBe(`${ZOE}: ${BACK}`);
});

test('an address is taken out of who waits in the same step in which its mail is kept', async () => {
  const lab = await running();
  await lab.askAndConfirm(ZOE);
  lab.relay.otherwise = { kind: 'unreachable', why: 'connection refused' };
  await lab.live60s();
  expect([lab.rows('waiter'), lab.rows('mail')]).toEqual([0, 1]);
});

test('who has not confirmed within 48 h is forgotten, and the link is dead then', async () => {
  const lab = await running();
  await lab.ask(ZOE);
  lab.clock.jumpWall(48 * HOUR + 1);
  expect(await lab.waiters.confirm(lab.tokenFor(ZOE))).toBeUndefined();
  await lab.advance(HOUR);
  expect(lab.rows('waiter')).toBe(0);
});

test('who confirmed waits as long as it takes', async () => {
  const lab = await running();
  await lab.askAndConfirm(ZOE);
  lab.clock.jumpWall(90 * 24 * HOUR);
  await lab.advance(HOUR);
  expect(lab.waiters.waiting(ALICE)).toBe(1);
});

test('the link of any mail has the address forgotten, before the yes and after it', async () => {
  const lab = await running();
  await lab.ask(ZOE);
  expect(await lab.waiters.cancel(lab.tokenFor(ZOE))).toBe(true);
  expect(await lab.waiters.confirm(lab.tokenFor(ZOE))).toBeUndefined();
  await lab.askAndConfirm('max@example.org');
  expect(await lab.waiters.cancel(lab.tokenFor('max@example.org'))).toBe(true);
  expect(await lab.waiters.cancel('unknown')).toBe(false);
  await lab.live60s();
  expect(lab.rows('waiter')).toBe(0);
  expect(lab.sent()).toHaveLength(2);
});

test('a link opened twice is still a yes', async () => {
  const lab = await running();
  await lab.askAndConfirm(ZOE);
  expect(await lab.waiters.confirm(lab.tokenFor(ZOE))).toBe(ALICE);
});

test('an address that waits already gets the same answer and the same mail as a new one', async () => {
  const lab = await running();
  await lab.askAndConfirm(ZOE);
  expect(await lab.ask(ZOE)).toEqual(await lab.ask('max@example.org'));
  expect(lab.sent().slice(1)).toEqual([`${ZOE}: ${CONFIRM}`, `max@example.org: ${CONFIRM}`]);
  expect(lab.waiters.waiting(ALICE)).toBe(1);
});

test('asking twice at once makes one waiter, who is told once', async () => {
  const lab = await running();
  await Promise.all([lab.ask(ZOE), lab.ask(ZOE)]);
  expect(lab.rows('waiter')).toBe(1);
});

test('an address gets three of these mails a day, whoever asks, and nobody learns that it is enough', async () => {
  const lab = await running();
  const askings = [];
  for (const from of ['1', '2', '3', '4']) askings.push(await lab.ask('Zoe+1@example.org', ALICE, from));
  expect(new Set(askings.map(({ kind }) => kind))).toEqual(new Set(['mail-sent']));
  await lab.ask(ZOE, BOB, '5');
  expect(lab.sent()).toHaveLength(3);
  await lab.advance(24 * HOUR);
  await lab.ask(ZOE, BOB, '6');
  expect(lab.sent()).toHaveLength(4);
});

test('a neighbourhood asks five times an hour', async () => {
  const lab = await running();
  for (let n = 0; n < 5; n++) await lab.ask(`n${n}@example.org`, ALICE, 'street');
  expect(await lab.ask(ZOE, ALICE, 'street')).toEqual({ kind: 'too-many', waitMs: HOUR });
  await lab.advance(HOUR);
  expect(await lab.ask(ZOE, ALICE, 'street')).toEqual({ kind: 'mail-sent' });
});

test('fifty may wait for a line, and the next one is asked to try later', async () => {
  const lab = await running();
  for (let n = 0; n < 50; n++) await lab.ask(`n${n}@example.org`);
  expect(await lab.ask(ZOE)).toMatchObject({ kind: 'too-many' });
  expect(await lab.ask(ZOE, BOB)).toEqual({ kind: 'mail-sent' });
});

test('what is no address is told as that, and costs nothing', async () => {
  const lab = await running();
  for (let n = 0; n < 9; n++) {
    expect(await lab.ask('zoe@example.org\r\nBcc: x@y.z', ALICE, 'street')).toEqual({ kind: 'bad-address' });
  }
  expect(await lab.ask(ZOE, ALICE, 'street')).toEqual({ kind: 'mail-sent' });
});

test('without a relay nothing is offered', () => {
  const lab = new MailLab();
  expect([lab.waiters.isOffered, lab.withoutRelay().isOffered]).toEqual([true, false]);
});

test('without a relay, and for a line that is gone, asking is not available', async () => {
  const lab = await running();
  const linkFor = (token: string) => token;
  expect(await lab.withoutRelay().ask(ALICE, ZOE, 'street', linkFor)).toEqual({ kind: 'unavailable' });
  expect(await lab.ask(ZOE, 'carol' as LineId)).toEqual({ kind: 'unavailable' });
});

test('the store holds no token that opens anything, and the log no address', async () => {
  const lab = await running();
  await lab.askAndConfirm(ZOE);
  await quiet();
  const rows = JSON.stringify(lab.shared.database.prepare('SELECT * FROM waiter').all());
  expect(rows).not.toContain(lab.tokenFor(ZOE));
  expect(Buffer.from(lab.tokenFor(ZOE), 'base64url')).toHaveLength(32);
  await lab.live60s();
  expect(lab.log.events.join()).not.toContain('zoe');
});

test('a store that cannot be used is our fault, and told as that', async () => {
  const lab = await running();
  lab.shared.database.exec('ALTER TABLE waiter RENAME TO away');
  expect(await lab.ask(ZOE)).toEqual({ kind: 'unavailable' });
  lab.shared.database.exec('ALTER TABLE away RENAME TO waiter');
  expect(await lab.ask(ZOE)).toEqual({ kind: 'mail-sent' });
});
