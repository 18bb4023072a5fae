import type { Markup } from '../answering/html.ts';
import { type Account, ROLES, type Role } from '../web/account.ts';
import { type Route, seeOther, type WebReply } from '../web/route.ts';
import type { ConsoleParts } from './console-parts.ts';
import { badNotice, notice, noticeOf } from './notices.ts';
import { consolePage, operatorRoute, secretBox, type Visit } from './operator-route.ts';
import { accountsPage } from './page/accounts-page.ts';

type Operator = Extract<Account, { readonly kind: 'operator' }>;

/** Who may log in here, and as what. */
export function accountsRoutes(parts: ConsoleParts): readonly Route[] {
  const change = (path: string, run: (visit: Visit, account: Operator) => Promise<WebReply>) =>
    operatorRoute({ method: 'POST', path: `/accounts/:id/${path}`, for: 'admin' }, (visit) => {
      const account = operatorsOf(parts).find(({ id }) => id === visit.request.params['id']);
      return account
        ? run(visit, account)
        : accounts(parts, visit, badNotice('there is no such account'), 404);
    });
  return [
    operatorRoute({ method: 'GET', path: '/accounts', for: 'admin' }, (visit) =>
      accounts(parts, visit, noticeOf(visit.request.query)),
    ),
    operatorRoute({ method: 'POST', path: '/accounts', for: 'admin' }, (visit) => add(parts, visit)),
    change('link', (visit, account) => link(parts, visit, account)),
    change('role', (visit, account) => changeRole(parts, visit, account)),
    change('remove', (visit, account) => remove(parts, visit, account)),
  ];
}

function accounts(parts: ConsoleParts, visit: Visit, said: Markup | null, status = 200): WebReply {
  const content = accountsPage(visit, { operators: operatorsOf(parts), said });
  return consolePage(parts.look, visit, { title: 'Accounts', current: '/accounts', content, status });
}

async function add(parts: ConsoleParts, visit: Visit): Promise<WebReply> {
  const login = visit.request.fields.get('login')?.trim() ?? '';
  const role = roleIn(visit);
  if (!role) return accounts(parts, visit, badNotice('nobody was added: choose a role'), 422);
  const account = await parts.desk.house.doorkeeper.addOperator(login, role);
  if ('problem' in account)
    return accounts(parts, visit, badNotice(`nobody was added: ${account.problem}`), 422);
  await noted(parts, visit, 'account add', account.login, role);
  return accounts(parts, visit, linkNotice(parts, account));
}

async function link(parts: ConsoleParts, visit: Visit, account: Operator): Promise<WebReply> {
  await noted(parts, visit, 'account link', account.login, '');
  return accounts(parts, visit, linkNotice(parts, account));
}

async function changeRole(parts: ConsoleParts, visit: Visit, account: Operator): Promise<WebReply> {
  const role = roleIn(visit);
  if (!role) return accounts(parts, visit, badNotice('nothing was changed: choose a role'), 422);
  if (role !== 'admin' && isLastAdmin(parts, account)) return lastAdmin(parts, visit);
  await parts.desk.house.doorkeeper.changeRole(account.id, role);
  await noted(parts, visit, 'account role', account.login, role);
  return seeOther('/accounts?done=role-changed');
}

async function remove(parts: ConsoleParts, visit: Visit, account: Operator): Promise<WebReply> {
  if (isLastAdmin(parts, account)) return lastAdmin(parts, visit);
  await parts.desk.house.doorkeeper.removeAccount(account.id);
  await noted(parts, visit, 'account remove', account.login, '');
  return seeOther('/accounts?done=account-removed');
}

/** Nobody could let anybody in any more. */
function isLastAdmin(parts: ConsoleParts, account: Operator): boolean {
  return operatorsOf(parts).every(({ id, role }) => id === account.id || role !== 'admin');
}

function lastAdmin(parts: ConsoleParts, visit: Visit): WebReply {
  const words = badNotice('nothing was changed: this is the last account that can add others');
  return accounts(parts, visit, words, 409);
}

function linkNotice({ desk: { house } }: ConsoleParts, account: Account): Markup {
  const url = `${house.consoleUrl ?? ''}/enter/${house.doorkeeper.operatorToken(account.id)}`;
  return notice(
    secretBox(`Lets ${account.login} in once, within a day. It is shown only this once.`, url),
    'good',
  );
}

function operatorsOf({ desk }: ConsoleParts): readonly Operator[] {
  return desk.house.doorkeeper.operators().filter((account) => account.kind === 'operator');
}

function roleIn({ request }: Visit): Role | undefined {
  return ROLES.find((role) => role === request.fields.get('role'));
}

async function noted(
  { desk }: ConsoleParts,
  { actor }: Visit,
  action: string,
  subject: string,
  detail: string,
): Promise<void> {
  await desk.house.audit.note({ actor, action, subject, detail });
}
