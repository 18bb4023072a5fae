import { describe, expect, test } from 'vitest';
import type { LineId } from '../../../../../protocol/line-id.ts';
import { openDoorLab, rawStatus, sentBack } from '../../../../support/door-lab.ts';
import { GOOD, HOUR_MS } from '../../../../support/doorkeeper-lab.ts';
import { ALICE } from '../../../../support/stored-lines.ts';

describe('a change from elsewhere is refused before anything is done:', () => {
  test.each([
    ['from a page of a subscriber, which is of the same site', { origin: 'https://alice.street.test' }],
    ['from the other door', { origin: 'http://127.0.0.1:1' }],
    ['from a sandboxed page', { origin: 'null' }],
    ['without an Origin', { origin: undefined }],
    ['without an Origin, but with a Referer of ours', { origin: undefined, referer: 'OURS/' }],
    ['with our Origin, but sent by a page of the same site', { 'sec-fetch-site': 'same-site' }],
    ['with our Origin twice', { origin: 'OURS, OURS' }],
  ])('%s', async (_how, fields) => {
    const porch = await openDoorLab('console');
    const { cookie, formToken } = await porch.enterAsOperator();
    const ours = (text: string | undefined) => text?.replaceAll('OURS', porch.origin);
    const headers = Object.fromEntries(
      Object.entries(fields).map(([name, value]: [string, string | undefined]) => [name, ours(value)]),
    );
    const answer = await porch.post('/change', { token: formToken }, { cookie, ...headers });
    expect(answer.status).toBe(403);
    const logIn = await porch.post('/log-in', { login: 'mira', password: GOOD }, headers);
    expect([logIn.status, logIn.headers['set-cookie']]).toEqual([403, undefined]);
    expect(porch.changes).toBe(0);
    const well = await porch.post('/change', { token: formToken }, { cookie });
    expect([well.status, porch.changes]).toEqual([303, 1]);
  });

  test.each([
    ['no token', {}],
    ['an empty token', { token: '' }],
    ['a token of the same length', { token: 'A'.repeat(43) }],
  ])('with %s', async (_how, fields) => {
    const porch = await openDoorLab('console');
    const { cookie } = await porch.enterAsOperator();
    expect((await porch.post('/change', fields, { cookie })).status).toBe(403);
    expect(porch.changes).toBe(0);
  });

  test('with the token of another session of the same account', async () => {
    const porch = await openDoorLab('console');
    const [one, other] = [await porch.enterAsOperator(), await porch.enterAsOperator()];
    const answer = await porch.post('/change', { token: other.formToken }, { cookie: one.cookie });
    expect([answer.status, porch.changes]).toEqual([403, 0]);
  });

  test('by a role that may not do it', async () => {
    const porch = await openDoorLab('console');
    const { cookie, formToken } = await porch.enterAsOperator();
    const answer = await porch.post('/accounts', { token: formToken }, { cookie });
    expect([answer.status, porch.changes]).toEqual([403, 0]);
  });

  test.each(['PUT', 'DELETE', 'PATCH'])(
    'by %s, or by a header or a field that names the method',
    async (method) => {
      const porch = await openDoorLab('console');
      const { cookie, formToken } = await porch.enterAsOperator();
      expect((await porch.ask(method, '/change', { cookie, origin: porch.origin })).status).toBe(404);
      const override = { cookie, 'x-http-method-override': 'POST', 'x-method-override': 'POST' };
      for (const path of ['/change?_method=POST', '/change?x=1'])
        expect((await porch.ask('GET', `${path}&token=${formToken}`, override)).status).toBe(404);
      expect(porch.changes).toBe(0);
    },
  );
});

