import type { ApiToken, Door } from '../web/doorkeeper.ts';
import type { Operation } from './operation.ts';

/** One of the two APIs: what can be asked for, and by whom. */
export interface Api<Caller> {
  readonly door: Door;
  readonly title: string;
  readonly description: string;
  readonly operations: readonly Operation<Caller>[];
  /** Undefined for a token that belongs to the other API. */
  readonly callerOf: (token: ApiToken) => Caller | undefined;
}
