import { html, type Markup } from '../answering/html.ts';
import type { Door, Doorkeeper, LogIn, Session } from './doorkeeper.ts';
import { isToken } from './form-token.ts';
import { page, type Route, seeOther, type WebReply, type WebRequest } from './route.ts';

/** How a door's pages are framed: everything around the content. */
interface DoorFrame {
  /** A page before log-in, or one that only says something. */
  bare(title: string, content: Markup): string;
}

interface Parts {
  readonly door: Door;
  readonly doorkeeper: Doorkeeper;
  readonly frame: DoorFrame;
  /** Told of who came in or tried, for the audit log. */
  readonly noted: (event: 'log in' | 'log out' | 'password changed', login: string) => Promise<void>;
  readonly clockText: (ms: number) => string;
}

const NAMES: Readonly<
  Record<Door, { readonly login: string; readonly hint: string; readonly lead: string }>
> = {
  portal: {
    login: 'Your line',
    hint: 'Its short name or its domain.',
    lead: 'For the owners of lines. Your router shows a link that lets you in without a password.',
  },
  console: { login: 'Your name', hint: '', lead: "For the provider's own people." },
};

/** Log-in, one-time link, log-out and password: the same at both doors. */
export function doorRoutes(parts: Parts): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/log-in',
      for: 'anybody',
      run: ({ query }, session) =>
        session
          ? seeOther(placeIn(query.get('to')))
          : logInPage(parts, { to: query.get('to') ?? '', login: '' }, null),
    },
    {
      method: 'POST',
      path: '/log-in',
      for: 'anybody',
      run: (request, session) => logIn(parts, request, session),
    },
    {
      method: 'GET',
      path: '/enter/:token',
      for: 'anybody',
      run: ({ params }) => enterPage(parts, params['token']),
    },
    {
      method: 'POST',
      path: '/enter/:token',
      for: 'anybody',
      run: (request, session) => enter(parts, request, session),
    },
    {
      method: 'POST',
      path: '/log-out',
      for: 'anybody',
      run: (request, session) => logOut(parts, request, session),
    },
    ...passwordRoutes(parts),
  ];
}

function passwordRoutes(parts: Parts): readonly Route[] {
  const role = parts.door === 'portal' ? 'owner' : 'viewer';
  return [
    {
      method: 'GET',
      path: '/password',
      for: role,
      run: (_request, session) => passwordPage(parts, session, null),
    },
    {
      method: 'POST',
      path: '/password',
      for: role,
      run: (request, session) => choosePassword(parts, request, session),
    },
  ];
}

async function logIn(
  parts: Parts,
  { fields, neighbourhood, cookie }: WebRequest,
  before: Session | null,
): Promise<WebReply> {
  const [login, password, to] = ['login', 'password', 'to'].map((name) => fields.get(name) ?? '');
  const outcome = await parts.doorkeeper.logIn(parts.door, login ?? '', password ?? '', neighbourhood);
  if (outcome.kind !== 'in') return logInPage(parts, { to: to ?? '', login: login ?? '' }, outcome);
  await endBefore(parts, cookie, before);
  await parts.noted('log in', outcome.session.account.login);
  return seeOther(placeIn(to ?? null), outcome.cookie);
}

function logInPage(
  parts: Parts,
  { to, login }: { readonly to: string; readonly login: string },
  refused: Exclude<LogIn, { kind: 'in' }> | null,
): WebReply {
  const { lead, login: label, hint } = NAMES[parts.door];
  const content = html`<div class="narrow stack"><div><h1>Log in</h1><p class="lead">${lead}</p></div>
${refused && html`<p class="notice bad" role="alert">${wordsFor(parts, refused)}</p>`}
<form class="card" method="post" action="/log-in">
<input type="hidden" name="to" value="${to}">
<div class="field"><label for="login">${label}</label><input id="login" name="login" value="${login}" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>${hint !== '' && html`<p class="hint">${hint}</p>`}</div>
<div class="field"><label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required></div>
<div class="actions"><button class="action" type="submit">Log in</button></div>
</form></div>`;
  const status = refused === null ? 200 : refused.kind === 'wrong' ? 401 : 429;
  return page(parts.frame.bare('Log in', content), status);
}

function wordsFor({ clockText }: Parts, refused: Exclude<LogIn, { kind: 'in' }>): string {
  return refused.kind === 'wrong'
    ? 'Name and password do not fit together. Try again, or ask for a link.'
    : `That was too often. Try again in ${clockText(refused.waitMs)}.`;
}

