import { expect, test } from 'vitest';
import type { LineId } from '../../../../protocol/line-id.ts';
import { ConsoleLab } from '../../../support/console-lab.ts';
import { ALICE, BOB } from '../../../support/stored-lines.ts';

const VIEWER = { role: 'viewer' } as const;
const KEEPER = { role: 'keeper' } as const;

test('nobody below a keeper changes a line, and nobody below an admin an account or a key', async () => {
  const lab = await ConsoleLab.open();
  const changes = lab.routes.filter(({ method }) => method === 'POST');
  expect(changes.length).toBeGreaterThan(15);
  for (const { path } of changes) {
    expect((await lab.post(path, {}, VIEWER)).status, path).toBe(403);
    const isForAdmins = path.startsWith('/accounts') || path.startsWith('/keys');
    if (isForAdmins) expect((await lab.post(path, {}, KEEPER)).status, path).toBe(403);
  }
  expect((await lab.get('/lines.csv', VIEWER)).status).toBe(403);
  expect((await lab.get('/keys', KEEPER)).status).toBe(403);
  expect(await lab.page('/lines', 'viewer')).not.toContain('Add a line');
  expect(await lab.page('/lines/alice', 'viewer')).not.toContain('Remove line');
});

test('a search finds a line by its address and shows it with its state', async () => {
  const lab = await ConsoleLab.open();
  const found = await lab.page('/lines?q=198.51.100.7');
  expect(found).toContain('alice.mwebpages.test');
  expect(found).not.toContain('bob.mwebpages.test');
  expect(found).toContain('<span class="pill live">live</span>');
  expect(await lab.page('/lines?state=offline')).not.toContain('alice.mwebpages.test');
  expect(await lab.page('/lines?q=nobody')).toContain('No line fits');
});

