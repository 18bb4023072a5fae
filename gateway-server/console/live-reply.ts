import type { Clock } from '../../runtime/clock.ts';
import type { Doorkeeper } from '../web/doorkeeper.ts';
import type { WebReply } from '../web/route.ts';
import { type Cells, changes, type Followers } from './live-rows.ts';
import type { Visit } from './operator-route.ts';

interface Parts {
  readonly followers: Followers;
  readonly doorkeeper: Pick<Doorkeeper, 'look'>;
  readonly clock: Clock;
  readonly look: () => Cells | Promise<Cells>;
}

/** A page that stays open asks again by itself when the stream breaks off: that keeps nobody logged in. */
export const LIVE = { method: 'GET', for: 'viewer', asksByItself: true } as const;

const HEADERS = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };

/** A stream of what changes on the page that the visitor looks at. */
export function liveReply({ followers, doorkeeper, clock, look }: Parts, { request }: Visit): WebReply {
  const { cookie, signal } = request;
  if (!followers.enter()) return { status: 503, headers: { 'retry-after': '30' }, body: '' };
  signal.addEventListener('abort', () => followers.leave(), { once: true });
  const isStillAllowed = () => cookie !== null && doorkeeper.look('console', cookie) !== undefined;
  return { status: 200, headers: HEADERS, body: changes({ look, isStillAllowed, clock }, signal) };
}
