import { expect, test } from 'vitest';
import type { Scope } from '../../../../gateway-server/web/doorkeeper.ts';
import { ApiClient } from '../../../support/api-client.ts';
import { ApiLab } from '../../../support/api-lab.ts';
import { ALICE, BOB } from '../../../support/stored-lines.ts';

const PAGE = {
  kind: 'html',
  words: 'Gone fishing',
  html: '<p>Hello</p>',
  status: 503,
  showsCopy: false,
  tellsSince: true,
};

test('the owner reads how the line is', async () => {
  const { alice } = await owner();
  const { status, json } = await alice.get('/line');
  expect(status).toBe(200);
  expect(json).toMatchObject({
    id: 'alice',
    state: 'live',
    published: { kind: 'addresses', addresses: ['198.51.100.7', '2001:db8::7'] },
    reason: null,
    offLine: { last: { since: '2026-03-14T08:40:00.000Z', reason: 'silent', hits: 3 } },
    unread: 0,
    waiting: 2,
    rehearsalUntil: null,
  });
});

test('a line that is off says since when and why', async () => {
  const { bob } = await owner();
  const { json } = await bob.get('/line');
  expect(json).toMatchObject({ state: 'offline', reason: 'farewell', offLine: { thisMonthMs: 300_000 } });
  expect((await bob.get('/off-line-spans')).json.items).toMatchObject([{ until: null, reason: 'farewell' }]);
});

test('messages come newest first and page by page', async () => {
  const { lab, alice } = await owner();
  for (const text of ['one', 'two', 'three']) await lab.leave(ALICE, text);
  await lab.leave(BOB, 'not for alice');
  const first = await alice.get('/messages?limit=2');
  expect(first.json.items.map(({ text }: { text: string }) => text)).toEqual(['three', 'two']);
  const second = await alice.get(`/messages?limit=2&cursor=${first.json.next}`);
  expect(second.json.items.map(({ text }: { text: string }) => text)).toEqual(['one']);
  expect(second.json.next).toBeNull();
});

test('a message is read, marked, deleted and brought back', async () => {
  const { lab, alice } = await owner();
  const number = await lab.leave(ALICE, 'Hello');
  expect((await alice.get(`/messages/${number}`)).json).toMatchObject({ text: 'Hello', readAt: null });
  expect((await alice.post(`/messages/${number}/read`)).json.readAt).toBe('2026-03-14T09:00:00.000Z');
  expect((await alice.delete(`/messages/${number}/read`)).json.readAt).toBeNull();
  expect((await alice.delete(`/messages/${number}`)).status).toBe(204);
  expect((await alice.get(`/messages/${number}`)).status).toBe(404);
  expect((await alice.post(`/messages/${number}/restore`)).json.text).toBe('Hello');
});

test('the owner reads whether the own web page was copied', async () => {
  const { alice } = await owner();
  expect(await alice.get('/page/copy')).toMatchObject({
    status: 200,
    json: { copiedAt: null, trouble: null },
  });
});

