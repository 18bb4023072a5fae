import { addressesIn } from '../../protocol/address.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { LineRecord } from '../line/line-book.ts';
import type { PresenceKind } from '../line/presence.ts';
import type { Standing } from '../line/standing.ts';
import type { Registry } from '../registry.ts';
import type { Desk } from './desk.ts';

/** The one word for people: live, queued, suspect, off-line or unknown (DESIGN section 1). */
export type LineState = 'live' | 'queued' | 'suspect' | 'offline' | 'unknown';

/** Those that somebody should look at come first. */
const STATE_ORDER: readonly LineState[] = ['suspect', 'offline', 'queued', 'live', 'unknown'];

/** Where lines in that state stand when they are sorted by it. */
export function rankOf(state: LineState): number {
  return STATE_ORDER.indexOf(state);
}

export function stateOf({ presence, queue }: Registry, { line, standing }: LineRecord): LineState {
  const kind = presence.kindOf(line.id);
  if (kind === 'suspect') return 'suspect';
  if (queue.pendingOf(line.id)?.kind === 'to-line') return 'queued';
  return kind === 'down' && standing.published.kind === 'addresses' ? 'offline' : stateAtRest(standing);
}

/** The state of a line that is neither doubted nor silent and for which nothing waits. */
export function stateAtRest({ published, logOn }: Standing): LineState {
  if (published.kind === 'addresses') return 'live';
  return logOn === null && published.reason === null ? 'unknown' : 'offline';
}

/** `line show --json`: the keys are a contract with scripts. */
export function lineView(desk: Desk, record: LineRecord) {
  const { line, standing } = record;
  const { registry } = desk;
  const { published, absence } = standing;
  return {
    id: line.id,
    domain: line.domain,
    names: line.names,
    state: stateOf(registry, record),
    presence: presenceOf(desk, line.id),
    published: {
      kind: published.kind,
      addresses: published.kind === 'addresses' ? addressesIn(published.addresses) : [],
      serial: published.serial,
      since: published.since,
    },
    pending: pendingView(registry, line.id),
    lastLogOn: standing.logOn,
    lastHeardMs: silentMs(desk, line.id),
    offlineReason: published.kind === 'answering' ? published.reason : null,
    agent: standing.agent,
    hits: absence?.hits ?? 0,
    messages: standing.messages,
    suspended: line.suspended,
  };
}

function pendingView({ queue }: Registry, line: LineId) {
  const pending = queue.pendingOf(line);
  if (!pending) return null;
  return {
    kind: pending.kind,
    addresses: pending.kind === 'to-line' ? addressesIn(pending.addresses) : [],
    reason: pending.kind === 'to-gateway' ? pending.reason : null,
    askedAt: pending.askedAt,
    liveInMs: Math.round(queue.untilNextBatchMs()),
  };
}

/** Only a gateway that listens can believe anything. */
export function presenceOf({ registry, service }: Desk, line: LineId): PresenceKind {
  return service === null ? 'unknown' : registry.presence.kindOf(line);
}

/** Milliseconds since the line was heard last; null when no gateway runs, or has not heard it since it started. */
export function silentMs({ registry, service, clock }: Desk, line: LineId): number | null {
  const heardAt = service === null ? null : registry.presence.heardAt(line);
  return heardAt === null ? null : Math.round(clock.elapsed() - heardAt);
}
