import { expect, test } from 'vitest';
import { LOG_LEVELS, type LogLevel, lineLogger } from '../../../runtime/log.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function written(least?: LogLevel): string[] {
  const lines: string[] = [];
  const log = lineLogger(new ManualClock(Date.UTC(2030, 0, 2, 3, 4, 5)), (line) => lines.push(line), least);
  for (const level of LOG_LEVELS) log[level]('line went off-line', { line: 'alice', silentMs: 7 });
  return lines;
}

test('writes one line of JSON an event', () => {
  expect(written('error')).toEqual([
    '{"time":"2030-01-02T03:04:05.000Z","level":"error","event":"line went off-line","line":"alice","silentMs":7}\n',
  ]);
});

test.each([
  ['error', 1],
  ['warn', 2],
  ['info', 3],
  ['debug', 4],
] as const)('writes events of %s and graver ones', (least, count) => {
  expect(written(least).map((line) => JSON.parse(line).level)).toEqual(LOG_LEVELS.slice(0, count));
});

test('writes info and graver unless told otherwise', () => {
  expect(written()).toEqual(written('info'));
});

test('keeps a text with a line break in one line', () => {
  const lines: string[] = [];
  const log = lineLogger(new ManualClock(), (line) => lines.push(line));
  log.warn('odd', { text: 'one\ntwo' });
  log.info('bare');
  expect(lines.map((line) => line.trimEnd().includes('\n'))).toEqual([false, false]);
});
