import { readFileSync } from 'node:fs';

/** The fenced blocks of one language in a document, in their order: what a reader would type. */
export function blocksOf(document: string, language: string): string[] {
  const text = readFileSync(new URL(`../../${document}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, found, block = '']) =>
    found === language ? [block] : [],
  );
}
