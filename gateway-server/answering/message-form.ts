import type { NewMessage } from '../subscriber/mailbox.ts';
import { texts } from './texts.ts';

/** What a visitor writes, before and after it is looked at. */
export type Draft = Pick<NewMessage, 'name' | 'contact' | 'text'>;

/** What is wrong, in words for the visitor, beside the field. */
export type DraftMistakes = Readonly<Partial<Record<keyof Draft, string>>>;

/** A posted form. */
export interface Submission {
  readonly to: string;
  readonly seal: string;
  /** Whether the field that no person sees was filled in. */
  readonly isTrapped: boolean;
  readonly draft: Draft;
}

export const MOST_CHARACTERS = { name: 80, contact: 120, text: 4000 } as const;

/** The names of the form's fields. `trap` is hidden from people and named like nothing that browsers fill in by themselves. */
export const FIELDS = {
  to: 'to',
  seal: 'seal',
  trap: 'remark',
  name: 'name',
  contact: 'contact',
  text: 'text',
  recording: 'recording',
} as const;

export const EMPTY_DRAFT: Draft = { name: '', contact: '', text: '' };

/** Takes any form for what it is: a field that is missing is empty. */
export function readSubmission(form: unknown): Submission {
  const field = (name: keyof typeof FIELDS) => fieldOf(form, FIELDS[name]);
  return {
    to: field('to').trim(),
    seal: field('seal'),
    isTrapped: field('trap') !== '',
    draft: {
      name: oneLine(field('name')),
      contact: oneLine(field('contact')),
      text: paragraphs(field('text')),
    },
  };
}

/** No mistakes: an empty object. */
export function mistakesIn(draft: Draft): DraftMistakes {
  return {
    ...lengthMistake(draft, 'name'),
    ...lengthMistake(draft, 'contact'),
    ...(draft.text === '' ? { text: texts.form.emptyText } : lengthMistake(draft, 'text')),
  };
}

function lengthMistake(draft: Draft, field: keyof Draft): DraftMistakes {
  const [length, most] = [draft[field].length, MOST_CHARACTERS[field]];
  return length > most ? { [field]: texts.form.tooLong(length, most) } : {};
}

function fieldOf(form: unknown, name: string): string {
  if (typeof form !== 'object' || form === null || !Object.hasOwn(form, name)) return '';
  const values: unknown = Object.entries(form).find(([key]) => key === name)?.[1];
  const value: unknown = Array.isArray(values) ? values[0] : values;
  return typeof value === 'string' ? value.toWellFormed() : '';
}

function oneLine(raw: string): string {
  return raw.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** Line ends become LF; other control characters but the tab go. */
function paragraphs(raw: string): string {
  return raw
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .trim();
}
