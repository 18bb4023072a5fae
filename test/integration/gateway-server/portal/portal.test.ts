import { expect, test } from 'vitest';
import type { Upload } from '../../../../gateway-server/web/route.ts';
import { bytes } from '../../../support/keeping-lab.ts';
import { PortalLab, SESSION } from '../../../support/portal-lab.ts';
import { ALICE, BOB } from '../../../support/stored-lines.ts';

const EVIL = `"><script>alert(1)</script>&'`;

test('what a visitor has written is shown as text, wherever it stands', async () => {
  const lab = await PortalLab.open();
  const number = await lab.message(`text ${EVIL}`, { name: `name ${EVIL}`, contact: `contact ${EVIL}` });
  for (const path of ['/', '/messages', `/messages/${number}`]) {
    const { body } = await lab.get(path);
    expect(body).toContain('name &#34;&#62;&#60;script&#62;');
    expect(body).not.toContain('<script>alert');
  }
  const { body } = await lab.get(`/messages/${number}`);
  expect(body).toContain('contact &#34;&#62;&#60;script&#62;');
});

test('a contact becomes a link only when it is a plain e-mail address', async () => {
  const lab = await PortalLab.open();
  const plain = await lab.message('x', { contact: 'bob@example.org' });
  const sly = await lab.message('x', { contact: 'bob@example.org?cc=eve@example.org' });
  expect((await lab.get(`/messages/${plain}`)).body).toContain('href="mailto:bob%40example.org"');
  expect((await lab.get(`/messages/${sly}`)).body).not.toContain('mailto:');
});

test('to look at a message changes nothing; to mark it does', async () => {
  const lab = await PortalLab.open();
  const number = await lab.message('hello');
  await lab.get(`/messages/${number}`);
  expect(await lab.keeping.mailbox.count(ALICE)).toMatchObject({ unread: 1 });
  await lab.post(`/messages/${number}/read`);
  expect(await lab.keeping.mailbox.count(ALICE)).toMatchObject({ unread: 0 });
  await lab.post(`/messages/${number}/unread`);
  expect(await lab.keeping.mailbox.count(ALICE)).toMatchObject({ unread: 1 });
});

test('a deleted message is gone from the list, can be undone right there, and is back then', async () => {
  const lab = await PortalLab.open();
  const number = await lab.message('precious');
  const after = await lab.post(`/messages/${number}/delete`);
  expect(after).toMatchObject({ status: 303, headers: { location: `/messages?deleted=${number}` } });
  expect((await lab.get(`/messages/${number}`)).status).toBe(404);
  const { body } = await lab.get('/messages', { query: `deleted=${number}` });
  expect(body).toContain(`action="/messages/${number}/restore"`);
  expect(body).not.toContain('precious');
  await lab.post(`/messages/${number}/restore`);
  expect((await lab.get(`/messages/${number}`)).body).toContain('precious');
});

test('messages of another line cannot be read, played or changed', async () => {
  const lab = await PortalLab.open();
  const { mailbox, clock } = lab.keeping;
  await mailbox.keep({
    line: BOB,
    at: clock.now(),
    name: 'n',
    contact: '',
    text: 'for bob',
    recording: null,
  });
  const number = (await mailbox.list(BOB, { before: null, most: 1 }))[0]?.number ?? 0;
  expect((await lab.get(`/messages/${number}`)).status).toBe(404);
  expect((await lab.get(`/messages/${number}/recording`)).status).toBe(404);
  await lab.post(`/messages/${number}/delete`);
  expect(await mailbox.count(BOB)).toMatchObject({ all: 1 });
});

test('a recording plays from any place', async () => {
  const lab = await PortalLab.open();
  const { mailbox, clock } = lab.keeping;
  const taken = await mailbox.takeIn(ALICE, { kind: 'voice', mediaType: 'audio/ogg', source: bytes(100) });
  if (taken.kind !== 'taken-in') throw new Error(taken.kind);
  const { recording } = taken;
  await mailbox.keep({ line: ALICE, at: clock.now(), name: '', contact: '', text: '', recording });
  const number = (await mailbox.list(ALICE, { before: null, most: 1 }))[0]?.number ?? 0;
  expect((await lab.get(`/messages/${number}`)).body).toContain(`<audio controls`);
  const part = await lab.get(`/messages/${number}/recording`, { range: 'bytes=90-' });
  expect(part).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 90-99/100' } });
  expect(part.bytes).toHaveLength(10);
  expect((await lab.get(`/messages/${number}/recording`, { range: 'bytes=100-' })).status).toBe(416);
});