test('what was searched for stands in the page as text', async () => {
  const lab = await ConsoleLab.open();
  const found = await lab.page(`/lines?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
  expect(found).not.toContain('<script>alert');
});

test("the line's page tells why its name leads to the gateway, and when that began", async () => {
  const lab = await ConsoleLab.open();
  const shown = await lab.page('/lines/bob');
  expect(shown).toContain('its agent said good-bye');
  expect(shown).toContain('The name leads to the gateway');
  expect((await lab.get('/lines/nobody')).status).toBe(404);
});

test('a line is suspended and resumed, and both are noted with the name of who did it', async () => {
  const lab = await ConsoleLab.open();
  expect((await lab.post('/lines/alice/suspend', {}, KEEPER)).headers['location']).toBe(
    '/lines/alice?done=suspended',
  );
  expect(lab.api.desk.registry.book.get(ALICE)?.line.suspended).toBe(true);
  await lab.post('/lines/alice/resume', {}, KEEPER);
  const entries = await lab.api.house.audit.entries({ before: null, most: 10, subject: 'alice' });
  expect(entries.map(({ actor, action }) => [actor, action])).toEqual([
    ['the-keeper', 'line resume'],
    ['the-keeper', 'line suspend'],
  ]);
});

test('a line is removed only when its id is typed', async () => {
  const lab = await ConsoleLab.open();
  expect((await lab.post('/lines/bob/remove', { confirm: 'alice' })).status).toBe(422);
  expect(lab.api.desk.registry.book.get(BOB)).toBeDefined();
  expect((await lab.post('/lines/bob/remove', { confirm: 'bob' })).status).toBe(303);
  expect(lab.api.desk.registry.book.get(BOB)).toBeUndefined();
});

test('a page is taken down with a reason, which the audit log keeps, and put back', async () => {
  const lab = await ConsoleLab.open();
  expect((await lab.post('/lines/alice/take-down', { why: ' ' })).status).toBe(409);
  await lab.post('/lines/alice/take-down', { why: 'It copies <a bank>.' });
  expect(lab.api.house.shelf.page(ALICE).takenDown).toBe('It copies <a bank>.');
  expect(await lab.page('/lines/alice')).toContain('It copies &#60;a bank&#62;.');
  expect(await lab.page('/audit?subject=alice')).toContain('It copies &#60;a bank&#62;.');
  await lab.post('/lines/alice/put-back');
  expect(lab.api.house.shelf.page(ALICE).takenDown).toBeNull();
});

test('a new secret and a link for the owner are shown once and not noted', async () => {
  const lab = await ConsoleLab.open();
  const { body } = await lab.post('/lines/alice/secret');
  const [, secret = ''] = /<code class="secret">([^<]+)</.exec(String(body)) ?? [];
  expect(secret.length).toBeGreaterThan(15);
  expect(String((await lab.post('/lines/alice/portal-link')).body)).toContain(
    'https://portal.mwebpages.test/enter/',
  );
  const entries = await lab.api.house.audit.entries({ before: null, most: 10, subject: 'alice' });
  expect(entries.map(({ action }) => action)).toEqual(['line portal', 'line secret']);
  expect(JSON.stringify(entries)).not.toContain(secret);
});

test('a line is added with what was typed, and what is wrong leaves the form as it was', async () => {
  const lab = await ConsoleLab.open();
  const wrong = await lab.post('/add', { id: 'Carol!', names: 'www' });
  expect([wrong.status, String(wrong.body).includes('value="Carol!"')]).toEqual([422, true]);
  await lab.post('/add', { id: 'carol', names: 'www, ftp' });
  const line = lab.api.desk.registry.book.get('carol' as LineId)?.line;
  expect(line?.names).toEqual(['www.carol.mwebpages.test', 'ftp.carol.mwebpages.test']);
});

test('a file is looked through before anything is set up, and problems keep all of it out', async () => {
  const lab = await ConsoleLab.open();
  const { book } = lab.api.desk.registry;
  const wrong = await lab.post('/import', {}, { file: 'id\ncarol\nalice\ncarol\n' });
  expect(wrong.status).toBe(422);
  expect(String(wrong.body)).toContain('row 3: there already is a line alice');
  expect(String(wrong.body)).toContain('row 4: carol stands in row 2 already');
  expect((await lab.post('/import/all')).status).toBe(422);
  const right = await lab.post('/import', {}, { file: 'id\ncarol\ndave\n' });
  expect([right.status, book.size]).toEqual([200, 2]);
  const secrets = await lab.post('/import/all');
  expect(String(secrets.body)).toMatch(/^id,secret\ncarol,\S{16,}\ndave,\S{16,}\n$/);
  expect(book.size).toBe(4);
});

test('no cell of an exported table begins like a formula', async () => {
  const lab = await ConsoleLab.open();
  await lab.parts.commands.carryOut('x', {
    command: 'line words',
    args: { id: 'alice', words: '=HYPERLINK("http://x")' },
  });
  const { body } = await lab.get('/lines.csv');
  expect(String(body)).toContain(`"'=HYPERLINK(""http://x"")"`);
});

test('an announcement is shown first, then told to everybody', async () => {
  const lab = await ConsoleLab.open();
  const shown = await lab.post('/announcements', { text: 'Work on <Monday>', step: 'preview' });
  expect(String(shown.body)).toContain('<p class="letter">Work on &#60;Monday&#62;</p>');
  expect(lab.api.desk.announcements.current).toEqual([]);
  await lab.post('/announcements', { text: 'Work on <Monday>' });
  expect(lab.api.desk.announcements.current.map(({ text }) => text)).toEqual(['Work on <Monday>']);
  expect((await lab.post('/announcements', { text: ' ' })).status).toBe(422);
});

test('an account is added with a link, gets another role and is removed; nobody does that to the own one', async () => {
  const lab = await ConsoleLab.open();
  const { doorkeeper } = lab.api;
  const added = await lab.post('/accounts', { login: 'vera', role: 'viewer' });
  expect(String(added.body)).toContain('https://console.mwebpages.test/enter/');
  const vera = () => doorkeeper.operators().find(({ login }) => login === 'vera');
  await lab.post(`/accounts/${vera()?.id}/role`, { role: 'keeper' });
  expect(vera()).toMatchObject({ role: 'keeper' });
  const own = (await lab.session('admin')).account.id;
  expect((await lab.post(`/accounts/${own}/remove`)).status).toBe(409);
  expect((await lab.post(`/accounts/${own}/role`, { role: 'viewer' })).status).toBe(409);
  await lab.post(`/accounts/${vera()?.id}/remove`);
  expect(vera()).toBeUndefined();
});

test('a token is shown once, listed without its secret, and revoked', async () => {
  const lab = await ConsoleLab.open();
  const { body } = await lab.post('/keys/tokens', { name: 'billing', 'scope-lines:read': 'yes' });
  const [, secret = ''] = /<code class="secret">([^<]+)</.exec(String(body)) ?? [];
  const token = lab.api.doorkeeper.tokenOf('console', secret);
  expect(token?.scopes).toEqual(['lines:read']);
  expect(await lab.page('/keys')).not.toContain(secret);
  await lab.post(`/keys/tokens/${token?.id}/revoke`);
  expect(lab.api.doorkeeper.tokenOf('console', secret)).toBeUndefined();
});

test('every page of the console is there for an admin, with and without figures', async () => {
  const lab = await ConsoleLab.open();
  const pages = lab.routes.filter(({ method, path }) => method === 'GET' && !/live|csv/.test(path));
  for (const { path } of pages) expect((await lab.get(path.replace(':id', 'alice'))).status, path).toBe(200);
  const at = lab.api.clock.now();
  const sample = { live: 2, queued: 0, suspect: 0, offline: 1, unknown: 0, batches: 1, largestBatch: 3 };
  for (const ago of [120_000, 60_000, 0])
    await lab.samples.put({ ...sample, at: at - ago, slowestBatchMs: 2.5, detectionMs: 12_000 }, 0);
  expect(await lab.page('/?span=hour')).toContain('<path class="stroke live" d="M');
});

test("the secondaries' lag of the last day is drawn, one chart each, and told in words", async () => {
  const lab = await ConsoleLab.open();
  expect(await lab.page('/backups')).toContain('Nothing yet.');
  const now = lab.api.clock.now();
  for (const [minute, lagMs] of [0, 90_000, 0, 40].entries()) {
    lab.lags.see([{ address: '192.0.2.53:53', lagMs }]);
    lab.lags.endMinute(now - (3 - minute) * 60_000);
  }
  const page = await lab.page('/backups');
  expect(page.match(/<figure/g)).toHaveLength(1);
  expect(page).toContain('<h2>Lag of 192.0.2.53:53</h2>');
  expect(page).toContain('<path class="stroke lamp" d="M');
  expect(page).toContain('Now in step.');
  expect(page).toMatch(/<td class="number">1 min 30 s<\/td>/);
});