/** Mail scanners and browsers that look ahead open links: only the button uses one up. */
function enterPage(parts: Parts, token: string | undefined): WebReply {
  const content = html`<div class="narrow stack"><div><h1>Come in</h1>
<p class="lead">This link lets you in once, without a password.</p></div>
<form class="card" method="post" action="/enter/${encodeURIComponent(token ?? '')}"><button class="action" type="submit" autofocus>Come in</button></form></div>`;
  return page(parts.frame.bare('Come in', content));
}

/** The browser's cookie is about to be replaced: what it opened ends with it. */
async function endBefore(
  { door, doorkeeper }: Parts,
  cookie: string | null,
  before: Session | null,
): Promise<void> {
  if (before && cookie !== null) await doorkeeper.logOut(door, cookie);
}

async function enter(
  parts: Parts,
  { params, neighbourhood, cookie }: WebRequest,
  before: Session | null,
): Promise<WebReply> {
  const outcome = await parts.doorkeeper.enter(parts.door, params['token'] ?? '', neighbourhood);
  if (outcome.kind === 'in') {
    await endBefore(parts, cookie, before);
    await parts.noted('log in', outcome.session.account.login);
    const isNew = outcome.session.account.passwordHash === null;
    return seeOther(isNew && parts.door === 'console' ? '/password' : '/', outcome.cookie);
  }
  const sentence =
    outcome.kind === 'too-many'
      ? wordsFor(parts, outcome)
      : 'It was used already, is too old, or is not one of ours. Log in with your password, or ask for a new one.';
  const content = html`<div class="narrow stack"><h1>This link does not open anything</h1><p>${sentence}</p>
<p><a class="action" href="/log-in">Log in</a></p></div>`;
  return page(
    parts.frame.bare('This link does not open anything', content),
    outcome.kind === 'wrong' ? 410 : 429,
  );
}

async function logOut(
  { door, doorkeeper, noted }: Parts,
  { cookie, fields }: WebRequest,
  session: Session | null,
): Promise<WebReply> {
  if (session && !isToken(fields.get('token'), session.formToken)) return seeOther('/');
  if (session && cookie !== null) {
    await doorkeeper.logOut(door, cookie);
    await noted('log out', session.account.login);
  }
  return seeOther('/log-in', null);
}

function passwordPage(parts: Parts, { account, formToken }: Session, mistake: string | null): WebReply {
  const isFirst = account.passwordHash === null;
  const title = isFirst ? 'Choose a password' : 'Change your password';
  const current = html`<div class="field"><label for="current">Your password now</label><input id="current" name="current" type="password" autocomplete="current-password"><p class="hint">Leave it empty when a link has let you in.</p></div>`;
  const content = html`<div class="narrow stack"><div><h1>${title}</h1><p class="lead">With it you log in as <strong>${account.login}</strong>. All other places where you are logged in are logged out.</p></div>
<form class="card" method="post" action="/password"><input type="hidden" name="token" value="${formToken}">
<input class="visually-hidden" type="text" name="login" value="${account.login}" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>
${!isFirst && current}
<div class="field"><label for="next">New password</label><input id="next" name="next" type="password" autocomplete="new-password" minlength="10" maxlength="200" required${mistake !== null && html` aria-invalid="true" aria-describedby="mistake"`}><p class="hint">At least 10 characters. A few words are good.</p>${mistake !== null && html`<p class="mistake" id="mistake" role="alert">${mistake}</p>`}</div>
<div class="actions"><button class="action" type="submit">Keep password</button> <a class="quiet" href="/">Not now</a></div>
</form></div>`;
  return page(parts.frame.bare(title, content), mistake === null ? 200 : 422);
}

async function choosePassword(
  parts: Parts,
  { fields, cookie }: WebRequest,
  session: Session,
): Promise<WebReply> {
  const current = fields.get('current') || null;
  const outcome = await parts.doorkeeper.changePassword(
    session,
    current,
    fields.get('next') ?? '',
    cookie ?? '',
  );
  switch (outcome.kind) {
    case 'changed':
      await parts.noted('password changed', session.account.login);
      return seeOther('/');
    case 'too-weak':
      return passwordPage(parts, session, `Not kept: ${outcome.why}.`);
    case 'wrong':
      return passwordPage(parts, session, 'Not kept: the password that you have now is another one.');
    case 'too-many':
      return passwordPage(
        parts,
        session,
        `Not kept: too many tries. Try again in ${parts.clockText(outcome.waitMs)}.`,
      );
  }
}

/** Never to another origin: "//host" and "/\host" are other hosts to a browser. */
function placeIn(to: string | null): string {
  return to !== null && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) && !to.includes('\\') ? to : '/';
}
