import { html, type Markup } from '../answering/html.ts';
import type { Route, WebReply } from '../web/route.ts';
import type { ConsoleParts } from './console-parts.ts';
import { badNotice } from './notices.ts';
import {
  consolePage,
  operatorRoute,
  orRefused,
  secretBox,
  tokenField,
  type Visit,
} from './operator-route.ts';

/** Setting one line up. */
export function addRoutes(parts: ConsoleParts): readonly Route[] {
  return [
    operatorRoute({ method: 'GET', path: '/add', for: 'keeper' }, (visit) => form(parts, visit, null)),
    operatorRoute({ method: 'POST', path: '/add', for: 'keeper' }, (visit) =>
      orRefused(
        () => add(parts, visit),
        (sentence) => form(parts, visit, badNotice(sentence), 422),
      ),
    ),
  ];
}

function form({ desk, look }: ConsoleParts, visit: Visit, said: Markup | null, status = 200): WebReply {
  const { fields } = visit.request;
  const given = (name: string) => fields.get(name) ?? '';
  const content = html`<div class="narrow stack">${said}<div><p class="trail"><a href="/lines">Lines</a></p><h1>Add a line</h1></div>
<form class="card" method="post" action="/add">${tokenField(visit)}
<div class="field"><label for="id">Id</label><input id="id" name="id" value="${given('id')}" maxlength="32" pattern="[a-z0-9][a-z0-9\\-]*" autocapitalize="none" autocomplete="off" spellcheck="false" required autofocus><p class="hint">1 to 32 of a-z, 0-9 and “-”. The router logs in with it.</p></div>
<div class="field"><label for="domain">Domain</label><input id="domain" name="domain" value="${given('domain')}" autocapitalize="none" autocomplete="off" spellcheck="false"><p class="hint">Empty: the id below ${desk.zoneName}.</p></div>
<div class="field"><label for="names">Extra names</label><input id="names" name="names" value="${given('names')}" autocapitalize="none" autocomplete="off" spellcheck="false"><p class="hint">Below the domain, with spaces between: www ftp mail</p></div>
<label class="choice field"><input type="checkbox" name="no-domain" value="yes"${given('no-domain') === 'yes' && html` checked`}> Without a domain: its owner is only told that it is on-line</label>
<div class="actions"><button class="action" type="submit">Add line</button> <a class="quiet" href="/lines">Not now</a></div></form></div>`;
  return consolePage(look, visit, { title: 'Add a line', current: '/lines', content, status });
}

async function add({ commands, look }: ConsoleParts, visit: Visit): Promise<WebReply> {
  const { fields } = visit.request;
  const domain = fields.get('domain')?.trim() ?? '';
  const args = {
    id: fields.get('id')?.trim() ?? '',
    domain: domain === '' ? null : domain,
    hasDomain: fields.get('no-domain') !== 'yes',
    names: (fields.get('names') ?? '').split(/[\s,]+/).filter((name) => name !== ''),
  };
  const answer = await commands.carryOut(visit.actor, { command: 'line add', args });
  const { secret } = { ...(typeof answer === 'object' ? answer : {}) } as Readonly<Record<string, unknown>>;
  const content = html`<div class="narrow stack"><div><h1>${args.id} is set up</h1><p class="lead">Its name leads to the gateway with the next batch, and to the line once its router has logged on.</p></div>
<section class="card">${secretBox('The secret for the router. It is shown only this once.', String(secret))}
<div class="actions"><a class="action" href="/lines/${args.id}">To the line</a> <a class="quiet" href="/add">Add another</a></div></section></div>`;
  return consolePage(look, visit, { title: `${args.id} is set up`, current: '/lines', content });
}
