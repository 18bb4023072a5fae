import type { Clock } from '../../runtime/clock.ts';
import type { LineNews } from '../line/line-news.ts';
import type { Following } from './news-feed.ts';
import { timeOf } from './schema/scalars.ts';

const HEARTBEAT_MS = 15_000;

interface Parts {
  readonly following: Following;
  readonly isStillAllowed: () => boolean;
  readonly clock: Clock;
}

/** News as server-sent events, with a sign of life every 15 s; ends with the token, the reader or `signal`. */
export async function* eventStream(
  { following, isStillAllowed, clock }: Parts,
  signal: AbortSignal,
): AsyncGenerator<string> {
  try {
    yield ': following\n\n';
    while (!signal.aborted && following.isFollowing()) {
      const cameInTime = await somethingCame(following, clock, signal);
      if (!isStillAllowed() || signal.aborted) return;
      const news = following.takeAll();
      if (news.length > 0) yield news.map(eventText).join('');
      else if (!cameInTime) yield ': still here\n\n';
    }
  } finally {
    following.end();
  }
}

/** False when the time for a sign of life came first. */
async function somethingCame(following: Following, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const waiting = new AbortController();
  const stop = AbortSignal.any([signal, waiting.signal]);
  const news = new Promise<boolean>((resolve) => following.onNews(() => resolve(true)));
  const silence = clock.sleep(HEARTBEAT_MS, stop).then(
    () => false,
    () => false,
  );
  const came = await Promise.race([news, silence]);
  waiting.abort();
  return came;
}

function eventText(news: LineNews): string {
  const content = {
    line: news.line,
    at: timeOf(news.at),
    ...(news.kind === 'off-line' ? { reason: news.reason } : {}),
  };
  return `event: ${news.kind}\ndata: ${JSON.stringify(content)}\n\n`;
}
