import { html, type Markup } from '../../answering/html.ts';
import { type Account, ROLES, type Role } from '../../web/account.ts';
import { buttonForm, tokenField, type Visit } from '../operator-route.ts';
import { texts } from '../texts.ts';
import { moment } from './moment.ts';

type Operator = Extract<Account, { readonly kind: 'operator' }>;

interface View {
  readonly operators: readonly Operator[];
  readonly said: Markup | null;
}

/** The provider's people, and a form for the next one. */
export function accountsPage(visit: Visit, { operators, said }: View): Markup {
  return html`${said}<div class="top"><h1>Accounts</h1></div>
<div class="card table-card"><div class="scroll" tabindex="0"><table class="dense deeds"><thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Password</th><th scope="col">Since</th><th scope="col"><span class="visually-hidden">What can be done</span></th></tr></thead><tbody>
${operators.map((account) => row(visit, account))}</tbody></table></div></div>
<section class="card"><h2>Add somebody</h2><form method="post" action="/accounts">${tokenField(visit)}
<div class="field"><label for="login">Log-in name</label><input id="login" name="login" maxlength="32" autocapitalize="none" autocomplete="off" spellcheck="false" required></div>
<fieldset class="field"><legend>Role</legend>${ROLES.map((role) => html`<label class="choice"><input type="radio" name="role" value="${role}"${role === 'viewer' && html` checked`}> <span>${role}: ${texts.roles[role]}</span></label>`)}</fieldset>
<div class="actions"><button class="action" type="submit">Add account</button></div></form></section>`;
}

function row(visit: Visit, { id, login, role, passwordHash, createdAt }: Operator): Markup {
  const path = (deed: string) => `/accounts/${encodeURIComponent(id)}/${deed}`;
  const isSelf = id === visit.session.account.id;
  return html`<tr><th scope="row">${login}${isSelf && html` <span class="tag">you</span>`}</th><td>${roleForm(visit, { path: path('role'), login, role })}</td><td>${passwordHash === null ? 'not chosen yet' : 'chosen'}</td><td>${moment(createdAt)}</td><td><div class="row">${buttonForm(visit, path('link'), 'One-time link')}${!isSelf && buttonForm(visit, path('remove'), 'Remove', 'danger')}</div></td></tr>
`;
}

interface RoleWish {
  readonly path: string;
  readonly login: string;
  readonly role: Role;
}

function roleForm(visit: Visit, { path, login, role }: RoleWish): Markup {
  const option = (one: Role) =>
    html`<option value="${one}"${one === role && html` selected`}>${one}</option>`;
  return html`<form class="beside" method="post" action="${path}">${tokenField(visit)}<select name="role" aria-label="Role of ${login}">${ROLES.map(option)}</select><button class="quiet" type="submit">Change</button></form>`;
}