describe('a cookie', () => {
  test('of the other door, of no door, or set by another host lets nobody in', async () => {
    const [portal, staff] = [await openDoorLab('portal'), await openDoorLab('console')];
    const { cookie } = await staff.enterAsOperator();
    const value = cookie.split('=')[1];
    for (const tried of [cookie, `porchlight-portal=${value}`, 'porchlight-portal=guess'])
      expect((await portal.ask('GET', '/mine', { cookie: tried })).headers.location).toBe(
        '/log-in?to=%2Fmine',
      );
    expect((await staff.ask('GET', '/mine', { cookie: `__Host-${cookie}` })).status).toBe(303);
    expect((await staff.ask('GET', '/mine', { cookie })).status).toBe(200);
  });

  test('that stands there twice counts as none, whichever comes first', async () => {
    const porch = await openDoorLab('console');
    const { cookie } = await porch.enterAsOperator();
    for (const both of [`${cookie}; porchlight-console=tossed`, `porchlight-console=tossed; ${cookie}`])
      expect((await porch.ask('GET', '/mine', { cookie: both })).status).toBe(303);
  });

  test('is new after a log-in, and what it opened before is closed', async () => {
    const porch = await openDoorLab('console');
    const before = await porch.enterAsOperator();
    const given = await porch.post('/log-in', { login: 'mira', password: GOOD }, { cookie: before.cookie });
    const after = sentBack(given.headers);
    expect(after).not.toBe(before.cookie);
    expect((await porch.ask('GET', '/mine', { cookie: after })).status).toBe(200);
    expect((await porch.ask('GET', '/mine', { cookie: before.cookie })).status).toBe(303);
  });

  test('that the browser brought to the log-in is not taken over', async () => {
    const porch = await openDoorLab('console');
    const fixed = 'porchlight-console=chosen-by-a-stranger';
    await porch.post('/log-in', { login: 'mira', password: GOOD }, { cookie: fixed });
    expect((await porch.ask('GET', '/mine', { cookie: fixed })).status).toBe(303);
  });

  test('is not kept good by what a page asks for by itself', async () => {
    const porch = await openDoorLab('console');
    const { cookie } = await porch.enterAsOperator();
    await porch.clock.advance(HOUR_MS);
    expect((await porch.ask('GET', '/live', { cookie })).status).toBe(200);
    await porch.clock.advance(HOUR_MS + 1);
    for (const path of ['/live', '/mine'])
      expect((await porch.ask('GET', path, { cookie })).status).toBe(303);
  });

  test('is for our own host and for no script, and over HTTPS bound to both', async () => {
    const loopback = await openDoorLab('console');
    const plain = await loopback.post('/log-in', { login: 'mira', password: GOOD });
    expect(plain.headers['set-cookie']?.[0]).toMatch(
      /^porchlight-console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const named = await openDoorLab('console', 'https://console.street.test');
    const secure = await named.post('/log-in', { login: 'mira', password: GOOD });
    expect(secure.headers['set-cookie']?.[0]).toMatch(
      /^__Host-porchlight-console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(secure.headers['strict-transport-security']).toBe('max-age=31536000');
    expect(plain.headers['strict-transport-security']).toBeUndefined();
  });
});

describe('trying passwords', () => {
  test('ends at the eleventh from one neighbourhood without another hash, and the answer is the same for a name nobody has', async () => {
    const porch = await openDoorLab('console');
    const bodies = new Map<string, string>();
    for (const login of ['mira', 'nobody']) {
      await porch.clock.advance(HOUR_MS);
      for (let i = 0; i < 10; i++) {
        const { status, body } = await porch.post('/log-in', { login, password: `wrong ${i}` });
        expect(status).toBe(401);
        bodies.set(login, body.replaceAll(login, 'NAME'));
      }
      const before = porch.hasher.hashes;
      expect((await porch.post('/log-in', { login, password: GOOD })).status).toBe(429);
      expect(porch.hasher.hashes).toBe(before);
    }
    expect(bodies.get('mira')).toBe(bodies.get('nobody'));
  });

  test('is not given more tries by addresses that the request only claims', async () => {
    const porch = await openDoorLab('console');
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) {
      const claimed = { 'x-forwarded-for': `198.51.100.${i}`, forwarded: `for=198.51.100.${i}` };
      statuses.push((await porch.post('/log-in', { login: `name${i}`, password: 'wrong' }, claimed)).status);
    }
    expect(new Set(statuses.slice(0, 10))).toEqual(new Set([401]));
    expect(statuses[10]).toBe(429);
  });

  test('leads nowhere else afterwards', async () => {
    const porch = await openDoorLab('console');
    for (const to of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/\t/evil.example',
      'mine',
    ]) {
      const { headers } = await porch.post('/log-in', { login: 'mira', password: GOOD, to });
      expect(headers.location, to).toBe('/');
    }
  });
});

