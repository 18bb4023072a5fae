import { sameAddresses } from '../../protocol/address.ts';
import type { OfflineReason } from '../../protocol/message.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { Serial } from '../zone/serial.ts';
import type { Update } from '../zone/update.ts';
import type { Published } from './published.ts';

/** The last time that the gateway answered in the line's place; `until` is null until the zone leads to the line again. */
export interface Absence {
  readonly since: Instant;
  readonly until: Instant | null;
  readonly reason: OfflineReason;
  /** Visits to the page meanwhile. */
  readonly hits: number;
}

/** What has become of a line; everything of it survives a restart. */
export interface Standing {
  readonly published: Published;
  /** When the current connection's first registration was accepted, and the one before it. */
  readonly logOn: Instant | null;
  readonly previousLogOn: Instant | null;
  readonly absence: Absence | null;
  /** Name and version of the agent heard last. */
  readonly agent: string | null;
  /** Messages that wait for the owner. */
  readonly messages: number;
}

/** What a line becomes when its update enters the zone. */
export function standingAfter(update: Update, before: Standing, serial: Serial, now: Instant): Standing {
  if (update.kind === 'to-line') {
    const { absence } = before;
    return {
      ...before,
      published: { kind: 'addresses', addresses: update.addresses, serial, since: now },
      absence: absence?.until === null ? { ...absence, until: now } : absence,
    };
  }
  const reason = update.kind === 'to-gateway' ? update.reason : null;
  const absence = reason !== null && isRehearsing(before) ? { ...before.absence, reason } : before.absence;
  const isGoing = before.published.kind === 'addresses' && reason !== null;
  return {
    ...before,
    published: { kind: 'answering', reason, serial, since: isGoing ? now : before.published.since },
    absence: isGoing ? { since: now, until: null, reason, hits: 0 } : absence,
  };
}

/** A line that really falls silent in mid-rehearsal is off for that reason. */
function isRehearsing(standing: Standing): standing is Standing & { readonly absence: Absence } {
  const { published, absence } = standing;
  return published.kind === 'answering' && published.reason === 'rehearsal' && absence?.until === null;
}

/** True when the zone already says what the update asks for. */
export function isPublished(update: Update, { published }: Standing): boolean {
  if (update.kind === 'to-line') {
    return published.kind === 'addresses' && sameAddresses(published.addresses, update.addresses);
  }
  // a line without a reason is new: its names are not in the zone yet
  return (
    update.kind === 'to-gateway' &&
    update.reason !== null &&
    published.kind === 'answering' &&
    published.reason === update.reason
  );
}

/** A log-on forgets the absence that an earlier one has ended and its owner was told of; by no clock, as clocks jump. */
export function standingAtLogOn(before: Standing, agent: string, now: Instant): Standing {
  const absence = before.absence?.until === null ? before.absence : null;
  return { ...before, previousLogOn: before.logOn, logOn: now, agent, absence };
}

/** The absence that the current log-on has ended: what the owner is told once the line is back (Figure 4, block 428). */
export function endedAbsence({
  absence,
}: Standing): { readonly absence: Absence; readonly forMs: number } | null {
  if (absence === null || absence.until === null) return null;
  return { absence, forMs: Math.max(0, absence.until - absence.since) };
}
