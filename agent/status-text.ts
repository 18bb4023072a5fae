import { addressesIn } from '../protocol/address.ts';
import type { Instant } from '../runtime/clock.ts';
import type { AwayReport, State, Status } from './status.ts';

const STATE_WORDS: Readonly<Record<State, string>> = {
  starting: 'starting',
  'no-lease': 'no address from the provider',
  connecting: 'connecting to the gateway',
  registering: 'connected, waiting for the gateway to reply',
  queued: 'queued: the name goes live with the next batch',
  live: 'live',
  refused: 'refused by the gateway',
  waiting: 'not connected, waiting for the next attempt',
  stopped: 'stopped',
};

const EVENTS_SHOWN = 8;

/** The status for people: two columns, times with how long ago they were. */
export function statusText(status: Status, now: Instant): string {
  const { lastFailure, lease } = status;
  const at = (instant: Instant | null) => (instant === null ? null : moment(instant, now));
  const rows: (readonly [string, string | null])[] = [
    ['state', `${STATE_WORDS[status.state]} (since ${moment(status.since, now)})`],
    ['name', status.domain],
    ['line', status.line],
    ['addresses', addressesIn(status.addresses).join(', ') || 'none'],
    ['lease', lease && leaseWords(lease, now)],
    ['delegated', lease?.delegated.join(', ') || null],
    ['gateway', status.gateway],
    ['queue', status.queue && `live ${moment(status.queue.toldAt + status.queue.liveInMs, now)}`],
    ['last live', at(status.lastLive)],
    ['next attempt', at(status.nextAttemptAt)],
    ['last failure', lastFailure && `${lastFailure.what} (${moment(lastFailure.at, now)})`],
    ['what to do', lastFailure?.advice ?? null],
    ...awayRows(status.away, now),
    ...status.announcements.map(
      ({ text, at: told }) => ['announcement', `${text} (${moment(told, now)})`] as const,
    ),
  ];
  const events = status.events
    .slice(-EVENTS_SHOWN)
    .map((event) => [moment(event.at, now), event.text] as const);
  return `${columns(rows)}\nlately\n${columns(events, '  ')}`;
}

function awayRows(away: AwayReport | null, now: Instant): (readonly [string, string | null])[] {
  if (!away) return [];
  const { lastLogOn, offlineForMs, offlineReason, hits, messages, portal } = away;
  const absence =
    offlineForMs === null ? null : `${duration(offlineForMs)}${offlineReason ? `, ${offlineReason}` : ''}`;
  return [
    ['log-on before', lastLogOn === null ? 'none' : moment(lastLogOn, now)],
    ['off-line time', absence],
    [
      'meanwhile',
      `${hits} ${hits === 1 ? 'visit' : 'visits'}, ${messages} ${messages === 1 ? 'message' : 'messages'}`,
    ],
    ['your page', portal],
  ];
}

function leaseWords(lease: NonNullable<Status['lease']>, now: Instant): string {
  const seen = `${lease.interface}, seen by ${lease.source}`;
  return lease.expiresAt === null ? seen : `${seen}, ends ${moment(lease.expiresAt, now)}`;
}

/** "2026-11-22 20:51:46Z, 4 min ago": exact, and at a glance. */
function moment(at: Instant, now: Instant): string {
  const exact = `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  if (Math.abs(now - at) < 1_000) return `${exact}, now`;
  return at < now ? `${exact}, ${duration(now - at)} ago` : `${exact}, in ${duration(at - now)}`;
}

/** The two largest units that matter to people. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const hours = Math.floor(seconds / 3600);
  if (hours < 48) return `${hours} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/** Two aligned columns; rows without a value are left out. */
export function columns(rows: readonly (readonly [string, string | null])[], indent = ''): string {
  const shown = rows.filter((row): row is readonly [string, string] => row[1] !== null);
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + 2;
  return shown.map(([name, value]) => `${indent}${name.padEnd(width)}${value}\n`).join('');
}
