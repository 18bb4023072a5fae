import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Operation } from '../../../../gateway-server/api/operation.ts';
import {
  type Door,
  OPERATOR_SCOPES,
  OWNER_SCOPES,
  type Scope,
} from '../../../../gateway-server/web/doorkeeper.ts';
import { ApiClient } from '../../../support/api-client.ts';
import { ApiLab } from '../../../support/api-lab.ts';
import { ALICE } from '../../../support/stored-lines.ts';

const UNHURRIED = {
  neighbourhood: { perSecond: 1e6, burst: 1e6 },
  token: { perSecond: 1e6, burst: 1e6 },
};
const DOORS: readonly { readonly door: Door; readonly scopes: readonly Scope[] }[] = [
  { door: 'portal', scopes: OWNER_SCOPES },
  { door: 'console', scopes: OPERATOR_SCOPES },
];

test.each(DOORS)('without each of its scopes no operation of the $door runs', async ({ door, scopes }) => {
  const lab = await ApiLab.open({ paces: UNHURRIED });
  for (const left of scopes) {
    const client = await clientWith(
      lab,
      door,
      scopes.filter((scope) => scope !== left),
    );
    for (const operation of operationsOf(lab, door).filter((one) => one.scopes.includes(left))) {
      const { status, json } = await client.ask(pathOf(operation), { method: operation.method });
      expect([operation.id, status]).toEqual([operation.id, 403]);
      expect(json.detail).toContain(`"${left}"`);
    }
  }
});

test.each(DOORS)('each operation of the $door is let in with exactly its scopes', async ({ door }) => {
  const lab = await ApiLab.open({ paces: UNHURRIED });
  for (const operation of operationsOf(lab, door).filter(({ id }) => id !== 'followEvents')) {
    const { secret, id, account } = await tokenWith(lab, door, operation.scopes);
    const client = new ApiClient(lab, door, secret);
    const { status } = await client.ask(pathOf(operation), { method: operation.method });
    await lab.doorkeeper.revokeToken(account.id, id);
    expect([operation.id, status]).not.toEqual([operation.id, expect.toBeOneOf([401, 403, 429, 500])]);
  }
});

test.each(DOORS)(
  'no operation of the $door runs without a token, by whatever else is sent',
  async ({ door }) => {
    const lab = await ApiLab.open({ paces: UNHURRIED });
    const stranger = new ApiClient(lab, door, null);
    const attempts = [
      {},
      { cookie: '__Host-porchlight-portal=x; porchlight-portal=x' },
      { authorization: 'Basic YWxpY2U6c2VjcmV0' },
      { authorization: `Bearer pl_${'A'.repeat(43)}` },
      { authorization: 'Bearer ' },
    ];
    for (const operation of operationsOf(lab, door)) {
      for (const headers of attempts) {
        const heard = await stranger.ask(pathOf(operation), { method: operation.method, headers });
        expect([operation.id, heard.status]).toEqual([operation.id, 401]);
        expect(heard.headers.get('www-authenticate')).toContain('Bearer');
      }
    }
  },
);

test('a session of the portal does not open the API', async () => {
  const lab = await ApiLab.open();
  const entered = await lab.doorkeeper.enter('portal', lab.doorkeeper.ownerToken(ALICE), 'here');
  if (entered.kind !== 'in') throw new Error(entered.kind);
  const { cookie } = entered;
  const stranger = new ApiClient(lab, 'portal', null);
  expect((await stranger.get('/line', { cookie: `porchlight-portal=${cookie}` })).status).toBe(401);
  expect((await stranger.get('/line', { authorization: `Bearer ${cookie}` })).status).toBe(401);
});

test("an owner's token opens nothing at the operator's door, nor the other way round", async () => {
  const lab = await ApiLab.open();
  const owner = await lab.ownerToken(ALICE);
  const operator = await lab.operatorToken();
  expect((await new ApiClient(lab, 'console', owner.secret).get('/lines')).status).toBe(401);
  expect((await new ApiClient(lab, 'portal', operator.secret).get('/line')).status).toBe(401);
});

