import type { Asset } from './assets.ts';
import type { Called } from './called.ts';
import type { Reply } from './visit.ts';

/**
 * Sent with everything. Every connection ends with its answer: one that stayed open would lead the browser to the gateway
 * again after the line is back.
 */
const ALWAYS = {
  connection: 'close',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
} as const;

const POLICY = [
  "default-src 'none'",
  "img-src 'self' data:",
  "media-src 'self' blob:",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export type Headers = Readonly<Record<string, string>>;

/** A page that may not be kept by any cache; its forms may post to `formsTo` alone, or nowhere. */
export function pageReply(
  status: number,
  body: string,
  formsTo: string | null,
  headers: Headers = {},
): Reply {
  const policy = `${POLICY}; form-action ${formsTo ?? "'none'"}`;
  return {
    status,
    headers: {
      ...ALWAYS,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': policy,
      ...headers,
    },
    body,
  };
}

/** An owner's document: it can run nothing, load nothing from elsewhere, and be framed by the line's page and the portal alone. */
export function framedReply(body: string, portalOrigin: string | null): Reply {
  const policy = [
    'sandbox',
    "default-src 'none'",
    "img-src 'self' data:",
    "media-src 'self'",
    "style-src 'unsafe-inline'",
    `frame-ancestors 'self'${portalOrigin === null ? '' : ` ${portalOrigin}`}`,
  ];
  return {
    status: 200,
    headers: {
      ...ALWAYS,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': policy.join('; '),
    },
    body,
  };
}

/** Bytes of an owner's: never a page, whatever they say. */
export function contentReply(status: number, body: Reply['body'], headers: Headers): Reply {
  return {
    status,
    headers: {
      ...ALWAYS,
      'cache-control': 'no-store',
      'content-security-policy': "sandbox; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'",
      ...headers,
    },
    body,
  };
}

/** Events as they come (WHATWG HTML §9.2). */
export function eventsReply(body: AsyncIterable<string>): Reply {
  return {
    status: 200,
    headers: { ...ALWAYS, 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
    body,
  };
}

/** Whether the line is back, for the script of a page that somebody is still reading. */
export function statusReply(kind: Called['kind']): Reply {
  const state = kind === 'leave' ? 'nobody' : kind;
  return {
    status: state === 'nobody' ? 404 : 200,
    headers: { ...ALWAYS, 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ state }),
  };
}

export function assetReply({ type, body }: Asset): Reply {
  return {
    status: 200,
    headers: {
      ...ALWAYS,
      'content-type': type,
      'cache-control': 'public, max-age=3600',
      'content-security-policy': "default-src 'none'",
    },
    body,
  };
}
