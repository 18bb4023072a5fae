import type { LineId } from '../../../protocol/line-id.ts';
import type { Scope } from '../../web/doorkeeper.ts';
import { type Operation, operation } from '../operation.ts';

/** Somebody who holds a token of a line; no operation takes a line from anywhere else. */
export interface OwnerCaller {
  readonly line: LineId;
  /** For the audit log: `token NAME of LOGIN`. */
  readonly actor: string;
  readonly scopes: readonly Scope[];
}

/** Puts a change of the caller's line into the audit log. */
export type Note = (caller: OwnerCaller, action: string, detail: string) => Promise<void>;

export type OwnerOperation = Operation<OwnerCaller>;

export const ownerOperation = operation<OwnerCaller>();
