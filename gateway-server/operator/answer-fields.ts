import type { Instant } from '../../runtime/clock.ts';
import { durationText, timeText } from './time-text.ts';

/** An answer has come over a socket as JSON: its fields are looked at, not trusted. */
export type Answer = Readonly<Record<string, unknown>>;

export function stateWord(state: string): string {
  return state === 'offline' ? 'off-line' : state;
}

export function when(at: unknown): string {
  return typeof at === 'number' ? timeText(at) : '-';
}

export function whenAndAgo(at: unknown, now: Instant): string {
  return typeof at === 'number' ? `${timeText(at)} (${durationText(Math.max(0, now - at))} ago)` : '-';
}

export function text(value: unknown, none = '-'): string {
  return value === null || value === undefined || value === '' ? none : String(value);
}

export function joined(values: unknown): string {
  return isFilled(values) ? values.join(' ') : '-';
}

export function isFilled(values: unknown): values is readonly unknown[] {
  return Array.isArray(values) && values.length > 0;
}

export function rowsOf(value: unknown): readonly Answer[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function fieldsOf(value: unknown): Answer {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
