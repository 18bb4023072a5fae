/** The part of Node's path that is used; paths of Linux. */
export function dirname(path: string): string {
  const at = path.replace(/\/+$/, '').lastIndexOf('/');
  if (at < 0) return '.';
  return path.slice(0, at).replace(/\/+$/, '') || '/';
}

export function basename(path: string, ending = ''): string {
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return ending !== '' && name.endsWith(ending) && name !== ending ? name.slice(0, -ending.length) : name;
}

export function extname(path: string): string {
  return /[^/](\.[^./]*)$/.exec(path)?.[1] ?? '';
}

export function join(...parts: readonly string[]): string {
  const joined = parts.filter((part) => part !== '').join('/');
  return joined.replace(/\/{2,}/g, '/') || '.';
}
