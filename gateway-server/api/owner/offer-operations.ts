import { listedMediaType } from '../../subscriber/media-types.ts';
import type { Offer, Offering, Shelf } from '../../subscriber/shelf.ts';
import { NOTHING, problem, type Reply, value } from '../operation.ts';
import { NewOffer, OfferId, Offer as OfferSchema, Usage } from '../schema/page.ts';
import { listOf, Paging } from '../schema/paging.ts';
import { timeOf } from '../schema/scalars.ts';
import { storedBytes } from '../stored-bytes.ts';
import { type Note, type OwnerOperation, ownerOperation } from './owner-caller.ts';

const TOPIC = { topic: 'offers' } as const;
const TO_READ = ['page:read'] as const;
const TO_CHANGE = ['page:write'] as const;

interface Parts {
  readonly shelf: Shelf;
  readonly note: Note;
}

/** What the owner offers visitors: files to fetch, pictures, the greeting. */
export function offerOperations(parts: Parts): readonly OwnerOperation[] {
  return [listing(parts), putting(parts), fetching(parts), removing(parts), measuring(parts)];
}

function listing({ shelf }: Parts) {
  return ownerOperation({
    ...TOPIC,
    id: 'listOffers',
    method: 'GET',
    path: '/offers',
    summary: 'What visitors are offered, newest first',
    scopes: TO_READ,
    query: Paging,
    answers: { 200: listOf(OfferSchema) },
    // so few that one page always holds them
    run: ({ caller: { line } }) => value({ items: shelf.offers(line).map(offerValue), next: null }),
  });
}

function putting({ shelf, note }: Parts) {
  return ownerOperation({
    ...TOPIC,
    id: 'putOffer',
    method: 'POST',
    path: '/offers',
    summary: 'Offers a file: the body is the file itself, Content-Type its media type',
    scopes: TO_CHANGE,
    query: NewOffer,
    takesBytes: true,
    answers: { 201: OfferSchema },
    run: async ({ caller, query: { name, role = 'file' }, mediaType, bytes }) => {
      const plainName = name.split(/[/\\]/).at(-1)?.trim() ?? '';
      if (plainName === '') return problem(400, 'Give the name of the file, without a path: ?name=photo.jpg');
      const incoming = { role, name: plainName, mediaType: listedMediaType(mediaType), source: bytes };
      const offering = await shelf.put(caller.line, incoming);
      if (offering.kind === 'kept') await note(caller, `${role} put`, plainName);
      return offered(offering);
    },
  });
}

function offered(offering: Offering): Reply {
  switch (offering.kind) {
    case 'kept':
      return value(offerValue(offering.offer), 201);
    case 'too-large':
      return problem(
        413,
        `The file is larger than the room that is left: ${offering.roomBytes} bytes. Nothing was kept.`,
      );
    case 'too-many':
      return problem(409, 'There are too many files already: delete one first. Nothing was kept.');
    case 'broken-off':
      return problem(400, 'The file did not come to its end. Nothing was kept.');
    case 'unavailable':
      return problem(507, 'The gateway cannot keep files now. Nothing was kept: try again later.');
  }
}

function fetching({ shelf }: Parts) {
  return ownerOperation({
    ...TOPIC,
    id: 'fetchOffer',
    method: 'GET',
    path: '/offers/{id}/content',
    summary: 'The file itself, or a range of it',
    scopes: TO_READ,
    params: OfferId,
    answers: { 200: 'application/octet-stream', 206: 'application/octet-stream' },
    run: async ({ caller: { line }, params: { id }, range, signal }) => {
      const offer = shelf.offer(line, id);
      if (!offer) return noOffer(id);
      const read = (part: Parameters<Shelf['read']>[1]) => shelf.read(offer, part, signal);
      return storedBytes({ mediaType: offer.mediaType, bytes: offer.bytes, range, read });
    },
  });
}

function removing({ shelf, note }: Parts) {
  return ownerOperation({
    ...TOPIC,
    id: 'removeOffer',
    method: 'DELETE',
    path: '/offers/{id}',
    summary: 'Offers the file no more, and deletes it',
    scopes: TO_CHANGE,
    params: OfferId,
    answers: { 204: null },
    run: async ({ caller, params: { id } }) => {
      const offer = shelf.offer(caller.line, id);
      if (!offer) return noOffer(id);
      await shelf.remove(caller.line, id);
      await note(caller, `${offer.role} delete`, offer.name);
      return NOTHING;
    },
  });
}

function measuring({ shelf }: Parts) {
  return ownerOperation({
    ...TOPIC,
    id: 'showUsage',
    method: 'GET',
    path: '/usage',
    summary: 'How much of the quota is taken',
    scopes: ['line:read'],
    answers: { 200: Usage },
    run: async ({ caller: { line } }) => {
      const { offered, messages, mostOffered, mostMessages } = await shelf.usage(line);
      return value({ offered, messages, mostOffered, mostMessages });
    },
  });
}

function noOffer(id: string): Reply {
  return problem(404, `There is no file ${id}.`);
}

export function offerValue({ id, role, name, mediaType, bytes, at }: Offer) {
  return { id, role, name, mediaType, bytes, at: timeOf(at) };
}
