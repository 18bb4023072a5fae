import { createHash } from 'node:crypto';
import type { LineId } from '../../../protocol/line-id.ts';
import type { Sanitiser } from '../../answering/sanitiser.ts';
import type { LineBook } from '../../line/line-book.ts';
import { MOST_HTML_BYTES, type Shelf } from '../../subscriber/shelf.ts';
import type { SiteCopies } from '../../subscriber/site-copy.ts';
import { forbidden } from '../gate.ts';
import type { OneAtATime } from '../one-at-a-time.ts';
import { problem, type Reply, value } from '../operation.ts';
import { Cleaned, Copy, Draft, Manner, NewPage, type NewPageValue, Page } from '../schema/page.ts';
import { timeOf } from '../schema/scalars.ts';
import { type Note, type OwnerOperation, ownerOperation } from './owner-caller.ts';

type MannerValue = Required<Pick<NewPageValue, 'status' | 'tellsSince'>>;

const TOPIC = { topic: 'page' } as const;
const TOO_LONG = `The HTML is too long: ${MOST_HTML_BYTES} bytes are the most. Nothing was changed.`;

export interface PageParts {
  readonly book: Pick<LineBook, 'get'>;
  readonly shelf: Pick<Shelf, 'page' | 'keepPage'>;
  readonly copies: Pick<SiteCopies, 'stateOf'>;
  readonly words: PageWords;
  readonly sanitiser: Sanitiser;
  readonly turns: OneAtATime;
  readonly note: Note;
}

/** What of the page lies with the line itself. */
interface PageWords {
  setWords(line: LineId, words: string): Promise<void>;
  setTellsSince(line: LineId, tellsSince: boolean): Promise<void>;
}

/** The page that visitors see while the line is off. */
export function pageOperations(parts: PageParts): readonly OwnerOperation[] {
  return [showing(parts), keeping(parts), choosingManner(parts), previewing(parts), showingCopy(parts)];
}

function showing(parts: PageParts) {
  return ownerOperation({
    ...TOPIC,
    id: 'showPage',
    method: 'GET',
    path: '/page',
    summary: 'The page as it is kept; the ETag is what a change has to name',
    scopes: ['page:read'],
    answers: { 200: Page },
    run: ({ caller: { line } }) => shown(parts, line),
  });
}

function keeping(parts: PageParts) {
  return ownerOperation({
    ...TOPIC,
    id: 'keepPage',
    method: 'PUT',
    path: '/page',
    summary: 'Keeps a new page in place of the one that If-Match names',
    scopes: ['page:write'],
    body: NewPage,
    answers: { 200: Page },
    run: ({ caller, body, ifMatch }) => {
      const { line } = caller;
      return parts.turns.run(line, async () => {
        const before = pageValue(parts, line);
        if (!before) return gone();
        const page = { ...body, ...mannerOf({ ...before, ...body }) };
        const refusal =
          refusalOf(ifMatch, etagOf(before)) ??
          (isOtherManner(before, page) && !caller.scopes.includes('line:write')
            ? forbidden('line:write')
            : await keep(parts, line, page));
        if (refusal) return refusal;
        await parts.note(caller, 'page keep', body.kind);
        return shown(parts, line);
      });
    },
  });
}

function choosingManner(parts: PageParts) {
  return ownerOperation({
    id: 'chooseManner',
    method: 'PUT',
    path: '/line/manner',
    topic: 'line',
    summary: 'What the page answers with, and whether it tells since when the line is off',
    scopes: ['line:write'],
    body: Manner,
    answers: { 200: Manner },
    run: ({ caller, body }) =>
      parts.turns.run(caller.line, async () => {
        const before = pageValue(parts, caller.line);
        if (!before) return gone();
        const refusal = await keep(parts, caller.line, { ...before, ...body });
        if (refusal) return refusal;
        await parts.note(caller, 'line manner', `${body.status}${body.tellsSince ? ', tells since' : ''}`);
        return value(mannerOf(body));
      }),
  });
}

function mannerOf({ status, tellsSince }: MannerValue): MannerValue {
  return { status, tellsSince };
}

function isOtherManner(before: MannerValue, { status, tellsSince }: MannerValue): boolean {
  return status !== before.status || tellsSince !== before.tellsSince;
}

function previewing({ sanitiser }: PageParts) {
  return ownerOperation({
    ...TOPIC,
    id: 'previewPage',
    method: 'POST',
    path: '/page/preview',
    summary: 'What visitors would get of some HTML, and what is taken away; nothing is kept',
    scopes: ['page:read'],
    body: Draft,
    answers: { 200: Cleaned },
    run: ({ body }) => {
      if (isTooLong(body.html)) return problem(413, TOO_LONG);
      const { html, removed } = sanitiser.clean(body.html);
      return value({ html, removed });
    },
  });
}

function showingCopy({ copies }: PageParts) {
  return ownerOperation({
    ...TOPIC,
    id: 'showCopy',
    method: 'GET',
    path: '/page/copy',
    summary: "When the line's own web page was copied, and why it was not",
    scopes: ['page:read'],
    answers: { 200: Copy },
    run: ({ caller: { line } }) => {
      const { copiedAt, trouble } = copies.stateOf(line);
      return value({ copiedAt: copiedAt === null ? null : timeOf(copiedAt), trouble });
    },
  });
}

async function keep(
  { shelf, words: line }: PageParts,
  id: LineId,
  { kind, words, html, status, showsCopy, tellsSince }: Required<NewPageValue>,
): Promise<Reply | undefined> {
  if (isTooLong(html)) return problem(413, TOO_LONG);
  const keeping = await shelf.keepPage(id, { kind, html, status, showsCopy });
  if (keeping === 'too-large') return problem(413, 'There is no room for the page. Nothing was changed.');
  if (keeping === 'unavailable')
    return problem(507, 'The gateway cannot keep the page now. Nothing was changed: try again later.');
  await line.setWords(id, words);
  await line.setTellsSince(id, tellsSince);
  return undefined;
}

/** Two programs that change one page must not undo each other's change without knowing. */
function refusalOf(ifMatch: string | null, etag: string): Reply | undefined {
  if (ifMatch === null) {
    return problem(
      428,
      'Say which page you change: send its ETag as If-Match, or "If-Match: *" for whatever is there.',
    );
  }
  const named = ifMatch.split(',').map((tag) => tag.trim());
  if (named.includes('*') || named.includes(etag)) return undefined;
  return problem(412, 'The page was changed meanwhile: read it again. Nothing was changed.', { etag });
}

function shown(parts: PageParts, line: LineId): Reply {
  const page = pageValue(parts, line);
  return page ? value(page, 200, { etag: etagOf(page) }) : gone();
}

function gone(): Reply {
  return problem(404, 'The line is not there any more.');
}

/** The whole page, or undefined when its line was removed. */
export function pageValue({ book, shelf }: Pick<PageParts, 'book' | 'shelf'>, id: LineId) {
  const line = book.get(id)?.line;
  if (!line) return undefined;
  const { kind, html, status, showsCopy, takenDown, changedAt } = shelf.page(id);
  return {
    kind,
    words: line.words,
    html,
    status,
    showsCopy,
    tellsSince: line.tellsSince,
    takenDown,
    changedAt: changedAt === 0 ? null : timeOf(changedAt),
  };
}

function etagOf(page: object): string {
  return `"${createHash('sha256').update(JSON.stringify(page)).digest('base64url').slice(0, 22)}"`;
}

function isTooLong(html: string): boolean {
  return Buffer.byteLength(html) > MOST_HTML_BYTES;
}
