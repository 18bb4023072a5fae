import { expect, test } from 'vitest';
import { tokens } from '../../../../../gateway-server/answering/look/tokens.ts';
import { appSheet } from '../../../../../gateway-server/web/look/app-sheet.ts';

function block(selector: string): string {
  const from = appSheet.indexOf(`${selector} {`);
  return from < 0 ? '' : appSheet.slice(from, appSheet.indexOf('}', from));
}

test('a theme that somebody has chosen sets every token, whatever the system prefers', () => {
  const names = [...tokens.matchAll(/(--[\w-]+):/g)].map(([, name]) => name ?? '');
  expect(names.length).toBeGreaterThan(20);
  for (const theme of ['light', 'dark'])
    for (const name of names) expect(block(`:root[data-theme="${theme}"]`)).toContain(`${name}:`);
  expect(block(':root[data-theme="light"]')).toMatch(/color-scheme: light;\n$/);
  expect(block(':root[data-theme="dark"]')).toMatch(/color-scheme: dark;\n$/);
});
