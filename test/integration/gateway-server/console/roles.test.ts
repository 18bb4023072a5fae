import { expect, test } from 'vitest';
import type { Role } from '../../../../gateway-server/web/account.ts';
import { enterBy, type Guest, openConsoleDoor } from '../../../support/console-door.ts';
import { ConsoleLab } from '../../../support/console-lab.ts';
import { ALICE } from '../../../support/stored-lines.ts';

/** Every route of the console, by the least role that may use it: written by hand, so that no route is opened unawares. */
const ROUTES: Readonly<Record<Role, readonly string[]>> = {
  viewer: [
    'GET /',
    'GET /announcements',
    'GET /audit',
    'GET /backups',
    'GET /lines',
    'GET /lines/:id',
    'GET /live/lines',
    'GET /live/lines/:id',
    'GET /live/overview',
  ],
  keeper: [
    'GET /add',
    'GET /import',
    'GET /lines.csv',
    'POST /add',
    'POST /announcements',
    'POST /brake/release',
    'POST /import',
    'POST /import/all',
    'POST /lines/:id/drill',
    'POST /lines/:id/portal-link',
    'POST /lines/:id/put-back',
    'POST /lines/:id/remove',
    'POST /lines/:id/resume',
    'POST /lines/:id/secret',
    'POST /lines/:id/suspend',
    'POST /lines/:id/take-down',
  ],
  admin: [
    'GET /accounts',
    'GET /keys',
    'POST /accounts',
    'POST /accounts/:id/link',
    'POST /accounts/:id/remove',
    'POST /accounts/:id/role',
    'POST /keys/tokens',
    'POST /keys/tokens/:id/revoke',
    'POST /keys/webhooks',
    'POST /keys/webhooks/:id/remove',
    'POST /keys/webhooks/:id/test',
  ],
};
const ALL = Object.values(ROUTES).flat();
const STRANGER: Guest = { cookie: null, formToken: '' };

test('the table of who may do what names every route of the console, and no other', async () => {
  const { routes } = await ConsoleLab.open();
  expect(routes.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(ALL.toSorted());
});

test.each([
  { role: 'viewer', may: ROUTES.viewer },
  { role: 'keeper', may: [...ROUTES.viewer, ...ROUTES.keeper] },
  { role: 'admin', may: ALL },
] as const)(
  'a $role gets behind the routes of that role, and gets 403 for all others',
  async ({ role, may }) => {
    const lab = await ConsoleLab.open();
    const { ask } = await openConsoleDoor(lab);
    const guest = await enterBy(lab, (await lab.session(role)).account);
    const opened = await openedBy(ask, guest);
    expect(opened.toSorted()).toEqual([...may].toSorted());
  },
);

test('every route is closed to whoever is not logged in, and to the owner of a line', async () => {
  const lab = await ConsoleLab.open();
  const { ask } = await openConsoleDoor(lab);
  const { doorkeeper } = lab.api;
  const owner = await doorkeeper.enter('portal', doorkeeper.ownerToken(ALICE), 'here');
  if (owner.kind !== 'in') throw new Error(owner.kind);
  for (const guest of [STRANGER, { cookie: owner.cookie, formToken: owner.session.formToken }]) {
    for (const route of ALL) {
      const { status, headers } = await asked(ask, route, guest);
      if (route.startsWith('POST')) expect([route, status]).toEqual([route, 401]);
      else expect([route, headers.get('location')?.split('?')[0]]).toEqual([route, '/log-in']);
    }
  }
});

test("no change is made with a form that does not carry the session's token", async () => {
  const lab = await ConsoleLab.open();
  const { ask } = await openConsoleDoor(lab);
  const { cookie } = await enterBy(lab, (await lab.session('admin')).account);
  for (const route of ALL.filter((one) => one.startsWith('POST')))
    expect([route, (await asked(ask, route, { cookie, formToken: 'guessed' })).status]).toEqual([route, 403]);
});

type Ask = Awaited<ReturnType<typeof openConsoleDoor>>['ask'];

/** The routes that answered otherwise than with a refusal. */
async function openedBy(ask: Ask, guest: Guest): Promise<string[]> {
  const opened: string[] = [];
  for (const route of ALL) {
    const { status, headers } = await asked(ask, route, guest);
    expect(status, route).toBeLessThan(500);
    if (status !== 401 && status !== 403 && headers.get('location')?.startsWith('/log-in') !== true)
      opened.push(route);
  }
  return opened;
}

function asked(ask: Ask, route: string, guest: Guest): Promise<Response> {
  const [method = '', path = ''] = route.split(' ');
  return ask(method, path.replace(':id', path.startsWith('/lines') ? 'alice' : 'nobody'), guest);
}
