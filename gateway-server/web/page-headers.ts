import type { Door } from './doorkeeper.ts';

/** Sent with every page of the portal and the console; scripts and styles come from our own origin alone. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const YEAR_SECONDS = 31_536_000;

export function pageHeaders(door: Door, isSecure: boolean): Readonly<Record<string, string>> {
  const recorder = door === 'portal' ? '(self)' : '()';
  return {
    'content-security-policy': POLICY,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // under `no-referrer` browsers post forms with `Origin: null` (Fetch §3.2), which is what a stranger's form may have too
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': `microphone=${recorder}, camera=${recorder}, geolocation=(), payment=()`,
    'x-robots-tag': 'noindex',
    ...(isSecure ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}` } : {}),
  };
}
