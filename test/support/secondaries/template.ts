import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The words in capitals that stand for a provider's own values in packaging/secondaries. */
export const PLACEHOLDERS = [
  'ZONE',
  'PRIMARY',
  'PRIMARY_PORT',
  'ADDRESS',
  'PORT',
  'FOLDER',
  'TSIG_NAME',
  'ALGORITHM',
  'SECRET',
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

const ANY = new RegExp(`\\b(${PLACEHOLDERS.join('|')})\\b`, 'g');

/** A configuration of packaging/secondaries as it stands there, and as docs/dns.md shows it. */
export function templateText(file: string): string {
  return readFileSync(
    fileURLToPath(new URL(`../../../packaging/secondaries/${file}`, import.meta.url)),
    'utf8',
  );
}

/** The template with every placeholder replaced. */
export function filledIn(template: string, values: Readonly<Record<Placeholder, string>>): string {
  return template.replace(ANY, (word) => values[word as Placeholder]);
}