test('a revoked token and one that is over are not known any more', async () => {
  const lab = await ApiLab.open();
  const revoked = await lab.ownerToken(ALICE);
  const short = await lab.ownerToken(ALICE, OWNER_SCOPES, 60_000);
  const [first, second] = [revoked, short].map(({ secret }) => new ApiClient(lab, 'portal', secret));
  expect((await first?.get('/line'))?.status).toBe(200);
  expect((await second?.get('/line'))?.status).toBe(200);
  await lab.doorkeeper.revokeToken(revoked.account.id, revoked.id);
  await lab.clock.advance(60_001);
  expect((await first?.get('/line'))?.status).toBe(401);
  expect((await second?.get('/line'))?.status).toBe(401);
});

test('who has lost a role has lost it for the tokens too', async () => {
  const lab = await ApiLab.open();
  const { secret, account } = await lab.operatorToken();
  const client = new ApiClient(lab, 'console', secret);
  await lab.doorkeeper.changeRole(account.id, 'viewer');
  expect((await client.post('/announcements', { text: 'Hello' })).status).toBe(403);
  expect((await client.get('/lines')).status).toBe(200);
});

test('a token is slowed down on its own, and a neighbourhood before any token is looked at', async () => {
  const lab = await ApiLab.open({
    paces: { neighbourhood: { perSecond: 1, burst: 6 }, token: { perSecond: 1, burst: 2 } },
  });
  const client = new ApiClient(lab, 'portal', (await lab.ownerToken(ALICE)).secret);
  const other = new ApiClient(lab, 'portal', (await lab.ownerToken(ALICE)).secret);
  const stranger = new ApiClient(lab, 'portal', null);
  const [, , third] = [await client.get('/line'), await client.get('/line'), await client.get('/line')];
  expect([third?.status, third?.headers.get('retry-after')]).toEqual([429, '1']);
  expect((await other.get('/line')).status).toBe(200);
  expect((await stranger.get('/line')).status).toBe(401);
  expect((await stranger.get('/line')).status).toBe(401);
  expect((await stranger.get('/line')).status).toBe(429);
  await lab.clock.advance(1_000);
  expect((await client.get('/line')).status).toBe(200);
});

test('what is not as the schema says is refused with the place of each mistake', async () => {
  const lab = await ApiLab.open();
  const op = new ApiClient(lab, 'console', (await lab.operatorToken()).secret);
  const unknown = await op.post('/lines', { id: 'carol', colour: 'red' });
  expect(unknown.status).toBe(400);
  expect(unknown.json.mistakes).toEqual([{ at: 'body', problem: expect.stringContaining('colour') }]);
  expect((await op.post('/lines', { id: 7 })).json.mistakes[0].at).toBe('body/id');
  expect((await op.get('/lines?limit=0')).json.mistakes[0].at).toBe('query/limit');
  expect((await op.get('/lines?colour=red')).status).toBe(400);
  expect((await op.get('/lines?cursor=!!')).status).toBe(400);
  expect((await op.post('/lines', '{"id": ')).status).toBe(400);
  expect((await op.post('/lines', '{"__proto__": {}, "id": "carol"}')).status).toBe(400);
  expect((await op.post('/lines/alice/suspend', { now: true })).status).toBe(400);
  const form = {
    method: 'POST',
    body: 'id=carol',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  };
  expect((await op.ask('/lines', form)).status).toBe(415);
  expect((await op.get('/nothing')).status).toBe(404);
});

test('a body that is too long is refused before it is read, but for an import', async () => {
  const lab = await ApiLab.open();
  const op = new ApiClient(lab, 'console', (await lab.operatorToken()).secret);
  const words = 'x'.repeat(1_100_000);
  expect((await op.post('/lines', { id: 'carol', words })).status).toBe(413);
  const padded = `{"lines":[{"id":"carol"}]${' '.repeat(1_100_000)}}`;
  expect((await op.post('/lines/import', padded)).status).toBe(201);
});

