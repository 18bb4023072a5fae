import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { enginesFor } from '../../support/agent-engines.ts';

const PROGRAM = new URL('../../support/agent-chaos-program.ts', import.meta.url).pathname;
const { PORCHLIGHT_TEST_LONG: isLong, PORCHLIGHT_CHAOS_SEED: given } = process.env;
const SEED = Number(given ?? 20_261_123);
/** The small engine is fifty times slower: a tenth of the day in the short form. */
const disturbancesOn = (name: string) => (name === 'Node' || isLong ? 10_000 : 1_000);
const SIGNALS = isLong ? 1_000_000 : 50_000;
/** 23 bytes kept for each signal would be more than this in the short form, one byte in the long form. */
const MOST_GROWTH_KIB = 1_024;

const run = promisify(execFile);

describe.each(enginesFor(PROGRAM, 'chaos-day'))(
  'the core on $name',
  ({ name, words: [program, ...start], isBuilt }) => {
    const disturbances = disturbancesOn(name);

    async function told<T>(...words: string[]): Promise<T> {
      const flags = name === 'Node' ? ['--expose-gc'] : [];
      const { stdout } = await run(program, [...flags, ...start, ...words]);
      return JSON.parse(stdout);
    }

    test.runIf(isBuilt)(
      `is live in time after each of ${disturbances} disturbances, ten thousand a day`,
      async () => {
        const day = await told<import('../../support/agent-chaos-day.ts').ChaosDay>(
          'day',
          String(SEED),
          String(disturbances),
        );
        const { tooLate, hours, worstSeenMs, worstUnseenMs } = day;
        process.stdout.write(`${name}: seed ${SEED}, worst ${worstSeenMs} and ${worstUnseenMs} ms\n`);
        expect(tooLate).toEqual([]);
        expect(hours).toBeGreaterThanOrEqual((24 * disturbances) / 10_000);
        expect(day.disturbances).toBe(disturbances);
      },
      300_000,
    );

    test.runIf(isBuilt)(
      `holds no more memory after ${SIGNALS} alive signals than after a tenth of them`,
      async () => {
        const { alives, held } = await told<{ alives: number; held: [number, number] }>(
          'alive',
          String(SIGNALS),
        );
        expect(alives).toBeGreaterThanOrEqual(SIGNALS);
        process.stdout.write(`${name}: ${held.join(' and ')} KiB\n`);
        expect(held[1] - held[0]).toBeLessThanOrEqual(MOST_GROWTH_KIB);
      },
      600_000,
    );
  },
);
