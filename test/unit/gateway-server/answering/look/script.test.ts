import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { script } from '../../../../../gateway-server/answering/look/script.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

type Answer = { readonly status: number; readonly state?: string };

/** As much of a browser as the script touches: an off-line page whose status endpoint answers what the test says. */
function offLinePage(hasEvents = false) {
  const clock = new ManualClock();
  const listeners = new Map<string, () => void>();
  const news = { hidden: true };
  const asked: string[] = [];
  const page = { answer: { status: 200, state: 'off-line' } as Answer, isUnreachable: false };
  const document = {
    hidden: false,
    documentElement: { dataset: { lamp: 'unlit' } },
    querySelectorAll: () => [],
    querySelector: (selector: string) => (selector === '[data-status]' ? { children: [news] } : null),
    addEventListener: (event: string, listener: () => void) => void listeners.set(event, listener),
    removeEventListener: (event: string) => void listeners.delete(event),
  };
  const fetch = async (path: string) => {
    asked.push(path);
    if (page.isUnreachable) throw new TypeError('failed to fetch');
    const { status, state } = page.answer;
    return { status, json: async () => (state === undefined ? Promise.reject(new Error()) : { state }) };
  };
  const events = new Map<string, () => void>();
  class EventSource {
    addEventListener(event: string, listener: () => void): void {
      events.set(event, listener);
    }

    close(): void {
      events.clear();
    }
  }
  runInNewContext(script, {
    document,
    fetch,
    ...(hasEvents ? { EventSource } : {}),
    setTimeout: (turn: () => void, ms: number) => {
      const stop = new AbortController();
      clock.sleep(ms, stop.signal).then(turn, () => undefined);
      return stop;
    },
    clearTimeout: (timer: AbortController | undefined) => timer?.abort(),
  });
  const isTold = () => !news.hidden && document.documentElement.dataset.lamp === 'lit';
  return {
    clock,
    page,
    document,
    asked,
    isTold,
    events,
    turnTo: () => listeners.get('visibilitychange')?.(),
  };
}

test('an open page asks every ten seconds and tells when the line is back, then asks no more', async () => {
  const { clock, page, asked, isTold } = offLinePage();
  await clock.advance(20_000);
  expect(asked).toEqual(['/.porchlight/status', '/.porchlight/status']);
  expect(isTold()).toBe(false);
  page.answer = { status: 200, state: 'live' };
  await clock.advance(10_000);
  expect(isTold()).toBe(true);
  await clock.advance(60_000);
  expect(asked).toHaveLength(3);
});

test('an open page is told by an event that the line is back, and asks no more', async () => {
  const { clock, asked, events, isTold } = offLinePage(true);
  await clock.advance(5_000);
  events.get('live')?.();
  expect(isTold()).toBe(true);
  await clock.advance(60_000);
  expect([asked, events.size]).toEqual([[], 0]);
});

test.each([
  ['a page of its own', { status: 404 }, true],
  ['a redirect', { status: 0 }, true],
  ['a fault of the gateway', { status: 500 }, false],
  ['a name that is gone', { status: 404, state: 'nobody' }, false],
])('an open page that gets %s draws the right conclusion', async (_what, answer, isBack) => {
  const { clock, page, isTold } = offLinePage();
  page.answer = answer;
  await clock.advance(10_000);
  expect(isTold()).toBe(isBack);
});

test('an open page goes on asking when nobody is reached', async () => {
  const { clock, page, asked, isTold } = offLinePage();
  page.isUnreachable = true;
  await clock.advance(30_000);
  expect(asked).toHaveLength(3);
  expect(isTold()).toBe(false);
});

test('a page in the background asks nothing, and asks at once when it is looked at again', async () => {
  const { clock, document, asked, turnTo } = offLinePage();
  document.hidden = true;
  turnTo();
  await clock.advance(60_000);
  expect(asked).toEqual([]);
  document.hidden = false;
  turnTo();
  expect(asked).toHaveLength(1);
});