test('a recording is fetched whole or in part', async () => {
  const { lab, alice } = await owner();
  const number = await lab.leave(ALICE, 'Listen', Buffer.from('0123456789'));
  const { json } = await alice.get(`/messages/${number}`);
  expect(json.recording).toEqual({
    kind: 'voice',
    mediaType: 'audio/webm',
    bytes: 10,
    href: `/api/v1/messages/${number}/recording`,
  });
  const path = `/messages/${number}/recording`;
  const whole = await alice.get(path);
  expect([whole.status, text(whole)]).toEqual([200, '0123456789']);
  expect(whole.headers.get('content-disposition')).toBe('attachment');
  const part = await alice.get(path, { range: 'bytes=2-4' });
  expect([part.status, text(part), part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
  const beyond = await alice.get(path, { range: 'bytes=10-' });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10']);
});

test("another line's message is not there, whatever is done with it", async () => {
  const { lab, alice, bob } = await owner();
  const number = await lab.leave(BOB, 'for bob', Buffer.from('voice'));
  const paths = [`/messages/${number}`, `/messages/${number}/recording`];
  for (const path of paths) expect((await alice.get(path)).status).toBe(404);
  expect((await alice.delete(`/messages/${number}`)).status).toBe(404);
  expect((await alice.post(`/messages/${number}/read`)).status).toBe(404);
  await bob.delete(`/messages/${number}`);
  expect((await alice.post(`/messages/${number}/restore`)).status).toBe(404);
  expect((await bob.get(`/messages/${number}`)).status).toBe(404);
});

test('the page is kept under the ETag that was read, and not under an older one', async () => {
  const { alice } = await owner();
  const before = await alice.get('/page');
  const etag = before.headers.get('etag') ?? '';
  expect((await alice.put('/page', PAGE)).status).toBe(428);
  const kept = await alice.put('/page', PAGE, { 'if-match': etag });
  expect(kept.json).toMatchObject({ ...PAGE, takenDown: null });
  const late = await alice.put('/page', { ...PAGE, words: 'Late' }, { 'if-match': etag });
  expect(late.status).toBe(412);
  expect(late.headers.get('etag')).toBe(kept.headers.get('etag'));
  expect((await alice.get('/page')).json.words).toBe('Gone fishing');
  expect((await alice.put('/page', { ...PAGE, words: 'Any' }, { 'if-match': '*' })).status).toBe(200);
});

test('how the page answers is changed with line:write alone, by whichever way', async () => {
  const { lab, alice } = await owner();
  const may = async (...scopes: Scope[]) =>
    new ApiClient(lab, 'portal', (await lab.ownerToken(ALICE, scopes)).secret);
  const [writer, switcher] = [await may('page:read', 'page:write'), await may('line:write')];
  const any = { 'if-match': '*' };
  const { status, tellsSince, ...content } = PAGE;
  expect((await writer.put('/page', content, any)).json).toMatchObject({ status, tellsSince });
  expect((await writer.put('/page', PAGE, any)).status).toBe(200);
  for (const change of [{ status: 200 }, { tellsSince: false }]) {
    const refused = await writer.put('/page', { ...PAGE, words: 'Other', ...change }, any);
    expect([refused.status, refused.json.detail]).toEqual([
      403,
      'The token may not do this: it lacks "line:write".',
    ]);
  }
  expect((await writer.put('/line/manner', { status: 200, tellsSince: false })).status).toBe(403);
  expect((await writer.post('/rehearsal')).status).toBe(403);
  expect((await alice.get('/page')).json).toMatchObject(PAGE);
  expect((await switcher.put('/page', PAGE, any)).status).toBe(403);
  const chosen = await switcher.put('/line/manner', { status: 200, tellsSince: false });
  expect([chosen.status, chosen.json]).toEqual([200, { status: 200, tellsSince: false }]);
  expect((await alice.get('/page')).json).toMatchObject({ ...PAGE, status: 200, tellsSince: false });
  expect((await switcher.post('/rehearsal')).status).toBe(200);
  expect((await alice.put('/page', PAGE, any)).json).toMatchObject(PAGE);
});

test('of two changes of one page at once only one is kept', async () => {
  const { alice } = await owner();
  const etag = (await alice.get('/page')).headers.get('etag') ?? '';
  const changes = ['a', 'b', 'c'].map((words) =>
    alice.put('/page', { ...PAGE, words }, { 'if-match': etag }),
  );
  const statuses = (await Promise.all(changes)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 412, 412]);
});

test('HTML that is too long is refused and the page stays', async () => {
  const { alice } = await owner();
  const html = 'ä'.repeat(200_000);
  expect((await alice.put('/page', { ...PAGE, html }, { 'if-match': '*' })).status).toBe(413);
  expect((await alice.post('/page/preview', { html })).status).toBe(413);
  expect((await alice.get('/page')).json.html).toBe('');
});

test('a preview tells what is taken away and keeps nothing', async () => {
  const { alice } = await owner();
  const { json } = await alice.post('/page/preview', { html: '<script>hi' });
  expect(json).toEqual({ html: 'hi', removed: ['script element'] });
  expect((await alice.get('/page')).json.html).toBe('');
});

test('a file is offered, fetched and deleted', async () => {
  const { alice, bob } = await owner();
  const bytes = Buffer.from('picture');
  const headers = { 'content-type': 'image/png' };
  const put = await alice.ask('/offers?name=..%2Fme.png&role=picture', { method: 'POST', bytes, headers });
  expect(put.status).toBe(201);
  expect(put.json).toMatchObject({ role: 'picture', name: 'me.png', mediaType: 'image/png', bytes: 7 });
  const path = `/offers/${put.json.id}`;
  expect(text(await alice.get(`${path}/content`))).toBe('picture');
  expect((await bob.get(`${path}/content`)).status).toBe(404);
  expect((await bob.delete(path)).status).toBe(404);
  expect((await alice.get('/usage')).json).toMatchObject({ offered: 7, mostOffered: 50_000 });
  expect((await alice.delete(path)).status).toBe(204);
  expect((await alice.get('/offers')).json.items).toEqual([]);
});

test('a file of HTML is offered as bytes of no kind', async () => {
  const { alice } = await owner();
  const headers = { 'content-type': 'text/html' };
  const put = await alice.ask('/offers?name=x.html', { method: 'POST', bytes: Buffer.from('<b>'), headers });
  expect(put.json.mediaType).toBe('application/octet-stream');
});

test('a file that does not fit is refused in words, and nothing is kept', async () => {
  const { alice } = await owner();
  const headers = { 'content-type': 'video/mp4' };
  const put = await alice.ask('/offers?name=long.mp4', {
    method: 'POST',
    bytes: new Uint8Array(400_000),
    headers,
  });
  expect(put.status).toBe(413);
  expect(put.json.detail).toBe(
    'The file is larger than the room that is left: 50000 bytes. Nothing was kept.',
  );
  expect((await alice.get('/usage')).json.offered).toBe(0);
});

test('a webhook is registered with a secret that is told once, and removed', async () => {
  const { alice, bob } = await owner();
  const added = await alice.post('/webhooks', { url: 'https://hooks.example.org/a', events: ['message'] });
  expect(added.status).toBe(201);
  expect(added.json.secret).toBeTruthy();
  const listed = await alice.get('/webhooks');
  expect(listed.json.items).toMatchObject([{ id: added.json.id, events: ['message'], failingSince: null }]);
  expect(Buffer.from(listed.raw).toString()).not.toContain(added.json.secret);
  expect((await bob.get('/webhooks')).json.items).toEqual([]);
  expect((await bob.delete(`/webhooks/${added.json.id}`)).status).toBe(404);
  expect((await alice.delete(`/webhooks/${added.json.id}`)).status).toBe(204);
});

test('a webhook to a private address is refused in words', async () => {
  const { alice } = await owner();
  const { status, json } = await alice.post('/webhooks', { url: 'https://10.0.0.1/', events: ['live'] });
  expect(status).toBe(422);
  expect(json.detail).not.toBe('');
});

test('a rehearsal begins on a live line only', async () => {
  const { alice, bob } = await owner();
  expect((await alice.post('/rehearsal')).json).toEqual({ until: '2026-03-14T09:02:00.000Z' });
  expect((await alice.get('/line')).json.rehearsalUntil).toBe('2026-03-14T09:02:00.000Z');
  expect((await alice.delete('/rehearsal')).status).toBe(204);
  expect((await alice.get('/line')).json.rehearsalUntil).toBeNull();
  expect((await bob.post('/rehearsal')).status).toBe(409);
});

test('the export holds everything of the line, and no secret', async () => {
  const { lab, alice } = await owner();
  for (let count = 0; count < 120; count++) await lab.leave(ALICE, `message ${count}`);
  const hook = await alice.post('/webhooks', { url: 'https://hooks.example.org/a', events: ['live'] });
  const { json, raw } = await alice.get('/export');
  expect(json.messages).toHaveLength(120);
  expect(json).toMatchObject({
    line: { id: 'alice' },
    page: { kind: 'words' },
    offers: [],
    webhooks: [{ id: hook.json.id }],
  });
  const said = Buffer.from(raw).toString();
  expect(said).not.toContain(hook.json.secret);
  expect(said).not.toContain('ab'.repeat(32));
});

test('every change stands in the audit log with the token that made it, and without what anybody wrote', async () => {
  const { lab, alice } = await owner();
  const number = await lab.leave(ALICE, 'the words of a visitor');
  await alice.put('/page', PAGE, { 'if-match': '*' });
  await alice.put('/page', PAGE, { 'if-match': '"another"' });
  const headers = { 'content-type': 'image/png' };
  const bytes = Buffer.from('picture');
  const put = await alice.ask('/offers?name=me.png&role=picture', { method: 'POST', bytes, headers });
  await alice.delete(`/offers/${put.json.id}`);
  await alice.delete(`/offers/${put.json.id}`);
  const url = 'https://hooks.example.org/?key=of-the-owner';
  const hook = (await alice.post('/webhooks', { url, events: ['message', 'live'] })).json.id;
  await alice.delete(`/webhooks/${hook}`);
  await alice.delete(`/messages/${number}`);
  await alice.delete(`/messages/${number}`);
  await alice.post(`/messages/${number}/restore`);
  await alice.post('/messages/77/restore');
  await alice.post('/rehearsal');
  await alice.delete('/rehearsal');
  const entries = await lab.house.audit.entries({ before: null, most: 50, subject: 'alice' });
  expect(entries.toReversed().map(({ action, detail }) => [action, detail])).toEqual([
    ['page keep', 'html'],
    ['picture put', 'me.png'],
    ['picture delete', 'me.png'],
    ['webhook add', `${hook} live message`],
    ['webhook remove', hook],
    ['message delete', String(number)],
    ['message restore', String(number)],
    ['rehearsal', ''],
    ['rehearsal end', ''],
  ]);
  expect(new Set(entries.map(({ actor }) => actor))).toEqual(new Set(['token test of alice']));
  expect(JSON.stringify(entries)).not.toMatch(/visitor|of-the-owner|Gone fishing/);
});

async function owner() {
  const lab = await ApiLab.open();
  const of = async (line: typeof ALICE) => new ApiClient(lab, 'portal', (await lab.ownerToken(line)).secret);
  return { lab, alice: await of(ALICE), bob: await of(BOB) };
}

function text({ raw }: { readonly raw: Uint8Array }): string {
  return Buffer.from(raw).toString();
}
