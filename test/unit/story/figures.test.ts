import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BLOCKS } from '../../story/blocks.ts';
import { figuresPage } from '../../story/figures-page.ts';

const ROOT = join(import.meta.dirname, '../../..');
const cells = (page: string) =>
  page
    .replaceAll(/ +/g, ' ')
    .replaceAll(/\| -+ (?=\|)/g, '| - ')
    .split('\n');

test('the two flowcharts have 15 and 28 blocks, each named once', () => {
  expect(BLOCKS.filter(({ figure }) => figure === 4)).toHaveLength(15);
  expect(BLOCKS.filter(({ figure }) => figure === 5)).toHaveLength(28);
  expect(new Set(BLOCKS.map(({ number }) => number)).size).toBe(43);
});

test('every file and test that the table names is there', () => {
  const named = new Set(BLOCKS.flatMap(({ file, test: guard }) => [file, guard]));
  expect([...named].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('docs/figures.md says what the table says', () => {
  expect(cells(readFileSync(join(ROOT, 'docs/figures.md'), 'utf8'))).toEqual(cells(figuresPage(BLOCKS)));
});
