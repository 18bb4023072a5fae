import { expect, test } from 'vitest';
import { type Status, StatusBoard } from '../../../agent/status.ts';
import { statusText } from '../../../agent/status-text.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function board() {
  const clock = new ManualClock(Date.UTC(2026, 10, 22, 20, 0));
  const shown: Status[] = [];
  const about = { version: '1', line: 'alice', domain: 'alice.example.test', gateway: 'mqtts://gw:8883' };
  const status = new StatusBoard(clock, about, (now) => shown.push(now));
  return { clock, status, shown };
}

test('keeps the time of the last change of state, and no more than 20 events', async () => {
  const { clock, status } = board();
  status.change({ state: 'live' }, 'event 0');
  await clock.advance(5_000);
  for (let i = 1; i < 30; i++) status.change({ state: 'live' }, `event ${i}`);
  expect(status.current.since).toBe(Date.UTC(2026, 10, 22, 20, 0));
  expect(status.current.events).toHaveLength(20);
  expect(status.current.events.at(-1)?.text).toBe('event 29');
});

test('tells people in aligned columns what is, since when, and what they missed', async () => {
  const { clock, status } = board();
  const away = {
    lastLogOn: null,
    offlineForMs: 65_000,
    offlineReason: 'silent',
    hits: 1,
    messages: 2,
    portal: null,
  } as const;
  status.change({ state: 'live', away, lastLive: clock.now() }, 'the name is live (serial 7)');
  await clock.advance(240_000);
  expect(statusText(status.current, clock.now()).split('\n')).toEqual([
    'state          live (since 2026-11-22 20:00:00Z, 4 min 0 s ago)',
    'name           alice.example.test',
    'line           alice',
    'addresses      none',
    'gateway        mqtts://gw:8883',
    'last live      2026-11-22 20:00:00Z, 4 min 0 s ago',
    'log-on before  none',
    'off-line time  1 min 5 s, silent',
    'meanwhile      1 visit, 2 messages',
    '',
    'lately',
    '  2026-11-22 20:00:00Z, 4 min 0 s ago  the name is live (serial 7)',
    '',
  ]);
});

test('tells what went wrong and what to do about it', () => {
  const { clock, status } = board();
  const lastFailure = { at: clock.now(), what: 'refused: too far', advice: 'move' };
  status.change({ state: 'refused', lastFailure, nextAttemptAt: clock.now() + 90_000 });
  const text = statusText(status.current, clock.now());
  expect(text).toContain('refused: too far');
  expect(text).toMatch(/what to do +move/);
  expect(text).toContain('in 1 min 30 s');
});
