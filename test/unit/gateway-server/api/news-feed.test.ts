import { expect, test } from 'vitest';
import { eventStream } from '../../../../gateway-server/api/event-stream.ts';
import { NewsFeed } from '../../../../gateway-server/api/news-feed.ts';
import type { LineNews } from '../../../../gateway-server/line/line-news.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { ALICE } from '../../../support/stored-lines.ts';

const NEWS: LineNews = { kind: 'live', line: ALICE, at: 0 };
const EVENT = 'event: live\ndata: {"line":"alice","at":"1970-01-01T00:00:00.000Z"}\n\n';

test('a reader that does not read is let go and holds no more than a thousand news', () => {
  const feed = new NewsFeed();
  const following = feed.follow();
  for (let count = 0; count < 5_000; count++) feed.sees(NEWS);
  expect(feed.readers).toBe(0);
  expect(following?.isFollowing()).toBe(false);
  expect(following?.takeAll()).toHaveLength(1_001);
});

test('no more than so many read, and a place that is left is free again', () => {
  const feed = new NewsFeed(1);
  const first = feed.follow();
  expect(feed.follow()).toBeUndefined();
  first?.end();
  expect(feed.follow()).toBeDefined();
});

test('news that come while a piece is being sent are not missed', async () => {
  const { feed, events } = streaming();
  await events.next();
  feed.sees(NEWS);
  expect((await events.next()).value).toBe(EVENT);
  feed.sees(NEWS);
  feed.sees(NEWS);
  expect((await events.next()).value).toBe(EVENT + EVENT);
});

test('a stream gives a sign of life after each quarter of a minute', async () => {
  const { clock, events } = streaming();
  await events.next();
  const next = events.next();
  await clock.advance(14_999);
  const came = await Promise.race([next.then(() => true), Promise.resolve(false)]);
  expect(came).toBe(false);
  await clock.advance(1);
  expect((await next).value).toBe(': still here\n\n');
});

test('a stream ends when its reader goes, and leaves its place', async () => {
  const { feed, events, stop } = streaming();
  await events.next();
  const next = events.next();
  stop.abort();
  expect((await next).done).toBe(true);
  expect(feed.readers).toBe(0);
});

function streaming() {
  const feed = new NewsFeed();
  const following = feed.follow();
  if (!following) throw new Error('no place');
  const clock = new ManualClock();
  const stop = new AbortController();
  const events = eventStream({ following, isStillAllowed: () => true, clock }, stop.signal);
  return { feed, clock, stop, events };
}