test('older messages stand on further pages, each once', async () => {
  const lab = await PortalLab.open();
  for (let count = 0; count < 70; count += 1) await lab.message(`number ${count}.`);
  const seen: string[] = [];
  let query = '';
  for (let page = 0; page < 5; page += 1) {
    const { body } = await lab.get('/messages', { query });
    seen.push(...(body.match(/number \d+\./g) ?? []));
    const older = /before=(\d+)/.exec(body)?.[1];
    if (older === undefined) break;
    query = `before=${older}`;
  }
  expect(seen).toHaveLength(70);
  expect(new Set(seen).size).toBe(70);
});

test('home says what is known of the line and since when', async () => {
  const lab = await PortalLab.open();
  lab.stands('offline', {
    published: { kind: 'answering', reason: 'silent', serial: 2, since: 1_000 },
    absence: { since: 1_000, until: null, reason: 'silent', hits: 3 },
  });
  const { body } = await lab.get('/');
  expect(body).toContain('<span class="pill offline">Off-line</span>');
  expect(body).toContain('neither your router nor its address answered');
  expect(body).toContain('3 visits since it went off');
  lab.stands('unknown', {});
  expect((await lab.get('/')).body).toContain('your router has never logged on');
});

test('home says how many want to hear that the line is back', async () => {
  const lab = await PortalLab.open();
  expect((await lab.get('/')).body).not.toContain('a mail when it is back');
  lab.waiting = 1;
  expect((await lab.get('/')).body).toContain('1 visitor wants a mail when it is back');
  lab.waiting = 3;
  expect((await lab.get('/')).body).toContain('3 visitors want a mail when it is back');
});

test('words and options are kept together, and the page says so', async () => {
  const lab = await PortalLab.open();
  const fields = { kind: 'words', words: 'Back\r\nsoon', status: '200', 'shows-copy': 'on' };
  const kept = await lab.post('/page', fields);
  expect(kept).toMatchObject({ status: 303, headers: { location: '/page?tab=words&done=page-kept' } });
  expect(lab.line).toMatchObject({ words: 'Back\nsoon', tellsSince: false });
  expect(lab.keeping.shelf.page(ALICE)).toMatchObject({ kind: 'words', status: 200, showsCopy: true });
  expect(lab.audit).toMatchObject([{ actor: 'alice', action: 'page keep', subject: 'alice' }]);
});

