import { html, type Markup } from '../answering/html.ts';
import { mayDo } from '../web/account.ts';
import { type Route, seeOther, type WebReply } from '../web/route.ts';
import type { ConsoleParts } from './console-parts.ts';
import { badNotice, noticeOf } from './notices.ts';
import { consolePage, operatorRoute, orRefused, tokenField, type Visit } from './operator-route.ts';
import { moment } from './page/moment.ts';

/** What the provider tells all subscribers. */
export function announcementRoutes(parts: ConsoleParts): readonly Route[] {
  const { commands } = parts;
  return [
    operatorRoute({ method: 'GET', path: '/announcements', for: 'viewer' }, (visit) =>
      announcements(parts, visit, noticeOf(visit.request.query)),
    ),
    operatorRoute({ method: 'POST', path: '/announcements', for: 'keeper' }, (visit) =>
      orRefused(
        async () => {
          const text = visit.request.fields.get('text') ?? '';
          if (visit.request.fields.get('step') === 'preview') return announcements(parts, visit, null);
          await commands.carryOut(visit.actor, { command: 'announce', args: { text } });
          return seeOther('/announcements?done=announced');
        },
        (sentence) => announcements(parts, visit, badNotice(sentence), 422),
      ),
    ),
  ];
}

function announcements(
  { desk, look }: ConsoleParts,
  visit: Visit,
  said: Markup | null,
  status = 200,
): WebReply {
  const current = desk.announcements.current.toReversed();
  const item = ({ at, text }: (typeof current)[number]) =>
    html`<li>${moment(at)}<p class="letter">${text}</p></li>\n`;
  const list =
    current.length === 0
      ? html`<div class="empty"><p>Nothing is announced. What you announce stands here, on the routers' status pages and in the portal.</p></div>`
      : html`<ol class="timeline">${current.map(item)}</ol>`;
  const content = html`${said}<div class="top"><h1>Announcements</h1></div><div class="grid two">
${mayDo(visit.role, 'keeper') && composer(visit)}<section class="card"><h2>Announced now</h2>${list}</section></div>`;
  return consolePage(look, visit, { title: 'Announcements', current: '/announcements', content, status });
}

function composer(visit: Visit): Markup {
  const text = visit.request.fields.get('text') ?? '';
  const shown = html`<section class="previewed" aria-live="polite"><h3>As subscribers read it</h3><p class="letter">${text}</p></section>`;
  return html`<section class="card"><h2>Announce something</h2><form method="post" action="/announcements">${tokenField(visit)}
<div class="field"><label for="text">To all subscribers</label><textarea id="text" name="text" maxlength="600" required>${text}</textarea><p class="hint">At most 600 bytes. The newest five stay.</p></div>
${text.trim() !== '' && shown}
<div class="actions"><button class="action" type="submit">Announce</button><button class="quiet" type="submit" name="step" value="preview">Show me first</button></div></form></section>`;
}
