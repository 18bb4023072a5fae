import { html } from '../answering/html.ts';
import { type Route, page as reply, seeOther, type WebReply } from '../web/route.ts';
import { Drafts } from './drafts.ts';
import { noticeOf } from './notices.ts';
import { noted, type OwnerVisit, ownerRoute } from './owner-route.ts';
import { type EditorView, editorPage, PREVIEW_PLACE, removedList } from './page/editor-page.ts';
import { draftIn, problemOf } from './page-draft.ts';
import { portalPage, tokenField } from './portal-frame.ts';
import { isNamed, type NamedLine } from './portal-lines.ts';
import type { Draft, PortalParts, Preview } from './portal-parts.ts';
import type { PreviewedFiles } from './previewed-files.ts';
import { rehearsalNotice } from './rehearsal-notice.ts';
import { texts } from './texts.ts';

/** Of a line that has a page. */
type PageVisit = OwnerVisit & { readonly line: NamedLine };

interface Parts extends PortalParts {
  readonly drafts: Drafts;
  readonly previewed: PreviewedFiles;
}

const PLACES = {
  page: `${PREVIEW_PLACE}/inner`,
  copy: `${PREVIEW_PLACE}/copy`,
  file: '/.porchlight/file',
} as const;

/** The page's editor with its preview, and the rehearsal. */
export function pageRoutes(portal: PortalParts, previewed: PreviewedFiles): readonly Route[] {
  const parts = { ...portal, drafts: new Drafts(), previewed };
  return [
    pageRoute(parts, { method: 'GET', path: '/page' }, (visit) => edit(parts, visit)),
    pageRoute(parts, { method: 'POST', path: '/page' }, (visit) => keep(parts, visit)),
    ...previewRoutes(parts),
    pageRoute(parts, { method: 'POST', path: '/page/rehearsal' }, (visit) => begin(parts, visit)),
    pageRoute(parts, { method: 'POST', path: '/page/rehearsal/end' }, async (visit) => {
      await parts.house.stage.end(visit.line.id);
      await noted(parts.house.audit, visit, 'rehearsal end');
      return seeOther('/page?done=rehearsal-ended');
    }),
  ];
}

function pageRoute(
  parts: Parts,
  shape: Pick<Route, 'method' | 'path'>,
  run: (visit: PageVisit) => WebReply | Promise<WebReply>,
): Route {
  return ownerRoute(parts.lines, shape, (visit) => {
    const { line } = visit;
    return isNamed(line) ? run({ ...visit, line }) : noName(parts, visit);
  });
}

function noName(parts: Parts, visit: OwnerVisit): Promise<WebReply> {
  const content = html`<div class="card empty"><h1>No page without a name</h1><p>Your line has no name on the Internet, so nobody can call it. Your provider can give it one.</p></div>`;
  return portalPage(parts, visit, { title: 'Page', current: '/page', content });
}

function previewRoutes(parts: Parts): readonly Route[] {
  const { drafts } = parts;
  const shown = (path: string, choose: (preview: Preview) => WebReply | null | Promise<WebReply | null>) =>
    pageRoute(parts, { method: 'GET', path }, async (visit) => {
      parts.previewed.show(visit.line.id);
      return (await choose(previewOf(parts, visit))) ?? reply('', 404);
    });
  return [
    pageRoute(parts, { method: 'POST', path: PREVIEW_PLACE }, (visit) => {
      const draft = draftIn(visit.request.fields, keptDraft(parts, visit));
      const problem = problemOf(draft);
      if (problem !== null)
        return framable(reply(html`<!doctype html><title>Preview</title><p>${problem}</p>`.text, 422));
      drafts.keep(visit.session, draft);
      return seeOther(PREVIEW_PLACE);
    }),
    shown(PREVIEW_PLACE, ({ outer }) => framable(outer)),
    shown(PLACES.page, ({ inner }) => inner),
    shown(PLACES.copy, ({ copy }) => copy()),
    shown('/page/removed', ({ removed }) => reply(removedList(removed).text)),
  ];
}

/** Exactly what a visitor gets, but that the portal's own page may frame it. */
function framable({ status, headers, body }: WebReply): WebReply {
  const policy = headers['content-security-policy'] ?? "default-src 'none'; frame-ancestors 'none'";
  return {
    status,
    body,
    headers: {
      ...headers,
      'content-security-policy': policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    },
  };
}

function previewOf(parts: Parts, visit: PageVisit): Preview {
  const draft = parts.drafts.of(visit.session) ?? keptDraft(parts, visit);
  return parts.previews.of(visit.line, draft, PLACES);
}

function keptDraft({ house }: PortalParts, { line }: OwnerVisit): Draft {
  return { page: house.shelf.page(line.id), words: line.words, tellsSince: line.tellsSince };
}

function edit(parts: Parts, visit: PageVisit): Promise<WebReply> {
  const kept = keptDraft(parts, visit);
  const wish = visit.request.query.get('tab');
  const tab = wish === 'html' || wish === 'words' ? wish : kept.page.kind;
  const draft = { ...kept, page: { ...kept.page, kind: tab } };
  parts.drafts.keep(visit.session, draft);
  return editor(parts, visit, { tab, draft, mistake: null });
}

function editor(
  parts: Parts,
  visit: PageVisit,
  { tab, draft, mistake }: Pick<EditorView, 'tab' | 'draft' | 'mistake'>,
): Promise<WebReply> {
  const { stage, shelf, copies } = parts.house;
  const content = editorPage({
    tab,
    draft,
    mistake,
    shown: shelf.page(visit.line.id).kind,
    removed: previewOf(parts, visit).removed,
    notices: html`${noticeOf(visit.request.query)}${rehearsalNotice(stage, visit, parts.clock.now())}`,
    copy: copies.stateOf(visit.line.id),
    isRehearsing: stage.until(visit.line.id) !== null,
    token: tokenField(visit),
  });
  const status = mistake === null ? 200 : 422;
  return portalPage(parts, visit, {
    title: 'Page',
    current: '/page',
    content,
    status,
    hasEditor: tab === 'html',
  });
}

/** Nothing is lost by a refusal: the form comes back with everything that was typed. */
async function keep(parts: Parts, visit: PageVisit): Promise<WebReply> {
  const { house, lines, drafts } = parts;
  const { line, session } = visit;
  const draft = draftIn(visit.request.fields, keptDraft(parts, visit));
  const tab = draft.page.kind;
  const problem = problemOf(draft);
  if (problem !== null) return editor(parts, visit, { tab, draft, mistake: problem });
  drafts.keep(session, draft);
  const { kind, html: text, status, showsCopy } = draft.page;
  const outcome = await house.shelf.keepPage(line.id, { kind, html: text, status, showsCopy });
  if (outcome !== 'kept') {
    const mistake = outcome === 'too-large' ? texts.page.tooLarge : texts.page.unavailable;
    return editor(parts, visit, { tab, draft, mistake });
  }
  if (draft.words !== line.words) await lines.setWords(line.id, draft.words);
  if (draft.tellsSince !== line.tellsSince) await lines.setTellsSince(line.id, draft.tellsSince);
  await noted(house.audit, visit, 'page keep', kind);
  return seeOther(`/page?tab=${tab}&done=page-kept`);
}

async function begin(parts: Parts, visit: PageVisit): Promise<WebReply> {
  const { house } = parts;
  const rehearsing = await house.stage.begin(visit.line.id);
  if (rehearsing.kind === 'not-live') return seeOther('/page?done=not-live');
  await noted(house.audit, visit, 'rehearsal');
  return seeOther('/page');
}
