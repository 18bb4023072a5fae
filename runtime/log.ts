import type { Clock } from './clock.ts';

/** What an event says beyond its name; values stay short and never hold a secret. */
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

export interface Logger {
  /** A person must act. */
  error(event: string, fields?: Fields): void;
  /** Something was lost. */
  warn(event: string, fields?: Fields): void;
  /** The life of a line. */
  info(event: string, fields?: Fields): void;
  debug(event: string, fields?: Fields): void;
}

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes one JSON line an event, for events of `least` and graver. */
export function lineLogger(clock: Clock, write: (line: string) => void, least: LogLevel = 'info'): Logger {
  const at = (level: LogLevel) => {
    if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(least)) return () => undefined;
    return (event: string, fields: Fields = {}) =>
      write(`${JSON.stringify({ time: new Date(clock.now()).toISOString(), level, event, ...fields })}\n`);
  };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
