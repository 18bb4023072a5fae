import { isLater, type Serial } from '../serial.ts';
import type { Transport } from '../transfers.ts';
import { condensed } from './condense.ts';
import type { Step, ZoneHistory } from './history.ts';
import { differences, type Passage, presentSerial, wholeZone } from './passages.ts';
import type { ZoneHead, ZoneSnapshot } from './zone-snapshot.ts';

/** Where the zone and its past are to be had. */
export interface TransferSource {
  /** The zone as of now without the lines' names, and all of it. */
  readonly head: () => ZoneHead;
  readonly snapshot: () => ZoneSnapshot;
  readonly history: Pick<ZoneHistory, 'since'>;
}

type TransferKind = 'axfr' | 'ixfr' | 'ixfr-as-axfr' | 'up-to-date' | 'ask-over-tcp';

/** What a client is told, all of it as of one serial. */
export interface TransferAnswer {
  readonly kind: TransferKind;
  readonly head: ZoneHead;
  readonly passages: readonly Passage[];
}

/** Up to here steps are made into one; more would take too long at a time, and go out one after the other as they are. */
const MOST_CONDENSED_BYTES = 256 * 1024;
/** About what a name takes in the zone, measured as the bytes of a diff that changes half as many names. */
const ZONE_BYTES_A_NAME = 16;
/** Differences that fill no message are sent however small the zone is. */
const ALWAYS_SMALL_BYTES = 8 * 1024;

/** RFC 5936 §2.2. */
export function answerToAxfr(source: TransferSource): TransferAnswer {
  const head = source.snapshot();
  return { kind: 'axfr', head, passages: wholeZone(head) };
}

/** RFC 1995 §2: the differences from the client's serial, or the whole zone where they are not known or not smaller. */
export function answerToIxfr(source: TransferSource, from: Serial, transport: Transport): TransferAnswer {
  const head = source.head();
  if (from === head.serial || isLater(from, head.serial))
    return { kind: 'up-to-date', head, passages: presentSerial(head) };
  if (transport === 'udp') return { kind: 'ask-over-tcp', head, passages: presentSerial(head) };
  const steps = stepsTo(head, source.history.since(from));
  if (!steps || bytesOf(steps) > worthwhileBytes(head))
    return { ...answerToAxfr(source), kind: 'ixfr-as-axfr' };
  return { kind: 'ixfr', head, passages: differences(head, steps) };
}

/** RFC 1995 §5: differences that are larger than the zone are of no use. */
function worthwhileBytes({ size, own }: ZoneHead): number {
  return Math.max(ALWAYS_SMALL_BYTES, ZONE_BYTES_A_NAME * (size + own.length));
}

/** Undefined when the way does not end at what is served now. */
function stepsTo({ serial }: ZoneHead, steps: readonly Step[] | undefined): readonly Step[] | undefined {
  const [first] = steps ?? [];
  if (!steps || !first || steps.at(-1)?.to !== serial) return undefined;
  if (bytesOf(steps) > MOST_CONDENSED_BYTES) return steps;
  return [{ from: first.from, to: serial, diff: condensed(steps.map(({ diff }) => diff)) }];
}

function bytesOf(steps: readonly Step[]): number {
  return steps.reduce((bytes, { diff }) => bytes + diff.length, 0);
}
