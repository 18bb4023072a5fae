import { until } from './waiting.ts';

/** One JSON line of a program of ours; lines of other programs have only their text as `event`. */
export interface LogLine {
  readonly event: string;
  readonly level?: string;
  readonly block?: number;
  readonly [field: string]: unknown;
}

/** The fields that a line must have, with these very values. */
export type Wanted = Readonly<Record<string, unknown>>;

/** A place in a log, to look only at what comes after it. */
export type LogMark = number;

/** All that a program has said so far. */
export class ProgramLog {
  readonly lines: LogLine[] = [];
  #rest = '';

  take(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.lines.push(parsed(line));
  }

  /** Here and now. */
  mark(): LogMark {
    return this.lines.length;
  }

  all(wanted: Wanted, since: LogMark = 0): readonly LogLine[] {
    return this.lines.slice(since).filter((line) => fits(line, wanted));
  }

  has(wanted: Wanted, since: LogMark = 0): boolean {
    return this.all(wanted, since).length > 0;
  }

  /** The first such line after the mark, as soon as it is there. */
  async waitFor(wanted: Wanted, limitMs: number, since: LogMark = 0): Promise<LogLine> {
    return await until(
      `a log line with ${JSON.stringify(wanted)}`,
      limitMs,
      () => this.all(wanted, since)[0],
    );
  }

  /** The first line of another's program that has this text in it. */
  async waitForText(text: string, limitMs: number, since: LogMark = 0): Promise<LogLine> {
    return await until(`a line with "${text}"`, limitMs, () =>
      this.lines.slice(since).find((line) => line.event.includes(text)),
    );
  }

  toString(): string {
    return this.lines.map((line) => JSON.stringify(line)).join('\n');
  }
}

function parsed(line: string): LogLine {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && 'event' in value) return value as LogLine;
  } catch {
    // not one of ours
  }
  return { event: line };
}

function fits(line: LogLine, wanted: Wanted): boolean {
  return Object.entries(wanted).every(([field, value]) => line[field] === value);
}
