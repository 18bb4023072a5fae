import { parseDomainName } from '../../protocol/domain-name.ts';
import { namesOf } from '../line/line-book.ts';
import type { RecordName } from '../zone/static/record-name.ts';
import { recordText, type ZoneRecord } from '../zone/zone-record.ts';
import type { Desk } from './desk.ts';
import type { ServedNow } from './served-now.ts';

/** Why a name that is no line's answers what it answers. */
export function otherWords(desk: Desk, name: RecordName, served: ServedNow): string[] {
  switch (served.kind) {
    case 'outside':
      return [`${name} lies outside ${desk.zoneName}: questions for it are refused.`];
    case 'no-name':
      return [`${name}: no such name (NXDOMAIN), as no line has it.`, ...lineAbove(desk, name)];
    case 'between':
      return [`${name} has no records itself, but there are names below it: its answers are empty.`];
    case 'line':
      return [`${name} belongs to no line any more: it leaves the zone with the next batch.`];
    case 'delegated':
      return delegatedWords(desk, name, served);
    case 'own':
      return [ownerOf(desk, name), recordList(served.records)];
  }
}

/** Somebody may have asked for an extra name that the line does not have. */
function lineAbove({ registry: { book } }: Desk, name: RecordName): string[] {
  for (let above = name.split('.').slice(1); above.length > 0; above = above.slice(1)) {
    const parent = parseDomainName(above.join('.'));
    const record = parent && book.byName(parent);
    if (record)
      return [`Line ${record.line.id} above it has the names ${namesOf(record.line).join(' and ')}.`];
  }
  return [];
}

function delegatedWords(
  desk: Desk,
  name: RecordName,
  { cut, servers }: Extract<ServedNow, { readonly kind: 'delegated' }>,
): string[] {
  const where = cut === name ? '' : ` with all that lies below ${cut}`;
  const hosts = servers.map(recordText).join(' and ');
  const isInFile = desk.registry.zone.identity.static.some((record) => record.name === cut);
  const whence = isInFile ? ['The zone file says so.'] : [];
  return [`${name} is delegated${where}: resolvers are sent to ${hosts}`, ...whence];
}

function ownerOf({ registry: { zone }, zoneName }: Desk, name: RecordName): string {
  const { ownNames, static: file } = zone.identity;
  if (name === zoneName) return `${name} is the zone itself.`;
  if (ownNames.some((own) => own === name))
    return `${name} is a name of the gateway's own: it always leads there.`;
  return file.some((record) => record.name === name)
    ? `${name} is in the zone file.`
    : `${name} is a name server of the zone: the settings give its addresses.`;
}

function recordList(records: readonly ZoneRecord[]): string {
  const texts = records.map((record) => `${record.type} ${recordText(record)} (${record.ttlSeconds} s)`);
  return `It answers: ${texts.join(', ')}.`;
}
