import type { Address } from '../../protocol/address.ts';
import { OWN_PATH } from './assets.ts';
import type { Scheme } from './host.ts';

/** One request, reduced to what answering may know: cookies and authorization are the line's own business and not in here. */
export interface Visit {
  readonly method: string;
  readonly scheme: Scheme;
  /** Every Host field, as received. */
  readonly hosts: readonly string[];
  /** The request target, as received. */
  readonly target: string;
  /** What a browser says the answer is for (`Sec-Fetch-Dest`); null when it does not say. */
  readonly purpose: string | null;
  readonly form: PostedForm;
  /** `Range`, as received; null when there is none. */
  readonly range: string | null;
  /** Aborted when the visitor goes away. */
  readonly signal: AbortSignal;
  /** Null when the connection is gone already. */
  readonly visitor: Address | null;
}

/** The body of a request, as far as it is a form. */
export type PostedForm =
  | { readonly kind: 'none' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'posted'; readonly fields: unknown; readonly file: PostedFile | null };

/** A file of a form, behind its fields; read once, or not at all. */
export interface PostedFile {
  readonly mediaType: string;
  readonly source: AsyncIterable<Uint8Array>;
}

/** What goes back to the visitor. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are sent as they come. */
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array | string>;
}

/** Path and query of a request target. The authority of an absolute-form target is ignored: only Host names the line. */
export interface Target {
  readonly path: string;
  readonly query: string;
}

/** The query parameter of requests that a page of ours makes by itself; its value counts them. */
const MARKER = 'porchlight';

export function readTarget(target: string): Target {
  const local = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/#.*$/s, '');
  const at = local.indexOf('?');
  if (at < 0) return { path: local || '/', query: '' };
  return { path: local.slice(0, at) || '/', query: local.slice(at + 1) };
}

/** How many times a page of ours has reloaded itself to get here; null when a person came. */
export function reloadsOf({ query }: Target): number | null {
  const value = new URLSearchParams(query).get(MARKER);
  if (value === null) return null;
  return /^\d{1,3}$/.test(value) ? Number(value) : 0;
}

/** The same place at `origin`, marked as the reload of that number, or unmarked for null. Never leads to another origin. */
export function placeAt(origin: string, { path, query }: Target, reload: number | null): string {
  const url = new URL(origin);
  url.pathname = path.length > 1000 ? '/' : path;
  const kept = query
    .split('&')
    .filter((pair) => pair !== '' && pair.split('=')[0] !== MARKER && query.length <= 1000);
  url.search = [...kept, ...(reload === null ? [] : [`${MARKER}=${reload}`])].join('&');
  return url.href;
}

/** Whether a GET shows the page to somebody: no automatic reload, no icon, nothing that a page embeds or fetches. */
export function isSeen({ method, purpose }: Pick<Visit, 'method' | 'purpose'>, target: Target): boolean {
  const isForPage = purpose === null || ['document', 'iframe', 'frame'].includes(purpose);
  const isPage = target.path !== '/favicon.ico' && !target.path.startsWith(OWN_PATH);
  return method === 'GET' && isForPage && isPage && reloadsOf(target) === null;
}
