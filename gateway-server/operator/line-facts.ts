import type { LineId } from '../../protocol/line-id.ts';
import type { LineRecord } from '../line/line-book.ts';
import { parseVerification, VERIFIED } from '../line/verification.ts';
import type { HistoryEntry } from '../store/store.ts';
import type { Serial } from '../zone/serial.ts';
import { entriesOf } from '../zone/zone-diff.ts';
import type { Desk } from './desk.ts';
import { lineView, presenceOf, silentMs } from './line-view.ts';

export type LineFacts = Awaited<ReturnType<typeof lineFacts>>;

const HISTORY_SHOWN = 20;

/** Everything that bears on where a line's name leads. */
export async function lineFacts(desk: Desk, record: LineRecord) {
  const { line, standing } = record;
  // what has happened up to now may still wait for its turn to be written
  await desk.registry.standings.flush();
  const history = await desk.store.historyOf(line.id);
  return {
    line: lineView(desk, record),
    presence: presence(desk, line.id),
    verification: lastVerification(history),
    contests: history.filter(isContest).map(({ at, event, detail }) => ({ at, event, detail })),
    batch: batch(desk, standing.published.serial, standing.published.since),
    history: history.slice(-HISTORY_SHOWN),
  };
}

function presence(desk: Desk, line: LineId) {
  const suspicion = desk.service ? desk.registry.presence.suspicionOf(line) : undefined;
  return {
    kind: presenceOf(desk, line),
    heardMs: silentMs(desk, line),
    heardBy: desk.service ? desk.registry.presence.heardBy(line) : null,
    doubt: suspicion?.doubt ?? null,
    doubtMs: suspicion ? Math.round(desk.clock.elapsed() - suspicion.since) : null,
  };
}

/** Of the line as the holder of an address, or as the one that claimed another's. */
function isContest({ event, detail }: HistoryEntry): boolean {
  return event === 'address contested' || detail === 'address-in-use';
}

/** The newest one that counted. */
function lastVerification(history: readonly HistoryEntry[]) {
  const last = history.findLast(({ event }) => event === VERIFIED);
  const verification = last && parseVerification(last.detail);
  return verification ? { at: last.at, ...verification } : null;
}

/** The batch with which the name got where it leads; how large it was is known of recent ones only. */
function batch({ registry: { batches, history } }: Desk, serial: Serial, at: number) {
  const [step] = history.since((serial - 1) >>> 0) ?? [];
  return {
    serial,
    at,
    updates: batches.last?.serial === serial ? batches.last.size : null,
    names: step?.to === serial ? [...entriesOf(step.diff)].length : null,
  };
}
