import type { Instant } from '../../runtime/clock.ts';

/** Who did what, kept for good. */
export interface AuditEntry {
  readonly number: number;
  readonly at: Instant;
  /** A log-in name, `token NAME of LOGIN`, or `command line of SYSTEM-ACCOUNT`. */
  readonly actor: string;
  /** As the commands are called: `line add`, `page take-down`, `log in`. */
  readonly action: string;
  /** The line, account or webhook that it was done to; empty for none. */
  readonly subject: string;
  /** In words; never a secret. */
  readonly detail: string;
}

export interface AuditLog {
  /** On disk when it resolves. */
  note(entry: Omit<AuditEntry, 'number' | 'at'>): Promise<void>;
  /** Newest first. */
  entries(page: {
    readonly before: number | null;
    readonly most: number;
    readonly subject: string | null;
  }): Promise<readonly AuditEntry[]>;
}
