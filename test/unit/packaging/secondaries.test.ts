import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../../gateway-server/settings.ts';
import { filledIn, PLACEHOLDERS, templateText } from '../../support/secondaries/template.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FILES = readdirSync(join(ROOT, 'packaging/secondaries'));
const TEMPLATES = FILES.filter((file) => file.endsWith('.conf'));
const PAGE = readFileSync(join(ROOT, 'docs/dns.md'), 'utf8');

describe('docs/dns.md', () => {
  test.each(FILES)('shows packaging/secondaries/%s as the tests run it', (file) => {
    expect(PAGE).toContain(`\n${templateText(file)}\`\`\`\n`);
  });

  test.each(PLACEHOLDERS)('explains what stands for %s', (word) => {
    expect(PAGE).toMatch(new RegExp(`^\\| \`${word}\` +\\|`, 'm'));
  });

  test('names only files that are there', () => {
    const named = [...PAGE.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, file]) => file ?? '');
    const ours = named.filter((file) => !file.startsWith('https:'));
    expect(ours.length).toBeGreaterThan(20);
    expect(ours.filter((file) => !existsSync(join(ROOT, 'docs', file)))).toEqual([]);
  });
});

describe('a configuration of packaging/secondaries', () => {
  test.each(TEMPLATES)('has no word left to replace when all are given: %s', (file) => {
    const values = Object.fromEntries(PLACEHOLDERS.map((word) => [word, 'x'])) as Parameters<
      typeof filledIn
    >[1];
    expect(filledIn(templateText(file), values)).not.toMatch(/\b[A-Z]{3,}_[A-Z]+\b/);
    expect(PLACEHOLDERS.filter((word) => !new RegExp(`\\b${word}\\b`).test(templateText(file)))).toEqual([]);
  });

  test('the gateway takes its own part as it stands', () => {
    const settings = parseSettings(parse(templateText('gateway.toml')), 'gateway.toml');
    expect(settings.secondary.map(({ key, proof }) => [key, proof])).toEqual([
      ['xfr', true],
      ['xfr', false],
    ]);
  });
});
