import process from 'node:process';
import { expect, test } from 'vitest';
import { CrashLab } from '../../support/crash/crash-lab.ts';
import { killPoints } from '../../support/crash/kill-point.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const { PORCHLIGHT_TEST_LONG } = process.env;
const POINTS = PORCHLIGHT_TEST_LONG ? 200 : 20;
const MOMENTS = PORCHLIGHT_TEST_LONG ? 40 : 3;
const LIMIT_MS = PORCHLIGHT_TEST_LONG ? 900_000 : 120_000;

test(`a gateway killed at ${POINTS} steps between queue and NOTIFY never loses what it told, nor takes a serial back`, {
  timeout: LIMIT_MS,
}, async () => {
  const lab = await CrashLab.open();
  const random = seededRandom(20_261_123);
  try {
    for (const point of killPoints(POINTS)) await lab.diesAt(point);
    for (let moment = 0; moment < MOMENTS; moment++) {
      await lab.diesAfter(random(600));
      await lab.diesAtItsStart(random(60));
    }
    await lab.survives();
    // what was proved above was proved of something
    expect(lab.acknowledged).toBeGreaterThan(POINTS);
    expect(lab.newcomers.acknowledged).toBeGreaterThan(POINTS / 2);
    expect(lab.witness.newest).toBeGreaterThan(POINTS);
    expect(lab.witness.differences).toBeGreaterThan(POINTS / 4);
  } finally {
    await lab.close();
  }
});
