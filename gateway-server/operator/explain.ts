import { nameBelow, parseDomainName } from '../../protocol/domain-name.ts';
import { parseLineId } from '../../protocol/line-id.ts';
import type { LineRecord } from '../line/line-book.ts';
import { isWithin, parseRecordName, type RecordName } from '../zone/static/record-name.ts';
import { recordText } from '../zone/zone-record.ts';
import { CommandError, type Desk } from './desk.ts';
import { otherWords } from './explain-other.ts';
import { lineFacts } from './line-facts.ts';
import { lineWords } from './line-words.ts';
import type { SecondaryAnswer } from './secondaries.ts';
import { askedNow } from './secondaries-asked.ts';
import { type ServedNow, servedNow } from './served-now.ts';

/** Why a name answers what it answers now, in words and as data; the keys are the same for every name. */
export async function explain(desk: Desk, asked: string) {
  const { name, record } = found(desk, asked);
  const served = servedNow(desk.registry.zone, name);
  const common = { name, zone: desk.zoneName, serial: desk.registry.zone.serial, ...servedView(served) };
  const secondaries: readonly SecondaryAnswer[] = served.kind === 'outside' ? [] : await askedNow(desk, name);
  if (!record) return { ...common, words: otherWords(desk, name, served), ...NO_LINE, secondaries };
  const facts = await lineFacts(desk, record);
  return { ...common, words: lineWords(desk, { name, record, served, facts }), ...facts, secondaries };
}

/** What only a line's name has. */
const NO_LINE = {
  line: null,
  presence: null,
  verification: null,
  contests: [],
  batch: null,
  history: [],
} as const;

/** The name itself, what stands before the zone's name, or the line's id: whatever the operator has at hand. */
function found(desk: Desk, asked: string): { name: RecordName; record: LineRecord | undefined } {
  const { registry, zoneName } = desk;
  const candidates = [parseDomainName(asked), nameBelow(asked, zoneName)].filter(
    (name) => name !== undefined,
  );
  for (const name of candidates) {
    const record = registry.book.byName(name);
    if (record) return { name, record };
  }
  const id = parseLineId(asked);
  const record = id && registry.book.get(id);
  if (record?.line.domain) return { name: record.line.domain, record };
  if (record) throw new CommandError(`line ${id} has no domain service, and so no name`);
  return { name: nameOfNoLine(desk, asked), record: undefined };
}

/** As it is when it lies in the zone, else below the zone when that is there, or when it is one label. */
function nameOfNoLine({ registry, zoneName }: Desk, asked: string): RecordName {
  const absolute = parseRecordName(asked.replace(/\.$/, ''));
  if (!absolute) throw new CommandError(`"${asked}" is no name`);
  const below = parseRecordName(`${absolute}.${zoneName}`);
  if (isWithin(absolute, zoneName) || asked.endsWith('.') || !below) return absolute;
  const isThere = servedNow(registry.zone, below).kind !== 'no-name';
  return isThere || !absolute.includes('.') ? below : absolute;
}

function servedView(served: ServedNow) {
  const records = served.kind === 'own' ? served.records : served.kind === 'delegated' ? served.servers : [];
  return {
    kind: served.kind,
    served: {
      addresses: served.kind === 'line' ? served.addresses : [],
      ttlSeconds: served.kind === 'line' ? served.ttlSeconds : null,
      records: records.map((record) => ({
        type: record.type,
        ttlSeconds: record.ttlSeconds,
        text: recordText(record),
      })),
    },
  };
}
