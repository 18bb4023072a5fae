import { parseAddress } from '../../../protocol/address.ts';
import type { LineId } from '../../../protocol/line-id.ts';
import { type LineRecord, namesOf } from '../../line/line-book.ts';
import type { Desk } from '../../operator/desk.ts';
import { type LineState, stateOf } from '../../operator/line-view.ts';
import { inSlices } from '../../slices.ts';

export interface LineQuestion {
  /** A part of the id or of a name, or the whole address that leads to the line now; empty for all. */
  readonly search: string;
  readonly state: LineState | null;
  /** The id after which the page begins; null for the first. */
  readonly after: LineId | null;
  readonly most: number;
}

/** The first lines that match, in the order of their ids. All are looked at, a slice a turn; only a page of them is sorted. */
export async function linesFound(
  { registry, service }: Pick<Desk, 'registry' | 'service'>,
  question: LineQuestion,
): Promise<readonly LineRecord[]> {
  const { after, most } = question;
  const isFound = matcherOf(registry, question);
  let best: LineRecord[] = [];
  let last: string | null = null;
  await inSlices([...registry.book.all()], service?.othersTurn ?? nobodyWaits, (record) => {
    const { id } = record.line;
    if ((after !== null && id <= after) || (last !== null && id > last) || !isFound(record)) return;
    best.push(record);
    if (best.length < 2 * most) return;
    best = firstOf(best, most);
    last = best.at(-1)?.line.id ?? null;
  });
  return firstOf(best, most);
}

function matcherOf(registry: Desk['registry'], { search, state }: LineQuestion) {
  const part = search.trim().toLowerCase();
  const address = parseAddress(part);
  const holder = address && registry.book.holderOf(address);
  const isNamed = ({ line }: LineRecord) =>
    line.id === holder || line.id.includes(part) || namesOf(line).some((name) => name.includes(part));
  return (record: LineRecord) =>
    (part === '' || isNamed(record)) && (state === null || stateOf(registry, record) === state);
}

function firstOf(records: readonly LineRecord[], most: number): LineRecord[] {
  return records.toSorted((a, b) => (a.line.id < b.line.id ? -1 : 1)).slice(0, most);
}

/** A desk on the store alone holds up nobody. */
async function nobodyWaits(): Promise<void> {
  return undefined;
}
