const ITEMS_A_SLICE = 200;

/** Does `work` for every item, and lets others have their turn after every few hundred: large work holds up no question. */
export async function inSlices<T>(
  items: readonly T[],
  othersTurn: () => Promise<void>,
  work: (item: T) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += ITEMS_A_SLICE) {
    if (start > 0) await othersTurn();
    for (const item of items.slice(start, start + ITEMS_A_SLICE)) work(item);
  }
}
