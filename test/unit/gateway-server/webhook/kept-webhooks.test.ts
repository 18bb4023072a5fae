import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { quiet } from '../../../support/database-in-memory.ts';
import { heldAnswer } from '../../../support/scripted-caller.ts';
import { ALICE, BOB } from '../../../support/stored-lines.ts';
import { messageNumber, WebhookLab } from '../../../support/webhook-lab.ts';

const FAILED = { kind: 'answered', status: 500 } as const;
const DONE = { kind: 'answered', status: 200 } as const;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

async function running() {
  const lab = new WebhookLab();
  const { webhook, secret } = await lab.register();
  lab.start();
  await quiet();
  return { lab, webhook, secret };
}

test('a delivery carries the news and a signature that the receiver computes likewise', async () => {
  const { lab, secret } = await running();
  await lab.see({ kind: 'off-line', line: ALICE, at: 1_700_000_000_000, reason: 'silent' });
  const [call] = lab.receiver.calls;
  const {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  } = call?.headers ?? {};
  expect(JSON.parse(call?.body ?? '')).toEqual({
    id,
    event: 'off-line',
    line: 'alice',
    domain: 'alice.mwebpages.test',
    at: '2023-11-14T22:13:20.000Z',
    reason: 'silent',
  });
  expect(timestamp).toBe('1700000000');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${call?.body}`).digest('base64');
  expect([key.length, signature]).toEqual([32, `v1,${expected}`]);
});

test('a line hears of itself alone, and the operator of all lines', async () => {
  const { lab } = await running();
  await lab.register(null, 'https://hooks.example.org/all');
  await lab.see({ kind: 'live', line: ALICE, at: 1 }, { kind: 'live', line: BOB, at: 2 });
  const heard = (path: string) => lab.receiver.calls.filter(({ url }) => url.endsWith(path)).length;
  expect([heard('/a'), heard('/all')]).toEqual([1, 2]);
});

test('only the events that were asked for are told', async () => {
  const lab = new WebhookLab();
  await lab.webhooks.register({ line: ALICE, url: 'https://hooks.example.org', events: ['message'] });
  lab.start();
  await lab.see({ kind: 'live', line: ALICE, at: 1 }, messageNumber(1));
  expect(lab.told()).toEqual(['alice message 1']);
});

test('a failed delivery is tried again after 5 s, 30 s, 2 min, 10 min, 1 h, 6 h and 24 h, then given up', async () => {
  const { lab, webhook } = await running();
  lab.receiver.otherwise = FAILED;
  await lab.see(messageNumber(1));
  const waits = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR];
  for (const [tries, wait] of waits.entries()) {
    await lab.advance(wait - 1);
    expect(lab.told()).toHaveLength(tries + 1);
    await lab.advance(1);
    expect(lab.told()).toHaveLength(tries + 2);
  }
  await lab.advance(48 * HOUR);
  expect(lab.told()).toHaveLength(8);
  expect(lab.log.events.filter((event) => event.includes('given up'))).toHaveLength(1);
  expect(lab.webhooks.list(ALICE)).toEqual([
    { ...webhook, failingSince: 1_700_000_000_000, lastProblem: 'answered 500' },
  ]);
});

test('every try has the same id and body, and a signature of its own time', async () => {
  const { lab } = await running();
  lab.receiver.answers(FAILED);
  await lab.see(messageNumber(1));
  await lab.advance(5 * SECOND);
  const [first, second] = lab.receiver.calls;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
  expect(second?.headers['webhook-timestamp']).toBe('1700000005');
  expect(second?.headers['webhook-signature']).not.toBe(first?.headers['webhook-signature']);
});

test('news wait in order behind the one that does not get through', async () => {
  const { lab } = await running();
  lab.receiver.answers(FAILED);
  await lab.see(messageNumber(1), messageNumber(2), messageNumber(3));
  expect(lab.told()).toEqual(['alice message 1']);
  await lab.advance(5 * SECOND);
  expect(lab.told().slice(1)).toEqual(['alice message 1', 'alice message 2', 'alice message 3']);
  expect(lab.webhooks.list(ALICE)).toMatchObject([{ failingSince: null, lastProblem: null }]);
});

test('a slow receiver is not called again before it has answered, and holds up no other one', async () => {
  const { lab } = await running();
  await lab.register(BOB, 'https://hooks.example.org/b');
  const held = heldAnswer();
  lab.receiver.answers(held.answer);
  await lab.see(messageNumber(1), messageNumber(2), messageNumber(1, BOB));
  expect(lab.told()).toEqual(['alice message 1', 'bob message 1']);
  held.give(DONE);
  await quiet();
  expect(lab.told()).toEqual(['alice message 1', 'bob message 1', 'alice message 2']);
});

test('at most 8 receivers are called at once', async () => {
  const lab = new WebhookLab();
  for (let n = 0; n < 12; n++) await lab.register(null, `https://hooks.example.org/${n}`);
  lab.start();
  const held = Array.from({ length: 12 }, heldAnswer);
  lab.receiver.answers(...held.map(({ answer }) => answer));
  await lab.see(messageNumber(1));
  expect(lab.told()).toHaveLength(8);
  held[0]?.give(DONE);
  await quiet();
  expect(lab.told()).toHaveLength(9);
});

