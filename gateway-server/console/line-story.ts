import { OFFLINE_REASONS } from '../../protocol/message.ts';
import type { Instant } from '../../runtime/clock.ts';
import { parseVerification, VERIFIED } from '../line/verification.ts';
import { reasonText } from '../operator/reason-text.ts';
import { durationText } from '../operator/time-text.ts';
import type { HistoryEntry } from '../store/store.ts';
import type { OffLineSpan } from '../subscriber/diary.ts';

/** Something that happened to a line. */
export interface StoryEvent {
  readonly at: Instant;
  readonly kind: 'live' | 'offline' | 'other';
  readonly words: string;
  readonly detail: string;
}

const MOST = 60;

/** What happened to a line and why, newest first: its history, and the times when it was off. */
export function storyOf(
  history: readonly HistoryEntry[],
  spans: readonly OffLineSpan[],
): readonly StoryEvent[] {
  const told = history.filter(({ event }) => event !== 'went off-line').map(eventOf);
  return [...told, ...spans.flatMap(eventsOfSpan)].sort((a, b) => b.at - a.at).slice(0, MOST);
}

function eventsOfSpan({ since, until, reason, hits }: OffLineSpan): StoryEvent[] {
  const visits = `${hits} ${hits === 1 ? 'visit' : 'visits'} to its page`;
  const began: StoryEvent = {
    ...{ at: since, kind: 'offline', words: 'The name leads to the gateway' },
    detail: reasonText(reason, reason === 'suspended'),
  };
  if (until === null) return [began];
  const detail = `after ${durationText(until - since)}, with ${visits}`;
  return [began, { at: until, kind: 'live', words: 'The name leads to the line again', detail }];
}

function eventOf({ at, event, detail }: HistoryEntry): StoryEvent {
  const kind = event === 'logged on' ? 'live' : 'other';
  const words = `${event.charAt(0).toUpperCase()}${event.slice(1)}`;
  const verification = event === VERIFIED ? parseVerification(detail) : undefined;
  if (!verification) return { at, kind, words, detail: reasonIn(detail) };
  const { challenge, ping, verdict } = verification;
  const found =
    verdict === 'up' ? 'the line was up' : verdict === 'off-line' ? 'the line was off' : 'undecided';
  return { at, kind, words, detail: `challenge ${spoken(challenge)}, ping ${spoken(ping)}: ${found}` };
}

function spoken(outcome: string): string {
  return outcome.replace('not-possible', 'not possible').replace('silent', 'not answered');
}

function reasonIn(detail: string): string {
  const reason = OFFLINE_REASONS.find((one) => one === detail);
  return reason ? reasonText(reason, true) : detail;
}
