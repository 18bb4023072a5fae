/** One of two sorted lists that become one, and how much of it is used up. */
interface Run<T> {
  readonly items: readonly T[];
  used: number;
}

/** About a millisecond of comparisons. */
const SLICE = 2_000;

/** As `sort` does it, with a turn for others after every few thousand comparisons. */
export async function sortedInSlices<T extends string>(
  items: readonly T[],
  othersTurn: () => Promise<void>,
): Promise<readonly T[]> {
  let runs: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += SLICE) {
    if (from > 0) await othersTurn();
    runs.push(items.slice(from, from + SLICE).sort());
  }
  while (runs.length > 1) {
    const longer: (readonly T[])[] = [];
    for (let at = 0; at < runs.length; at += 2)
      longer.push(await merged(runs[at] ?? [], runs[at + 1] ?? [], othersTurn));
    runs = longer;
  }
  return runs[0] ?? [];
}

async function merged<T extends string>(
  some: readonly T[],
  others: readonly T[],
  othersTurn: () => Promise<void>,
): Promise<readonly T[]> {
  const both = [
    { items: some, used: 0 },
    { items: others, used: 0 },
  ] as const;
  const all: T[] = [];
  while (all.length < some.length + others.length) {
    await othersTurn();
    mergeSlice(both, all);
  }
  return all;
}

function mergeSlice<T extends string>([some, others]: readonly [Run<T>, Run<T>], all: T[]): void {
  for (let count = 0; count < SLICE; count++) {
    const [a, b] = [some.items[some.used], others.items[others.used]];
    const isFromSome = a !== undefined && (b === undefined || a <= b);
    const next = isFromSome ? a : b;
    if (next === undefined) return;
    (isFromSome ? some : others).used += 1;
    all.push(next);
  }
}