test("the editor says how the copy of the owner's own page went, and the preview shows it with its pictures", async () => {
  const lab = await PortalLab.open();
  expect((await lab.get('/page')).body).toContain('looked at every six hours');
  await lab.keeping.shelf.keepPage(ALICE, { showsCopy: true });
  lab.copyState = { copiedAt: 1_000, trouble: 'your page answered with status 500' };
  const html = '<p>my site</p><img src="/.porchlight/copy/1" />';
  lab.copy = { at: 1_000, html, pictures: [{ mediaType: 'image/png', body: Buffer.from('png') }] };
  const { body } = await lab.get('/page');
  expect(body).toContain('name="shows-copy" value="on" checked');
  expect(body).toContain('Not copied the last time: your page answered with status 500.');
  expect((await lab.get('/page/preview')).body).toContain('src="/page/preview/copy"');
  const framed = await lab.get('/page/preview/copy');
  expect(framed.body).toContain('<p>my site</p><img src="data:image/png;base64,cG5n" />');
  expect(framed.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none';/);
});

test('words that are too long are refused and come back in the form', async () => {
  const lab = await PortalLab.open();
  const words = `${'x'.repeat(2_001)}`;
  const reply = await lab.post('/page', { kind: 'words', words, status: '503' });
  expect(reply.status).toBe(422);
  expect(reply.body).toContain(words);
  expect(reply.body).toContain('role="alert"');
  expect(lab.line.words).toBe('');
});

test('a page that the provider has taken down stays down when its owner keeps it again', async () => {
  const lab = await PortalLab.open();
  await lab.keeping.shelf.keepPage(ALICE, { takenDown: 'a complaint' });
  await lab.post('/page', { kind: 'html', html: '<p>again</p>', status: '503' });
  expect(lab.keeping.shelf.page(ALICE)).toMatchObject({ takenDown: 'a complaint', html: '<p>again</p>' });
  expect((await lab.get('/page')).body).toContain('has taken this page down: a complaint');
});

test('the preview is byte for byte what a visitor gets', async () => {
  const lab = await PortalLab.open();
  const draft = { kind: 'html', html: '<h1>Hi</h1><script>x()</script>', status: '503' };
  expect((await lab.post('/page/preview', draft)).status).toBe(303);
  const [outer, inner] = [await lab.get('/page/preview'), await lab.get('/page/preview/inner')];
  await lab.post('/page', draft);
  const visited = await lab.visit('/');
  expect(outer.body.replaceAll('/page/preview/inner', '/.porchlight/page')).toBe(visited.body);
  expect(outer.status).toBe(visited.status);
  const policy = visited.headers['content-security-policy'] ?? '';
  expect(outer.headers).toEqual({
    ...visited.headers,
    'content-security-policy': policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
  });
  const { body, headers } = await lab.visit('/.porchlight/page');
  expect(inner).toMatchObject({ body, headers });
  expect(inner.body).not.toContain('<script');
  expect((await lab.get('/page/removed')).body).toContain('script');
});

test("the preview of words equals the visitor's page too", async () => {
  const lab = await PortalLab.open();
  const draft = { kind: 'words', words: 'One\n\nTwo', status: '200' };
  await lab.post('/page/preview', draft);
  const outer = await lab.get('/page/preview');
  await lab.post('/page', draft);
  expect(outer.body).toBe((await lab.visit('/')).body);
  expect(outer.status).toBe(200);
});

test('a draft belongs to its session alone and is not what visitors get', async () => {
  const lab = await PortalLab.open();
  await lab.post('/page/preview', { kind: 'words', words: 'only typed', status: '503' });
  expect((await lab.get('/page/preview')).body).toContain('only typed');
  const session = { ...SESSION, formToken: 'another' };
  expect((await lab.get('/page/preview', { session })).body).not.toContain('only typed');
  expect((await lab.visit('/')).body).not.toContain('only typed');
});

test('a line without a name has no page to edit', async () => {
  const lab = await PortalLab.open();
  lab.is({ domain: null });
  expect((await lab.get('/page')).body).toContain('No page without a name');
  expect((await lab.get('/page/preview')).body).toContain('No page without a name');
});

test('a rehearsal tells how long it goes on, and what hinders it', async () => {
  const lab = await PortalLab.open();
  expect((await lab.post('/page/rehearsal')).headers).toMatchObject({ location: '/page?done=not-live' });
  lab.rehearsalUntil = lab.keeping.clock.now() + 90_000;
  expect((await lab.get('/page')).body).toContain('data-countdown="90"');
  expect((await lab.get('/')).body).toContain('action="/page/rehearsal/end"');
  await lab.post('/page/rehearsal/end');
  expect((await lab.get('/')).body).not.toContain('data-countdown');
});

function upload(name: string, mediaType: string, count = 10): Upload {
  return { name, mediaType, source: bytes(count) };
}

test('files are kept under their own name without a path, shown, fetched and deleted', async () => {
  const lab = await PortalLab.open();
  await lab.post('/files', { role: 'file' }, { upload: upload('..\\..\\etc/<b>.pdf', 'application/pdf') });
  const [offer] = lab.keeping.shelf.offers(ALICE);
  expect(offer).toMatchObject({ name: '<b>.pdf', mediaType: 'application/octet-stream', role: 'file' });
  const { body } = await lab.get('/files');
  expect(body).toContain('&#60;b&#62;.pdf');
  const fetched = await lab.get(`/files/${offer?.id}/x`);
  expect(fetched.headers['content-disposition']).toMatch(/^attachment/);
  expect(fetched.bytes).toHaveLength(10);
  await lab.post(`/files/${offer?.id}/delete`);
  expect(lab.keeping.shelf.offers(ALICE)).toEqual([]);
});

test('neither SVG nor HTML is ever shown in place, whatever it calls itself', async () => {
  const lab = await PortalLab.open();
  for (const type of ['image/svg+xml', 'text/html', 'IMAGE/SVG+XML; x=1'])
    expect((await lab.post('/files', { role: 'picture' }, { upload: upload('x.svg', type) })).status).toBe(
      415,
    );
  expect(lab.keeping.shelf.offers(ALICE)).toEqual([]);
});

test('an upload that is larger than the room left ends early and keeps nothing', async () => {
  const lab = await PortalLab.open(10_000);
  const reply = await lab.post('/files', { role: 'file' }, { upload: upload('big', 'video/mp4', 1e9) });
  expect(reply.status).toBe(413);
  expect(reply.body).toContain('Nothing was kept');
  expect(lab.keeping.shelf.offers(ALICE)).toEqual([]);
});

test("a page's pictures are sent without a session only once their line was previewed", async () => {
  const lab = await PortalLab.open();
  await lab.post('/files', { role: 'picture' }, { upload: upload('a.png', 'image/png') });
  const place = `/.porchlight/file/${lab.keeping.shelf.offers(ALICE)[0]?.id}/a.png`;
  expect((await lab.get(place)).status).toBe(404);
  await lab.get('/page/preview');
  expect(await lab.get(place)).toMatchObject({ status: 200, headers: { 'content-type': 'image/png' } });
});

test('from 80 % on the portal warns that the room comes to its end', async () => {
  const lab = await PortalLab.open(2_000);
  await lab.post('/files', { role: 'file' }, { upload: upload('a', 'x/y', 799) });
  expect((await lab.get('/')).body).not.toContain('% full.');
  await lab.post('/files', { role: 'file' }, { upload: upload('b', 'x/y', 1) });
  expect((await lab.get('/')).body).toContain('80 % full.');
});

test("a token's secret is shown in the answer and never again", async () => {
  const lab = await PortalLab.open();
  const reply = await lab.post('/account/tokens', {
    name: `my ${EVIL}`,
    'scope-line:read': 'on',
    days: '30',
  });
  expect(reply.body).toContain('pl_secret');
  expect(lab.tokens).toMatchObject([{ scopes: ['line:read'], expiresAt: 5_000 + 30 * 86_400_000 }]);
  const { body } = await lab.get('/account');
  expect(body).not.toContain('pl_secret');
  expect(body).not.toContain('<script>alert');
  await lab.post('/account/tokens/t0/revoke');
  expect(lab.tokens).toEqual([]);
});

test("a token with an operator's scope, or none, is not made", async () => {
  const lab = await PortalLab.open();
  const reply = await lab.post('/account/tokens', { name: 'x', 'scope-lines:write': 'on' });
  expect(reply.status).toBe(422);
  expect(lab.tokens).toEqual([]);
});

test('a webhook shows its secret once, and why it was refused', async () => {
  const lab = await PortalLab.open();
  const refused = await lab.post('/account/webhooks', { url: 'https://10.0.0.1/', 'event-live': 'on' });
  expect(refused.body).toContain('private addresses are not called');
  const added = await lab.post('/account/webhooks', { url: 'https://example.org/', 'event-live': 'on' });
  expect(added.body).toContain('whsec_secret');
  expect((await lab.get('/account')).body).not.toContain('whsec_secret');
  expect((await lab.post('/account/webhooks/h1/test')).body).toContain('no answer in 5 s');
});

test('everything is deleted only after the name was written, and then everything is', async () => {
  const lab = await PortalLab.open();
  const number = await lab.message('hello');
  lab.copy = { at: 1, html: 'my site', pictures: [] };
  await lab.post('/page', { kind: 'html', html: '<p>x</p>', words: 'words', status: '200' });
  await lab.post('/files', { role: 'file' }, { upload: upload('a', 'x/y') });
  await lab.post('/account/tokens', { name: 'x', 'scope-line:read': 'on' });
  expect((await lab.post('/account/erase', { confirm: 'alice' })).status).toBe(422);
  expect(await lab.keeping.mailbox.count(ALICE)).toMatchObject({ all: 1 });
  await lab.post('/account/erase', { confirm: 'alice.mwebpages.test' });
  expect(await lab.keeping.mailbox.count(ALICE)).toMatchObject({ all: 0 });
  expect([await lab.keeping.mailbox.get(ALICE, number), lab.copy]).toEqual([undefined, undefined]);
  expect(lab.keeping.shelf.page(ALICE)).toMatchObject({ kind: 'words', html: '', status: 503 });
  expect(lab.keeping.shelf.offers(ALICE)).toEqual([]);
  expect([lab.tokens, lab.line.words]).toEqual([[], '']);
});

test('of a line that was never heard no day is green', async () => {
  const lab = await PortalLab.open();
  lab.stands('unknown', { logOn: null, previousLogOn: null, absence: null });
  const { body } = await lab.get('/');
  expect(body).not.toContain('class="up"');
  expect(body).not.toContain('not at all');
  expect(body).toContain('aria-label="Not heard yet"');
  lab.stands('live', { logOn: lab.keeping.clock.now() - 1_000 });
  const heard = (await lab.get('/')).body;
  expect(heard.match(/class="up"/g)).toHaveLength(1);
  expect(heard).toContain('Never off-line in 1 day');
});

test('every change stands in the audit log, and nothing secret does', async () => {
  const lab = await PortalLab.open();
  const number = await lab.message('the words of a visitor');
  await lab.post(`/messages/${number}/delete`);
  await lab.post(`/messages/${number}/delete`);
  await lab.post(`/messages/${number}/restore`);
  await lab.post('/messages/77/restore');
  await lab.post('/account/webhooks', { url: 'https://example.org/?key=of-the-owner', 'event-live': 'on' });
  await lab.post('/account/webhooks/h1/delete');
  lab.rehearsing = { kind: 'rehearsing', until: 9_000 };
  await lab.post('/page/rehearsal');
  await lab.post('/page/rehearsal/end');
  expect(lab.audit.map(({ action, detail }) => [action, detail])).toEqual([
    ['message delete', String(number)],
    ['message restore', String(number)],
    ['webhook add', 'h1 live'],
    ['webhook remove', 'h1'],
    ['rehearsal', ''],
    ['rehearsal end', ''],
  ]);
  expect(JSON.stringify(lab.audit)).not.toMatch(/visitor|of-the-owner|secret/);
});

test('the personal archive holds messages, page and files, and no secret', async () => {
  const lab = await PortalLab.open();
  await lab.message('hello');
  await lab.post('/files', { role: 'file' }, { upload: upload('../a b.pdf', 'x/y', 700) });
  const { bytes: archive, headers } = await lab.get('/export/everything.tar');
  const text = archive.toString('latin1');
  expect(headers['content-disposition']).toContain('alice.mwebpages.test-everything.tar');
  expect(archive.length % 512).toBe(0);
  for (const name of ['messages.json', 'messages.csv', 'messages.mbox', 'page.html', 'line.json'])
    expect(text).toContain(`${name}\0`);
  expect(text).toMatch(/files\/[\w-]{1,16}-a_b\.pdf\0/);
  expect(text).not.toContain('ab'.repeat(32));
});

test('whose line was removed meanwhile is logged out', async () => {
  const lab = await PortalLab.open();
  const account = { ...SESSION.account, kind: 'owner', line: BOB } as const;
  const reply = await lab.get('/', { session: { ...SESSION, account: { ...account, passwordHash: null } } });
  expect(reply).toMatchObject({ status: 303, headers: { location: '/log-in' }, cookie: null });
});

test("every form that changes something carries the session's token", async () => {
  const lab = await PortalLab.open();
  const number = await lab.message('hello');
  lab.rehearsalUntil = 1_000_000;
  for (const path of ['/', '/messages', `/messages/${number}`, '/page', '/files', '/account']) {
    const { body } = await lab.get(path);
    for (const [form] of body.matchAll(/<form [^>]*method="post"[^>]*>[^>]*>/g))
      expect(form).toContain('name="token" value="form-token"');
  }
});
