import { describe, expect, test } from 'vitest';
import { BatchTimes } from '../../../../../gateway-server/zone/backup/batch-times.ts';
import { Progress } from '../../../../../gateway-server/zone/backup/progress.ts';

/** A zone whose batches one backup follows. */
function followed() {
  const times = new BatchTimes();
  const progress = new Progress(times);
  let ours = 0;
  const batch = (serial: number, now: number) => {
    ours = serial;
    times.note(serial, now);
    progress.expect(serial, now);
  };
  const shows = (serial: number, now: number) => progress.show(serial, ours, now);
  return { progress, batch, shows };
}

describe('the progress of a backup', () => {
  test('proves all batches up to the serial that it shows', () => {
    const { progress, batch, shows } = followed();
    batch(5, 0);
    batch(6, 10);
    shows(5, 20);
    expect([4, 5, 6].map((serial) => progress.proves(serial))).toEqual([true, true, false]);
    shows(6, 30);
    expect(progress.isInStep).toBe(true);
  });

  test('proves a batch after serials have begun anew (RFC 1982)', () => {
    const { progress, batch, shows } = followed();
    batch(0xffffffff, 0);
    shows(0, 10);
    expect(progress.proves(0xffffffff)).toBe(true);
  });

  test('lags by the age of the oldest batch that it lacks', () => {
    const { progress, batch, shows } = followed();
    expect(progress.lagMs(0)).toBeNull();
    batch(5, 0);
    shows(5, 10);
    expect(progress.lagMs(1_000)).toBe(0);
    batch(6, 2_000);
    batch(7, 3_000);
    expect(progress.lagMs(5_000)).toBe(3_000);
    shows(6, 5_000);
    expect(progress.lagMs(5_000)).toBe(2_000);
    shows(7, 5_500);
    expect(progress.lagMs(9_000)).toBe(0);
  });

  test('keeps its lag when it shows the same serial again, however many batches follow', () => {
    const { progress, batch, shows } = followed();
    batch(1, 0);
    shows(1, 0);
    for (let serial = 2; serial <= 3_000; serial++) batch(serial, serial);
    shows(1, 3_500);
    expect(progress.lagMs(4_000)).toBe(3_998);
  });

  test('remembers how long the newest batch took that it was seen to take over', () => {
    const { progress, batch, shows } = followed();
    batch(5, 0);
    shows(5, 900);
    expect(progress.lastLagMs).toBeNull();
    batch(6, 1_000);
    shows(6, 1_025);
    shows(6, 9_000);
    expect(progress.lastLagMs).toBe(25);
  });
});

describe('a backup that shows a later serial than ours', () => {
  test('is ahead, and has proved what it took over before we knew of it', () => {
    const { progress, batch, shows } = followed();
    batch(5, 0);
    shows(9, 10);
    expect([progress.isAhead, progress.proves(5)]).toEqual([true, true]);
  });

  test('proves the next batch only by a still later serial', () => {
    const { progress, batch, shows } = followed();
    batch(5, 0);
    shows(9, 10);
    batch(6, 100);
    shows(9, 110);
    expect([progress.proves(6), progress.lagMs(150)]).toEqual([false, 50]);
    shows(10, 160);
    expect([progress.proves(6), progress.lagMs(200), progress.lastLagMs]).toEqual([true, 0, 60]);
  });

  test('proves it even when the batch makes our serials equal', () => {
    const { progress, batch, shows } = followed();
    batch(5, 0);
    shows(6, 10);
    batch(6, 100);
    expect(progress.proves(6)).toBe(false);
    shows(7, 110);
    expect(progress.proves(6)).toBe(true);
  });

  test('is ahead no more once ours has come so far', () => {
    const { progress, batch, shows } = followed();
    batch(5, 0);
    shows(6, 10);
    batch(6, 100);
    batch(7, 110);
    shows(7, 120);
    expect(progress.isAhead).toBe(false);
    batch(8, 200);
    shows(8, 210);
    expect(progress.isInStep).toBe(true);
  });
});
