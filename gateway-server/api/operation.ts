import type { Static, TSchema } from 'typebox';
import type { Scope } from '../web/doorkeeper.ts';

/** What an operation is told of the request, once it is known to be as the schemas say. */
export interface Call<Caller, Params = unknown, Query = unknown, Body = unknown> {
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** `Range` and `If-Match`, as received. */
  readonly range: string | null;
  readonly ifMatch: string | null;
  /** `Content-Type`, as received; empty when there was none. */
  readonly mediaType: string;
  /** Of an operation that takes raw bytes. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** False once the token was revoked or is over; for answers that last. */
  readonly isStillAllowed: () => boolean;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

export interface Mistake {
  readonly at: string;
  readonly problem: string;
}

type Headers = Readonly<Record<string, string>>;

export type Reply =
  | { readonly kind: 'value'; readonly status: number; readonly value: unknown; readonly headers: Headers }
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'bytes';
      readonly status: number;
      readonly headers: Headers;
      readonly pieces: AsyncIterable<Uint8Array | string>;
    }
  | {
      readonly kind: 'problem';
      readonly status: number;
      readonly detail: string;
      readonly mistakes: readonly Mistake[];
      readonly headers: Headers;
    };

/** What can be asked for, with everything that its description and its checks are made from. */
export interface Operation<
  Caller,
  Params extends TSchema = TSchema,
  Query extends TSchema = TSchema,
  Body extends TSchema = TSchema,
> {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the API's own path, as `/messages/{number}`. */
  readonly path: string;
  readonly topic: string;
  readonly summary: string;
  /** The token needs all of them. */
  readonly scopes: readonly Scope[];
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** In place of `body`: any bytes, streamed in. */
  readonly takesBytes?: true;
  readonly mostBodyBytes?: number;
  /** By status; null for no body, a media type for bytes. Problems need no mention. */
  readonly answers: Readonly<Record<number, TSchema | string | null>>;
  run(call: Call<Caller, Static<Params>, Static<Query>, Static<Body>>): Reply | Promise<Reply>;
}

/** Lets an operation's own schemas say what its calls hold. */
export function operation<Caller>() {
  return <P extends TSchema, Q extends TSchema, B extends TSchema>(
    described: Operation<Caller, P, Q, B>,
  ): Operation<Caller> => described;
}

export function value(content: unknown, status = 200, headers: Headers = {}): Reply {
  return { kind: 'value', status, value: content, headers };
}

export const NOTHING: Reply = { kind: 'nothing' };

export function problem(status: number, detail: string, headers: Headers = {}): Reply {
  return { kind: 'problem', status, detail, mistakes: [], headers };
}