test('a restart goes on with what was not delivered, one that was cut short included, when its time has come', async () => {
  const { lab } = await running();
  lab.receiver.answers(FAILED);
  await lab.see(messageNumber(1), messageNumber(2));
  await lab.restart();
  expect(lab.told()).toHaveLength(1);
  const held = heldAnswer();
  lab.receiver.answers(held.answer);
  await lab.advance(5 * SECOND);
  expect(lab.told()).toHaveLength(2);
  await lab.restart();
  await lab.see(messageNumber(3));
  expect(lab.told().slice(2)).toEqual(['alice message 1', 'alice message 2', 'alice message 3']);
  expect(lab.shared.database.prepare('SELECT * FROM delivery').all()).toEqual([]);
});

test('news that came in while nothing could be sent are on disk', async () => {
  const lab = new WebhookLab();
  await lab.register();
  await lab.see(messageNumber(1));
  await lab.restart();
  expect(lab.told()).toEqual(['alice message 1']);
});

test('a clock that was set back delays deliveries no longer than any wait', async () => {
  const { lab } = await running();
  lab.receiver.answers(FAILED);
  await lab.see(messageNumber(1));
  lab.clock.jumpWall(-1_000 * HOUR);
  await lab.restart();
  await lab.see(messageNumber(2));
  await lab.advance(24 * HOUR);
  expect(lab.told().slice(1)).toEqual(['alice message 1', 'alice message 2']);
});

test('a receiver that answers 410 gets nothing of what waits', async () => {
  const { lab } = await running();
  lab.receiver.answers(FAILED, { kind: 'answered', status: 410 });
  await lab.see(messageNumber(1), messageNumber(2));
  await lab.advance(5 * SECOND);
  await lab.advance(48 * HOUR);
  expect(lab.told()).toHaveLength(2);
  await lab.see(messageNumber(3));
  expect(lab.told()).toHaveLength(3);
});

test.each([
  [{ kind: 'answered', status: 302 }, /^answered 302: redirects are not followed/],
  [{ kind: 'refused', why: 'a private address' }, /^not called: a private address$/],
  [{ kind: 'too-late' }, /^no answer within 10 s$/],
  [{ kind: 'unreachable', why: 'connection refused' }, /^not reached: connection refused$/],
] as const)('an outcome such as %o is a failure that its owner can read', async (called, problem) => {
  const { lab } = await running();
  lab.receiver.answers(called);
  await lab.see(messageNumber(1));
  expect(lab.webhooks.list(ALICE)[0]?.lastProblem).toMatch(problem);
});

