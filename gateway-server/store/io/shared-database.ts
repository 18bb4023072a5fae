import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { unavailable } from './sqlite-failure.ts';
import type { WriteGroup } from './write-group.ts';

/** One connection for all parts of the store: what they write in one turn shares a transaction and a flush. */
export interface SharedDatabase {
  readonly database: DatabaseSync;
  readonly writes: WriteGroup;
}

/** Rejects with StoreUnavailable when the database cannot be read now. */
export async function reading<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    throw unavailable(error);
  }
}

export type Row = Readonly<Record<string, unknown>>;

export function rowsOf(
  statement: StatementSync,
  ...values: readonly (string | number | null)[]
): readonly Row[] {
  return statement.all(...values) as readonly Row[];
}