test.each([
  { who: 'a stranger', isKnown: false, status: 401 },
  { who: 'an owner', isKnown: true, status: 413 },
])('two gigabytes from $who end early, with an answer', async ({ isKnown, status }) => {
  const lab = await ApiLab.open();
  const secret = isKnown ? (await lab.ownerToken(ALICE)).secret : 'pl_unknown';
  const { host, port, hostname } = new URL(lab.originOf('portal'));
  const socket = connect(Number(port), hostname);
  let heard = '';
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.on('data', (chunk) => {
    heard += chunk.toString();
  });
  socket.on('error', () => undefined);
  const head = ['POST /api/v1/offers?name=x HTTP/1.1', `Host: ${host}`, `Authorization: Bearer ${secret}`];
  socket.write([...head, 'Content-Type: video/mp4', 'Content-Length: 2000000000', '', ''].join('\r\n'));
  const piece = Buffer.alloc(64 * 1024);
  let sent = 0;
  const more = () => {
    while (!socket.destroyed && sent < 64 * 1024 * 1024 && socket.write(piece)) sent += piece.length;
  };
  socket.on('drain', more);
  more();
  await ended;
  expect(heard).toContain(`HTTP/1.1 ${status}`);
  expect(sent).toBeLessThan(32 * 1024 * 1024);
  expect((await lab.house.shelf.usage(ALICE)).offered).toBe(0);
});

test.each([
  { who: 'a stranger', isKnown: false, status: 401 },
  { who: 'an owner whose file does not fit', isKnown: true, status: 413 },
])(
  '$who hears the answer, also when listening only after the last byte is sent',
  async ({ isKnown, status }) => {
    const lab = await ApiLab.open();
    const secret = isKnown ? (await lab.ownerToken(ALICE)).secret : 'pl_unknown';
    const { host, port, hostname } = new URL(lab.originOf('portal'));
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    socket.pause().on('error', () => undefined);
    const body = Buffer.alloc(900_000);
    const head = ['POST /api/v1/offers?name=x HTTP/1.1', `Host: ${host}`, `Authorization: Bearer ${secret}`];
    const sent = (bytes: Uint8Array | string) => new Promise((resolve) => socket.write(bytes, resolve));
    await sent([...head, 'Content-Type: video/mp4', `Content-Length: ${body.length}`, '', ''].join('\r\n'));
    for (let at = 0; at < body.length; at += 100_000) {
      // time for an answer, and for a connection that is cut behind it, to arrive
      await setTimeout(20);
      await sent(body.subarray(at, at + 100_000));
    }
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString();
    });
    if (!socket.destroyed) await once(socket.resume(), 'close');
    expect(heard).toContain(`HTTP/1.1 ${status}`);
  },
);

test.each(DOORS)('no body whatever makes the $door fail', async ({ door, scopes }) => {
  const lab = await ApiLab.open({ paces: UNHURRIED });
  const client = await clientWith(lab, door, scopes);
  const operations = operationsOf(lab, door).filter(
    ({ method, id }) => method !== 'GET' && id !== 'testWebhook',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...operations),
      fc.oneof(fc.json(), fc.string(), likely()),
      fc.constantFrom('alice', 'zed', '1', '%00', '..%2f'),
      async (operation, body, part) => {
        const path = operation.path.replaceAll(/\{\w+\}/g, part);
        const { status } = await client.ask(path, {
          method: operation.method,
          body,
          headers: { 'if-match': '*' },
        });
        expect(status).toBeLessThan(500);
      },
    ),
    { numRuns: 150 },
  );
  expect(lab.log.events.filter((event) => event.includes('failed'))).toEqual([]);
});

/** Bodies that come near to what is asked for. */
function likely(): fc.Arbitrary<object> {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('carol', 'alice', 'words', 'https://hooks.example.org/'),
  );
  const any = fc.oneof(text, fc.integer(), fc.constant(null), fc.boolean(), fc.array(text));
  const names = [
    'id',
    'domain',
    'names',
    'words',
    'secret',
    'text',
    'why',
    'url',
    'events',
    'kind',
    'html',
    'lines',
  ];
  return fc.dictionary(fc.constantFrom(...names), any);
}

async function clientWith(lab: ApiLab, door: Door, scopes: readonly Scope[]): Promise<ApiClient> {
  return new ApiClient(lab, door, (await tokenWith(lab, door, scopes)).secret);
}

function tokenWith(lab: ApiLab, door: Door, scopes: readonly Scope[]) {
  return door === 'portal' ? lab.ownerToken(ALICE, scopes) : lab.operatorToken(scopes);
}

function operationsOf(
  lab: ApiLab,
  door: Door,
): readonly Pick<Operation<unknown>, 'id' | 'method' | 'path' | 'scopes'>[] {
  return lab.apis.get(door)?.operations ?? [];
}

function pathOf({ path }: Pick<Operation<unknown>, 'path'>): string {
  return path.replace('{number}', '1').replace('{id}', 'zed');
}
