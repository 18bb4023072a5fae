import { errorName, errorText } from 'host:process';

/** An error of the system as Node makes them: its code is a name, its message says what was tried on what. */
export function systemError(errno: number, call: string, what = ''): Error {
  const code = errorName(errno);
  const text = errorText(errno);
  const words = `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
  const error = new Error(`${code}: ${words}, ${call}${what === '' ? '' : ` '${what}'`}`);
  return Object.assign(error, { code, errno: -errno, syscall: call });
}

/** Gives the result of a call of the host; one below 0 is an errno, and thrown as such. */
export function successOf(result: number, call: string, what = ''): number {
  if (result < 0) throw systemError(-result, call, what);
  return result;
}
