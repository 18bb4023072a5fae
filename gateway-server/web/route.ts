import type { Role } from './account.ts';
import type { Session } from './doorkeeper.ts';

/** A file on its way in with a multipart form; the fields that stand before it in the form are read already. */
export interface Upload {
  /** The file's own name, without a path; may be empty. */
  readonly name: string;
  readonly mediaType: string;
  readonly source: AsyncIterable<Uint8Array>;
}

/** A request to the portal or the console, after the door was passed. */
export interface WebRequest {
  readonly path: string;
  /** What stands in place of `:name` in the route's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Of a posted form; the first value of each. */
  readonly fields: ReadonlyMap<string, string>;
  /** Only on routes that take one, and only when one came. */
  readonly upload: Upload | null;
  /** The session's secret, as it came in the cookie; null for none. */
  readonly cookie: string | null;
  /** `Range`, as received. */
  readonly range: string | null;
  /** One subscriber's worth of addresses, for limits. */
  readonly neighbourhood: string;
  /** Aborted when the visitor goes away. */
  readonly signal: AbortSignal;
}

export interface WebReply {
  readonly status: number;
  /** On top of the strict ones that every reply gets (page-headers.ts); the same key takes their place. */
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are sent as they come. */
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array | string>;
  /** Sets the session cookie, or clears it for null; left alone when absent. */
  readonly cookie?: string | null;
}

interface RouteShape {
  readonly method: 'GET' | 'POST';
  /** As `/messages/:number`. */
  readonly path: string;
  /** Streams one file of a multipart form in; otherwise forms are urlencoded and at most 1 MiB. */
  readonly takesUpload?: boolean;
  /** Asked for by a page, not by a person: it does not put off the end of an idle session. */
  readonly asksByItself?: boolean;
}

/**
 * One page or one change. Before `run`, the server has checked: the session (or leads to the log-in page), the role, and on
 * every POST the Origin header and the form's `token`. GET changes nothing.
 */
export type Route =
  | (RouteShape & {
      readonly for: 'anybody';
      readonly run: (request: WebRequest, session: Session | null) => WebReply | Promise<WebReply>;
    })
  | (RouteShape & {
      /** Somebody who is logged in; in the console with at least this role. */
      readonly for: 'owner' | Role;
      readonly run: (request: WebRequest, session: Session) => WebReply | Promise<WebReply>;
    });

export function page(body: string, status = 200, headers: WebReply['headers'] = {}): WebReply {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body };
}

/** After a change: the browser asks for the page anew, and going back does not send the change again. */
export function seeOther(path: string, cookie?: string | null): WebReply {
  return { status: 303, headers: { location: path }, body: '', ...(cookie === undefined ? {} : { cookie }) };
}
