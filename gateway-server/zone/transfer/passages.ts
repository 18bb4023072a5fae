import type { Serial } from '../serial.ts';
import { type AddressBytes, entriesOf, isThere, type ZoneDiff } from '../zone-diff.ts';
import type { ZoneRecord } from '../zone-record.ts';
import type { Step } from './history.ts';
import type { MessageWriter } from './message-writer.ts';
import type { SnapshotLine, ZoneHead, ZoneSnapshot } from './zone-snapshot.ts';

/** A part of what a transfer says: records of the zone's own, then those of lines. */
export interface Passage {
  readonly records: readonly ZoneRecord[];
  readonly lines: Iterable<SnapshotLine>;
}

/** RFC 5936 §2.2: everything, the SOA first and once more at the end. */
export function wholeZone(snapshot: ZoneSnapshot): Passage[] {
  return [
    { records: snapshot.own, lines: snapshot.lines() },
    { records: soaOnly(snapshot), lines: [] },
  ];
}

/** RFC 1995 §4: the present SOA; of each step the old SOA, what goes, the new SOA, what comes; the present SOA. */
export function differences(head: ZoneHead, steps: readonly Step[]): Passage[] {
  return [
    { records: soaOnly(head), lines: [] },
    ...steps.flatMap(({ from, to, diff }) => [
      { records: soaAsOf(head, from), lines: linesOf(diff, 'before') },
      { records: soaAsOf(head, to), lines: linesOf(diff, 'after') },
    ]),
    { records: soaOnly(head), lines: [] },
  ];
}

/** RFC 1995 §2: tells who has the newest zone that it is the newest, and who asks over UDP what there is to be had over TCP. */
export function presentSerial(head: ZoneHead): Passage[] {
  return [{ records: soaOnly(head), lines: [] }];
}

/** The messages of a transfer, each made when it is asked for. */
export function* messagesOf(
  passages: readonly Passage[],
  ttlSeconds: number,
  writer: MessageWriter,
): Generator<Buffer, void> {
  for (const { records, lines } of passages) {
    for (const record of records) {
      writer.addRecord(record);
      yield* fullOnes(writer);
    }
    for (const line of lines) {
      writer.addLine(line, ttlSeconds);
      if (writer.hasFull) yield* fullOnes(writer);
    }
  }
  yield writer.takeRest();
}

function* fullOnes(writer: MessageWriter): Generator<Buffer, void> {
  for (let full = writer.takeFull(); full; full = writer.takeFull()) yield full;
}

function soaOnly({ own }: ZoneHead): readonly ZoneRecord[] {
  return own.filter(({ type }) => type === 'SOA');
}

/** All that a SOA says but the serial has been the same through all steps of the history: a change of it is a step that nobody can tell. */
function soaAsOf(head: ZoneHead, serial: Serial): readonly ZoneRecord[] {
  return soaOnly(head).map((record) =>
    record.type === 'SOA' ? { ...record, soa: { ...record.soa, serial } } : record,
  );
}

/** The names of a diff with the addresses that they had or have, without those that are not in the zone. */
function* linesOf(diff: ZoneDiff, when: 'before' | 'after'): Iterable<SnapshotLine> {
  for (const entry of entriesOf(diff)) {
    const addresses: AddressBytes = entry[when];
    const { keyStart, keyEnd } = entry;
    if (isThere(addresses)) yield { keys: diff, keyStart, keyEnd, addresses };
  }
}