describe('a one-time link', () => {
  test('is not used up by whoever looks at it, lets in once by its button, and is of any length that names have', async () => {
    const long = 'a'.repeat(32) as LineId;
    const porch = await openDoorLab('portal', undefined, [long]);
    const path = `/enter/${porch.doorkeeper.ownerToken(long)}`;
    for (const method of ['GET', 'HEAD', 'GET']) {
      const looked = await porch.ask(method, path);
      expect([looked.status, looked.headers['set-cookie']]).toEqual([200, undefined]);
    }
    const entered = await porch.post(path, {});
    expect(entered.status).toBe(303);
    expect((await porch.ask('GET', '/mine', { cookie: sentBack(entered.headers) })).status).toBe(200);
    const again = await porch.post(path, {});
    expect([again.status, again.headers['set-cookie']]).toEqual([410, undefined]);
  });

  test('of a line that was removed opens nothing', async () => {
    const porch = await openDoorLab('portal');
    const path = `/enter/${porch.doorkeeper.ownerToken(ALICE)}`;
    porch.lines.delete(ALICE);
    expect((await porch.post(path, {})).status).toBe(410);
  });

  test('cannot be pressed by another page', async () => {
    const porch = await openDoorLab('portal');
    const path = `/enter/${porch.doorkeeper.ownerToken(ALICE)}`;
    expect((await porch.post(path, {}, { origin: 'https://alice.street.test' })).status).toBe(403);
    expect((await porch.post(path, {})).status).toBe(303);
  });
});

describe('what is too much, or no request of a browser', () => {
  test('a form of more than a megabyte is not read', async () => {
    const porch = await openDoorLab('console');
    const { cookie, formToken } = await porch.enterAsOperator();
    const answer = await porch.post(
      '/change',
      { token: formToken, text: 'x'.repeat(1024 * 1024) },
      { cookie },
    );
    expect([answer.status, porch.changes]).toEqual([413, 0]);
  });

  test('neither is a form of another kind, nor one of pieces where none is awaited', async () => {
    const porch = await openDoorLab('console');
    const { cookie } = await porch.enterAsOperator();
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=b']) {
      const headers = { cookie, origin: porch.origin, 'content-type': type };
      expect((await porch.ask('POST', '/change', headers, '{"token":"x"}')).status, type).toBe(400);
    }
    expect(porch.changes).toBe(0);
  });

  test('headers beyond eight kilobytes end the request', async () => {
    const porch = await openDoorLab('console');
    expect((await porch.ask('GET', '/mine', { cookie: `a=${'x'.repeat(9_000)}` })).status).toBe(431);
  });

  test.each([
    ['another name', ['Host: alice.street.test']],
    ['no name', []],
    ['two names', ['Host: OURS', 'Host: alice.street.test']],
    ['a name that only a proxy could vouch for', ['Host: alice.street.test', 'X-Forwarded-Host: OURS']],
  ])('a request for %s gets no page', async (_what, fields) => {
    const porch = await openDoorLab('console');
    const host = new URL(porch.origin).host;
    const head = [
      'GET /log-in HTTP/1.1',
      ...fields.map((field) => field.replace('OURS', host)),
      'Connection: close',
    ];
    expect(await rawStatus(porch.port, `${head.join('\r\n')}\r\n\r\n`)).toMatch(/^(400|421)$/);
  });

  test.each([
    '/assets/../../../../etc/passwd',
    '/assets/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..%2f..%2fetc%2fpasswd',
    '/assets/app.css/..',
    '/assets/app.css%00',
    '/assets/',
    '//evil.example/assets/app.css',
    '/%zz',
    '/assets/%c0%ae%c0%ae/app.css',
  ])('%s leads to no file, and the answer tells nothing of the inside', async (path) => {
    const porch = await openDoorLab('console');
    const answer = await porch.ask('GET', path);
    expect([400, 404]).toContain(answer.status);
    expect(answer.body).not.toMatch(/root:|Error|FST_|node_modules|Route|\{"/);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  });
});

describe('every answer', () => {
  test.each([
    ['GET', '/log-in', 200],
    ['GET', '/mine', 303],
    ['GET', '/nowhere', 404],
    ['GET', '/broken', 500],
    ['POST', '/change', 403],
    ['GET', '/assets/app.css', 200],
  ])('to %s %s has the strict headers', async (method, path, status) => {
    const porch = await openDoorLab('console');
    const { headers, body, ...answer } = await porch.ask(method, path);
    expect(answer.status).toBe(status);
    expect(headers['content-security-policy']).toContain("script-src 'self'; style-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'same-origin',
    });
    if (path !== '/assets/app.css') expect(headers['cache-control']).toBe('no-store');
    expect(body).not.toContain('a secret of the inside');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('that failed is told to the log, not to the visitor', async () => {
    const porch = await openDoorLab('console');
    await porch.ask('GET', '/broken');
    expect(porch.log.events.join('\n')).toContain('a secret of the inside');
  });
});