test('beyond a thousand waiting deliveries the oldest make room, and the log says how many', async () => {
  const { lab, webhook } = await running();
  lab.receiver.otherwise = FAILED;
  await lab.see(...Array.from({ length: 1_200 }, (_, n) => messageNumber(n)));
  await quiet();
  const numbers = lab.shared.database
    .prepare("SELECT json_extract(body, '$.number') AS number FROM delivery ORDER BY id")
    .all()
    .map(({ number }) => number);
  expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([1_000, 200, 1_199]);
  const dropped = lab.log.events
    .filter((event) => event.startsWith(`warn webhook deliveries dropped ${webhook.id}`))
    .map((event) => Number(event.split(' ').at(-1)));
  expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(200);
});

test('a hundred thousand lines that fall silent together are taken in at once', async () => {
  const { lab } = await running();
  await lab.register(null, 'https://hooks.example.org/all');
  lab.receiver.otherwise = FAILED;
  for (let n = 0; n < 100_000; n++) {
    lab.webhooks.sees({ kind: 'off-line', line: BOB, at: n, reason: 'silent' });
  }
  await quiet();
  const [row] = lab.shared.database
    .prepare('SELECT count(*) AS count, total_changes() AS changes FROM delivery')
    .all();
  expect(row?.['count']).toBe(1_000);
  // what is dropped in any case never reaches the disk
  expect(Number(row?.['changes'])).toBeLessThan(10_000);
});

test('a test sends a ping now and tells what came of it', async () => {
  const { lab, webhook } = await running();
  expect(await lab.webhooks.test(ALICE, webhook.id)).toEqual({ ok: true, detail: 'answered 204' });
  lab.receiver.answers(FAILED);
  expect(await lab.webhooks.test(ALICE, webhook.id)).toEqual({ ok: false, detail: 'answered 500' });
  expect(lab.told()).toEqual(['alice ping', 'alice ping']);
});

test('tests are no way to call somebody again and again', async () => {
  const { lab, webhook } = await running();
  for (let turn = 0; turn < 6; turn++) await lab.webhooks.test(ALICE, webhook.id);
  expect(await lab.webhooks.test(ALICE, webhook.id)).toMatchObject({ ok: false });
  expect(lab.receiver.calls).toHaveLength(6);
});

test('a line has at most 5 webhooks, also when they are registered at once', async () => {
  const lab = new WebhookLab();
  const registered = await Promise.allSettled(Array.from({ length: 7 }, () => lab.register()));
  expect(registered.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  expect(lab.webhooks.list(ALICE)).toHaveLength(5);
});

test('the secret is told at the registration and never again', async () => {
  const { lab, secret } = await running();
  await lab.see(messageNumber(1));
  const shown = JSON.stringify([lab.webhooks.list(ALICE), lab.receiver.calls, lab.log.events]);
  expect(shown).not.toContain(secret.slice(6));
});

test('nobody can remove or test the webhook of another line', async () => {
  const { lab, webhook } = await running();
  expect(await lab.webhooks.remove(BOB, webhook.id)).toBe(false);
  expect(await lab.webhooks.remove(null, webhook.id)).toBe(false);
  expect(await lab.webhooks.test(BOB, webhook.id)).toMatchObject({ ok: false });
  expect(lab.receiver.calls).toEqual([]);
});

test('a webhook that was removed is told nothing more, of what waits neither', async () => {
  const { lab, webhook } = await running();
  lab.receiver.answers(FAILED);
  await lab.see(messageNumber(1));
  expect(await lab.webhooks.remove(ALICE, webhook.id)).toBe(true);
  await lab.see(messageNumber(2));
  await lab.advance(HOUR);
  expect(lab.told()).toHaveLength(1);
});

test('the webhooks of a line that was removed are not those of the next line with its name', async () => {
  const { lab } = await running();
  lab.shared.database.exec("DELETE FROM line WHERE id = 'alice'");
  lab.webhooks.forget(ALICE);
  await lab.see(messageNumber(1));
  expect([lab.webhooks.list(ALICE), lab.told()]).toEqual([[], []]);
});
