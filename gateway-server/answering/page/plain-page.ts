import { html } from '../html.ts';
import { sheet } from './sheet.ts';

export interface PlainPage {
  readonly title: string;
  readonly heading: string;
  readonly sentence: string;
}

/** A page that only says something: nobody here, too much at once. */
export function plainPage({ title, heading, sentence }: PlainPage, provider: string): string {
  return sheet({ title, lamp: 'unlit', heading: html`${heading}`, sentence, content: null, provider });
}
