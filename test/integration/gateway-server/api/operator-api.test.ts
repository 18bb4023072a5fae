import { expect, test } from 'vitest';
import type { LineId } from '../../../../protocol/line-id.ts';
import { ApiClient } from '../../../support/api-client.ts';
import { ApiLab } from '../../../support/api-lab.ts';
import { ALICE } from '../../../support/stored-lines.ts';

test('the status tells what people and scripts ask for', async () => {
  const { op } = await operator();
  const { json } = await op.get('/status');
  expect(json).toMatchObject({ zone: 'mwebpages.test', lines: { live: 1, offline: 1 }, brake: false });
  expect((await op.get('/batches')).json).toMatchObject({ waiting: 0 });
  expect((await op.get('/secondaries')).json.items).toMatchObject([
    { address: '192.0.2.53:53', proof: true },
  ]);
});

test('lines are listed page by page in the order of their ids', async () => {
  const { op } = await operator();
  const first = await op.get('/lines?limit=1');
  expect(first.json.items).toMatchObject([{ id: 'alice', state: 'live' }]);
  const second = await op.get(`/lines?limit=1&cursor=${first.json.next}`);
  expect(second.json).toMatchObject({ items: [{ id: 'bob', state: 'offline' }], next: null });
});

test('a line is set up once, and its secret is told once', async () => {
  const { op, lab } = await operator();
  const added = await op.post('/lines', { id: 'carol', names: ['www'] });
  expect(added.status).toBe(201);
  expect(added.headers.get('location')).toBe('/api/v1/lines/carol');
  expect(added.json).toMatchObject({ domain: 'carol.mwebpages.test', names: ['www.carol.mwebpages.test'] });
  const again = await op.post('/lines', { id: 'carol' });
  expect([again.status, again.json.detail]).toEqual([409, 'There already is a line carol.']);
  const shown = Buffer.from((await op.get('/lines/carol')).raw).toString();
  expect(shown).not.toContain(added.json.secret);
  expect(shown).not.toContain(lab.desk.registry.book.get('carol' as LineId)?.line.secretHash ?? 'none');
});

test('a line that cannot be set up is refused in the words of the command line', async () => {
  const { op } = await operator();
  const { status, json } = await op.post('/lines', { id: 'carol', domain: 'portal.mwebpages.test' });
  expect(status).toBe(422);
  expect(json.detail).toContain('portal');
});

test('a line without domain service is set up by a domain of null', async () => {
  const { op } = await operator();
  expect((await op.post('/lines', { id: 'carol', domain: null })).json.domain).toBeNull();
});

test('an import is all or none', async () => {
  const { op } = await operator();
  const bad = await op.post('/lines/import', { lines: [{ id: 'carol' }, { id: 'alice' }] });
  expect(bad.status).toBe(422);
  expect((await op.get('/lines/carol')).status).toBe(404);
  const good = await op.post('/lines/import', { lines: [{ id: 'carol' }, { id: 'dave', suspended: true }] });
  expect(good.json).toMatchObject({ imported: 2, lines: [{ id: 'carol' }, { id: 'dave' }] });
  expect((await op.get('/lines/dave')).json.suspended).toBe(true);
});

test('a line is suspended, resumed and removed', async () => {
  const { op } = await operator();
  expect((await op.post('/lines/alice/suspend')).json.suspended).toBe(true);
  expect((await op.post('/lines/alice/resume')).json.suspended).toBe(false);
  expect((await op.delete('/lines/alice')).status).toBe(204);
  expect((await op.get('/lines/alice')).status).toBe(404);
  expect((await op.delete('/lines/alice')).status).toBe(404);
});

test('a new secret is told once, with the line that it is for', async () => {
  const { op, lab } = await operator();
  const hash = () => lab.desk.registry.book.get(ALICE)?.line.secretHash;
  const before = hash();
  const { json } = await op.post('/lines/alice/secret', {});
  expect(json).toMatchObject({ id: 'alice', domain: 'alice.mwebpages.test' });
  expect(hash()).not.toBe(before);
});

test("an owner's page is taken down with a reason and put back", async () => {
  const { op, lab } = await operator();
  const down = await op.put('/lines/alice/take-down', { why: 'copyright notice 17' });
  expect(down.json.takenDown).toBe('copyright notice 17');
  expect(lab.house.shelf.page(ALICE).takenDown).toBe('copyright notice 17');
  expect((await op.delete('/lines/alice/take-down')).json.takenDown).toBeNull();
  const { json } = await op.get('/audit?subject=alice');
  expect(json.items).toMatchObject([
    { action: 'page put-back', actor: expect.stringMatching(/^token test of op-/) },
    { action: 'page take-down', detail: 'copyright notice 17' },
  ]);
});

