import type { Door } from './doorkeeper.ts';

/** `__Host-` binds the cookie to our own host over HTTPS: no subscriber's name can set it for us (RFC 6265bis §4.1.3.2). */
export function cookieName(door: Door, isSecure: boolean): string {
  return `${isSecure ? '__Host-' : ''}porchlight-${door}`;
}

/** For a `Cookie` header; undefined when it is not there, or there twice, which only somebody else can have done. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const found = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return found.length === 1 && found[0] !== '' ? found[0] : undefined;
}

/** For a `Set-Cookie` header; null takes the cookie away. */
export function setCookie(name: string, value: string | null, isSecure: boolean): string {
  const rest = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  return value === null ? `${name}=; Max-Age=0; ${rest}` : `${name}=${value}; ${rest}`;
}
