import type { LineId } from '../../../protocol/line-id.ts';
import { type Operation, operation } from '../operation.ts';

/** Somebody who holds a token of a line; no operation takes a line from anywhere else. */
export interface OwnerCaller {
  readonly line: LineId;
}

export type OwnerOperation = Operation<OwnerCaller>;

export const ownerOperation = operation<OwnerCaller>();
