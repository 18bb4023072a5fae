import { addressesIn } from '../../protocol/address.ts';
import { type DomainName, isBelow, nameBelow, parseDomainName } from '../../protocol/domain-name.ts';
import { parseLineId } from '../../protocol/line-id.ts';
import type { LineRecord } from '../line/line-book.ts';
import type { PresenceKind } from '../line/presence.ts';
import type { Update } from '../zone/update.ts';
import { CommandError, type Desk } from './desk.ts';
import { lineView, presenceOf, silentMs } from './line-view.ts';
import { reasonText } from './reason-text.ts';
import { durationText, timeText } from './time-text.ts';

const HISTORY_SHOWN = 20;

const PRESENCE: Readonly<Record<PresenceKind, string>> = {
  up: 'The line counts as up.',
  suspect: 'The line is suspect: it is being verified now.',
  down: 'The line counts as down.',
  unknown: 'Nothing has been heard of the line yet.',
};

/** Why a name leads where it leads now, in words and as data. */
export async function explain(desk: Desk, asked: string) {
  const { name, record } = found(desk, asked);
  // what has happened up to now may still wait for its turn to be written
  await desk.registry.standings.flush();
  const history = await desk.store.historyOf(record.line.id);
  return {
    name,
    words: inWords(desk, name, record),
    line: lineView(desk, record),
    history: history.slice(-HISTORY_SHOWN),
  };
}

/** The name itself, its label below the zone, or the line's id: whatever the operator has at hand. */
function found({ registry, zoneName }: Desk, asked: string): { name: DomainName; record: LineRecord } {
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
  const own = candidates.find((name) => isBelow(name, zoneName) && !registry.zone.canHold(name));
  if (own) throw new CommandError(`${own} is a name of the gateway's own: it always leads there`);
  throw new CommandError(`no line has the name "${asked}" in ${zoneName}`);
}

function inWords(desk: Desk, name: DomainName, { line, standing }: LineRecord): string[] {
  const pending = desk.registry.queue.pendingOf(line.id);
  const isArriving = pending?.kind === 'to-gateway' && pending.reason === null;
  return [
    isArriving ? `${name} is not in the zone yet.` : leads(name, line, standing.published),
    desk.service === null
      ? 'No gateway is running now: nobody listens to the line.'
      : listened(desk, line.id),
    ...(pending ? [waits(pending)] : []),
  ];
}

function leads(
  name: DomainName,
  { suspended }: LineRecord['line'],
  published: LineRecord['standing']['published'],
): string {
  const since = `since ${timeText(published.since)}, serial ${published.serial}`;
  if (published.kind === 'addresses') {
    return `${name} leads to the line at ${addressesIn(published.addresses).join(' and ')} ${since}.`;
  }
  return `${name} leads to the gateway ${since}: ${reasonText(published.reason, suspended)}.`;
}

function listened(desk: Desk, line: LineRecord['line']['id']): string {
  const silence = silentMs(desk, line);
  const heard = silence === null ? '' : ` It was heard ${durationText(silence)} ago.`;
  return `${PRESENCE[presenceOf(desk, line)]}${heard}`;
}

function waits(update: Update): string {
  if (update.kind === 'to-line') {
    return `With the next batch it leads to the line at ${addressesIn(update.addresses).join(' and ')}.`;
  }
  const isArriving = update.kind === 'to-gateway' && update.reason === null;
  return isArriving
    ? 'It enters the zone with the next batch.'
    : 'With the next batch it leads to the gateway.';
}
