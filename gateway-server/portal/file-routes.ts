import { assetAt } from '../answering/assets.ts';
import { html } from '../answering/html.ts';
import { assetReply } from '../answering/reply.ts';
import { listedMediaType } from '../subscriber/media-types.ts';
import type { Offer, Offering } from '../subscriber/shelf.ts';
import { page, type Route, seeOther, type Upload, type WebReply, type WebRequest } from '../web/route.ts';
import { notice, noticeOf } from './notices.ts';
import { noted, type OwnerVisit, ownerRoute } from './owner-route.ts';
import { filesPage } from './page/files-page.ts';
import { sizeText } from './page/moment.ts';
import { portalPage, tokenField } from './portal-frame.ts';
import type { PortalParts } from './portal-parts.ts';
import type { PreviewedFiles } from './previewed-files.ts';
import { storedReply } from './stored-reply.ts';
import { texts } from './texts.ts';

interface Refusal {
  readonly status: number;
  readonly words: string;
}

/** The greeting, files to fetch and pictures: bring, hear, fetch, delete. */
export function fileRoutes(parts: PortalParts, previewed: PreviewedFiles): readonly Route[] {
  const { lines, house } = parts;
  return [
    ownerRoute(lines, { method: 'GET', path: '/files' }, (visit) => list(parts, visit, null)),
    ownerRoute(lines, { method: 'POST', path: '/files', takesUpload: true }, (visit) => bring(parts, visit)),
    ownerRoute(lines, { method: 'GET', path: '/files/:id/:name' }, ({ line, request }) =>
      content(parts, house.shelf.offer(line.id, request.params['id'] ?? ''), request),
    ),
    ownerRoute(lines, { method: 'POST', path: '/files/:id/delete' }, (visit) => remove(parts, visit)),
    ...visitorsRoutes(parts, previewed),
  ];
}

/** What a page in the preview loads as it would on the line's own name. */
function visitorsRoutes(parts: PortalParts, previewed: PreviewedFiles): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/.porchlight/:asset',
      for: 'anybody',
      run: ({ path }) => {
        const asset = assetAt(path);
        return asset ? assetReply(asset) : page('', 404);
      },
    },
    {
      method: 'GET',
      path: '/.porchlight/file/:id/:name',
      for: 'anybody',
      run: (request) => content(parts, previewed.offer(request.params['id'] ?? ''), request),
    },
  ];
}

async function content(
  { house }: PortalParts,
  offer: Offer | undefined,
  { range, signal }: WebRequest,
): Promise<WebReply> {
  if (!offer) return page('The file is not there any more.', 404, { 'content-type': 'text/plain' });
  const reply = await storedReply({
    ...offer,
    range,
    read: (bytes) => house.shelf.read(offer, bytes, signal),
  });
  // the preview's frame is an origin of its own
  return { ...reply, headers: { ...reply.headers, 'cross-origin-resource-policy': 'cross-origin' } };
}

async function list(parts: PortalParts, visit: OwnerVisit, refusal: Refusal | null): Promise<WebReply> {
  const { shelf } = parts.house;
  const { line, request } = visit;
  const content = filesPage({
    offers: shelf.offers(line.id),
    usage: await shelf.usage(line.id),
    notices: refusal ? notice(html`${refusal.words}`, 'bad') : noticeOf(request.query),
    token: tokenField(visit),
  });
  const status = refusal?.status ?? 200;
  return portalPage(parts, visit, { title: 'Greeting and files', current: '/files', content, status });
}

async function bring(parts: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const { line, request } = visit;
  const { upload } = request;
  const role = roleIn(request.fields.get('role'));
  if (!upload || role === null) return list(parts, visit, { status: 422, words: texts.uploads.nothing });
  const mediaType = listedMediaType(upload.mediaType);
  const unfit = unfitness(role, mediaType);
  if (unfit !== null) return list(parts, visit, { status: 415, words: unfit });
  const name = nameOf(upload, role);
  const offering = await parts.house.shelf.put(line.id, { role, name, mediaType, source: upload.source });
  if (offering.kind !== 'kept') return list(parts, visit, refusalOf(offering));
  await noted(parts.house.audit, visit, `${role} put`, name);
  return seeOther('/files?done=file-kept');
}

async function remove({ house }: PortalParts, visit: OwnerVisit): Promise<WebReply> {
  const { line, request } = visit;
  const offer = house.shelf.offer(line.id, request.params['id'] ?? '');
  if (!offer) return seeOther('/files');
  await house.shelf.remove(line.id, offer.id);
  await noted(house.audit, visit, `${offer.role} delete`, offer.name);
  return seeOther('/files?done=file-removed');
}

function refusalOf(offering: Exclude<Offering, { kind: 'kept' }>): Refusal {
  switch (offering.kind) {
    case 'too-large':
      return { status: 413, words: texts.uploads.tooLarge(sizeText(offering.roomBytes)) };
    case 'too-many':
      return { status: 409, words: texts.uploads.tooMany };
    case 'broken-off':
      return { status: 400, words: texts.uploads['broken-off'] };
    case 'unavailable':
      return { status: 507, words: texts.uploads.unavailable };
  }
}

function unfitness(role: Offer['role'], mediaType: string): string | null {
  if (role === 'picture' && !mediaType.startsWith('image/')) return texts.uploads.notPicture;
  if (role === 'greeting' && !/^(audio|video)\//.test(mediaType)) return texts.uploads.notSound;
  return null;
}

function roleIn(text: string | undefined): Offer['role'] | null {
  return text === 'file' || text === 'greeting' || text === 'picture' ? text : null;
}

/** The last part of what a browser sends, without what no file name needs. */
function nameOf({ name }: Upload, role: Offer['role']): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const plain = [...last.replace(/\p{C}/gu, '').trim()].slice(0, 120).join('');
  return plain === '' || /^\.+$/.test(plain) ? role : plain;
}
