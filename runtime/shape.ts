/** Readers that turn unknown data (a settings file, a JSON message) into typed values and list every mistake at once. */

/** One thing that is wrong: where, what was found there, and what would be right. */
export interface Mistake {
  readonly key: string;
  readonly found: string;
  readonly expected: string;
}

/** Reads one value; gives `undefined` after noting what is wrong with it. */
export type Shape<T> = (raw: unknown, key: string, mistakes: Mistake[]) => T | undefined;

export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'wrong'; readonly mistakes: readonly Mistake[] };

type Shapes = Readonly<Record<string, Shape<unknown>>>;
type Read<S extends Shapes> = {
  readonly [K in keyof S]: S[K] extends Shape<infer T> ? T : never;
};

export function read<T>(shape: Shape<T>, raw: unknown): Reading<T> {
  const mistakes: Mistake[] = [];
  const value = shape(raw, '', mistakes);
  return mistakes.length > 0 || value === undefined ? { kind: 'wrong', mistakes } : { kind: 'read', value };
}

/** A single value; `parse` gives `undefined` for what it does not accept. */
export function scalar<T>(expected: string, parse: (raw: unknown) => T | undefined): Shape<T> {
  return (raw, key, mistakes) => {
    const value = parse(raw);
    if (value === undefined) mistakes.push({ key, found: shown(raw), expected });
    return value;
  };
}

/** A text that `parse` accepts. */
export function text<T = string>(expected: string, parse: (raw: string) => T | undefined): Shape<T> {
  return scalar(expected, (raw) => (typeof raw === 'string' ? parse(raw) : undefined));
}

export function integer(least: number, most: number): Shape<number> {
  return scalar(`a whole number from ${least} to ${most}`, (raw) =>
    Number.isInteger(raw) && Number(raw) >= least && Number(raw) <= most ? Number(raw) : undefined,
  );
}

export const flag: Shape<boolean> = scalar('true or false', (raw) =>
  typeof raw === 'boolean' ? raw : undefined,
);

export function oneOf<const W extends string>(...words: readonly W[]): Shape<W> {
  return scalar(`one of ${words.join(', ')}`, (raw) => words.find((word) => word === raw));
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (raw, key, mistakes) => (raw === null ? null : shape(raw, key, mistakes));
}

/** A key that may be left out; then it has the value `fallback`. */
export function optional<T>(shape: Shape<T>, fallback: T): Shape<T> {
  return (raw, key, mistakes) => (raw === undefined ? fallback : shape(raw, key, mistakes));
}

export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (raw, key, mistakes) => {
    if (!Array.isArray(raw)) return wrong(mistakes, key, raw, 'a list');
    const values = raw.map((item, index) => shape(item, `${key}[${index}]`, mistakes));
    return allRead(values) ? values : undefined;
  };
}

/** A table with free keys. */
export function dictionary<T>(shape: Shape<T>): Shape<ReadonlyMap<string, T>> {
  return (raw, key, mistakes) => {
    if (!isTable(raw)) return wrong(mistakes, key, raw, 'a table');
    const entries = Object.entries(raw).map(
      ([name, item]) => [name, shape(item, joined(key, name), mistakes)] as const,
    );
    const found = entries.filter((entry): entry is readonly [string, T & {}] => entry[1] !== undefined);
    return found.length === entries.length ? new Map(found) : undefined;
  };
}

/** A table with known keys; keys beyond them are mistakes in a settings file and are ignored in a message. */
export function table<S extends Shapes>(
  fields: S,
  others: 'refused' | 'ignored' = 'refused',
): Shape<Read<S>> {
  return (raw, key, mistakes) => {
    if (!isTable(raw)) return wrong(mistakes, key, raw, 'a table');
    if (others === 'refused') noteUnknownKeys(raw, fields, key, mistakes);
    const before = mistakes.length;
    const entries = Object.entries(fields).map(([name, shape]) => {
      const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
      return [name, shape(value, joined(key, name), mistakes)];
    });
    // every field was read by the shape of the same name, which is what Read<S> says
    return mistakes.length > before ? undefined : (Object.fromEntries(entries) as Read<S>);
  };
}

/** One line a mistake, ready to print below the name of what was read. */
export function describeMistakes(mistakes: readonly Mistake[]): string {
  return mistakes
    .map(({ key, found, expected }) => `  ${key || '(whole)'} = ${found}: give ${expected}`)
    .join('\n');
}

function noteUnknownKeys(raw: object, fields: Shapes, key: string, mistakes: Mistake[]): void {
  const known = Object.keys(fields).join(', ');
  for (const [name, value] of Object.entries(raw)) {
    if (Object.hasOwn(fields, name)) continue;
    mistakes.push({ key: joined(key, name), found: shown(value), expected: `one of the keys ${known}` });
  }
}

function wrong(mistakes: Mistake[], key: string, raw: unknown, expected: string): undefined {
  mistakes.push({ key, found: shown(raw), expected });
  return undefined;
}

function isTable(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function allRead<T>(values: readonly (T | undefined)[]): values is readonly T[] {
  return !values.includes(undefined);
}

function joined(key: string, name: string): string {
  return key === '' ? name : `${key}.${name}`;
}

function shown(raw: unknown): string {
  if (raw === undefined) return '(nothing)';
  const written = jsonOf(raw) ?? `(${typeof raw})`;
  return written.length > 60 ? `${written.slice(0, 57)}...` : written;
}

/** Undefined for what JSON cannot say, values that are nested deeper than the stack above all. */
function jsonOf(raw: unknown): string | undefined {
  try {
    return JSON.stringify(raw);
  } catch {
    return undefined;
  }
}
