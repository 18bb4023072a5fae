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

/** Other programs of this machine answer there too, and not all of them speak HTTPS. */
const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])$/;
const YEAR_SECONDS = 31_536_000;

/** Of the pages of a door at its own origin. */
export function pageHeaders(door: Door, { protocol, hostname }: URL): Readonly<Record<string, string>> {
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
    ...(protocol === 'https:' && !LOOPBACK.test(hostname)
      ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}` }
      : {}),
  };
}