test('the audit log comes page by page', async () => {
  const { op } = await operator();
  for (const why of ['a', 'b', 'c']) await op.put('/lines/alice/take-down', { why });
  const first = await op.get('/audit?limit=2');
  expect(first.json.items.map(({ detail }: { detail: string }) => detail)).toEqual(['c', 'b']);
  const second = await op.get(`/audit?limit=2&cursor=${first.json.next}`);
  expect(second.json.items[0].detail).toBe('a');
});

test('the link to the portal lets the owner in once', async () => {
  const { op, lab } = await operator();
  const { json } = await op.post('/lines/alice/portal-link');
  const token = json.url.split('/enter/')[1];
  expect(json.url).toContain('https://portal.mwebpages.test/enter/');
  expect((await lab.doorkeeper.enter('portal', token, 'here')).kind).toBe('in');
  expect((await lab.doorkeeper.enter('portal', token, 'here')).kind).toBe('wrong');
});

test('the link to the portal of a line that was removed does not open that of its successor', async () => {
  const { op, lab } = await operator();
  const line = { id: 'dora', domain: null };
  await op.post('/lines', line);
  const { json } = await op.post('/lines/dora/portal-link');
  await op.delete('/lines/dora');
  await lab.clock.advance(1);
  expect((await op.post('/lines', line)).status).toBe(201);
  const token = json.url.split('/enter/')[1];
  expect(await lab.doorkeeper.enter('portal', token, 'here')).toEqual({ kind: 'wrong' });
});

test('a rehearsal begins on a live line only', async () => {
  const { op } = await operator();
  expect((await op.post('/lines/alice/rehearsal')).json.until).toBe('2026-03-14T09:02:00.000Z');
  expect((await op.post('/lines/bob/rehearsal')).status).toBe(409);
});

test("a line's history and explanation are told in words", async () => {
  const { op } = await operator();
  await op.post('/lines/alice/rehearsal');
  const history = await op.get('/lines/alice/history');
  expect(history.json.items).toMatchObject([{ event: 'rehearsal began' }]);
  const { json } = await op.get('/lines/alice/explain');
  expect(json).toMatchObject({
    name: 'alice.mwebpages.test',
    served: { addresses: ['198.51.100.7', '2001:db8::7'] },
  });
  expect(json.words[0]).toContain('alice.mwebpages.test leads to the line');
});

test('an announcement is told to everybody and listed', async () => {
  const { op } = await operator();
  const told = await op.post('/announcements', { text: 'Works tonight' });
  expect(told.status).toBe(201);
  expect((await op.get('/announcements')).json.items).toEqual([told.json]);
  expect((await op.post('/announcements', { text: '   ' })).status).toBe(422);
});

test("the operator's webhooks are of all lines", async () => {
  const { op, lab } = await operator();
  const added = await op.post('/webhooks', {
    url: 'https://hooks.example.org/all',
    events: ['live', 'off-line'],
  });
  expect(added.status).toBe(201);
  expect(lab.house.webhooks.list(null)).toHaveLength(1);
  expect((await op.post(`/webhooks/${added.json.id}/test`)).status).toBe(200);
  expect((await op.delete(`/webhooks/${added.json.id}`)).status).toBe(204);
  expect((await op.post(`/webhooks/${added.json.id}/test`)).status).toBe(404);
});

test('events come as they happen, with a sign of life in between', async () => {
  const { lab, secret } = await operator();
  const events = await follow(lab, secret);
  expect(await events.next()).toBe(': following\n\n');
  lab.news.sees({ kind: 'off-line', line: ALICE, at: lab.clock.now(), reason: 'silent' });
  expect(await events.next()).toBe(
    'event: off-line\ndata: {"line":"alice","at":"2026-03-14T09:00:00.000Z","reason":"silent"}\n\n',
  );
  await lab.clock.advance(15_000);
  expect(await events.next()).toBe(': still here\n\n');
  await events.leave();
  await expect.poll(() => lab.news.readers).toBe(0);
});

test('events end when the token is revoked', async () => {
  const { lab, secret, id, account } = await operator();
  const events = await follow(lab, secret);
  await events.next();
  await lab.doorkeeper.revokeToken(account.id, id);
  lab.news.sees({ kind: 'live', line: ALICE, at: lab.clock.now() });
  expect(await events.next()).toBeNull();
  expect(lab.news.readers).toBe(0);
});

test('who follows when too many do is told to come later', async () => {
  const { lab, secret, op } = await operator();
  const following = [await follow(lab, secret), await follow(lab, secret)];
  const { status, headers } = await op.get('/events');
  expect([status, headers.get('retry-after')]).toEqual([503, '60']);
  for (const events of following) await events.leave();
});

async function operator() {
  const lab = await ApiLab.open();
  const token = await lab.operatorToken();
  return { lab, op: new ApiClient(lab, 'console', token.secret), ...token };
}

async function follow(lab: ApiLab, secret: string) {
  const response = await fetch(`${lab.originOf('console')}/api/v1/events`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error('no events');
  return {
    next: async () => (await reader.read()).value ?? null,
    leave: () => reader.cancel(),
  };
}
