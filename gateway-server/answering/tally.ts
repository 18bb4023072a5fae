/** What answering has done since the gateway started. */
export interface AnsweringCounters {
  /** Pages shown in a line's place, seen for the first time by somebody. */
  readonly hits: number;
  /** Pages for visitors whose resolver is stale, automatic reloads included. */
  readonly staleVisits: number;
  readonly unknownHosts: number;
  readonly unreadableHosts: number;
  readonly messagesKept: number;
  /** Turned away by a limit, a full box or a store that was not available. */
  readonly messagesNotKept: number;
  readonly messagesTrapped: number;
}

export type Tally = { -readonly [K in keyof AnsweringCounters]: AnsweringCounters[K] };

export function emptyTally(): Tally {
  return {
    hits: 0,
    staleVisits: 0,
    unknownHosts: 0,
    unreadableHosts: 0,
    messagesKept: 0,
    messagesNotKept: 0,
    messagesTrapped: 0,
  };
}
