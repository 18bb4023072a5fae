import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LineQuestion, linesFound } from '../../../../../gateway-server/api/operator/line-search.ts';
import type { LineId } from '../../../../../protocol/line-id.ts';
import { lineOf } from '../../../../support/gateway-lab.ts';
import { Operator } from '../../../../support/operator.ts';

const ALL: LineQuestion = { search: '', state: null, after: null, most: 10 };

test('page after page gives every line that matches once, in the order of the ids', async () => {
  const id = fc.stringMatching(/^[a-c][a-c0-1]{0,3}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(id, { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('', 'a'),
      async (ids, most, search) => {
        const { desk, lab } = await Operator.at({ lines: ids, afterGrace: false });
        const seen: string[] = [];
        for (let after: LineId | null = null; ; after = seen.at(-1) as LineId) {
          const page = await linesFound(desk, { ...ALL, search, after, most });
          seen.push(...page.map(({ line }) => line.id));
          if (page.length < most) break;
        }
        await lab.stop();
        const matching = ids.filter((one) => `${one}.mwebpages.test`.includes(search));
        expect(seen).toEqual(matching.toSorted());
      },
    ),
    { numRuns: 20 },
  );
});

test('a line is found by its names, its state and the address that leads to it', async () => {
  const www = 'www.bob.mwebpages.test' as never;
  const { desk, lab } = await Operator.at({ lines: ['alice', lineOf('bob', { names: [www] })] });
  await lab.live('alice', { ipv4: '198.51.100.7' });
  const found = async (question: Partial<LineQuestion>) =>
    (await linesFound(desk, { ...ALL, ...question })).map(({ line }) => line.id);
  expect(await found({ search: 'WWW.b' })).toEqual(['bob']);
  expect(await found({ search: '198.51.100.7' })).toEqual(['alice']);
  expect(await found({ state: 'live' })).toEqual(['alice']);
  expect(await found({ state: 'live', search: 'bob' })).toEqual([]);
});
