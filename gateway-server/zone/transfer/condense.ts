import { NameIndex } from '../name-index.ts';
import { type AddressBytes, type DiffEntry, DiffWriter, entriesOf, type ZoneDiff } from '../zone-diff.ts';

/** One diff that does what several do one after the other (RFC 1995 §6); what the later ones undo does not appear in it. */
export function condensed(diffs: readonly ZoneDiff[]): ZoneDiff {
  const [only, ...others] = diffs;
  if (only && others.length === 0) return only;
  const names = new NameIndex();
  const firsts: DiffEntry[] = [];
  const newest: AddressBytes[] = [];
  for (const diff of diffs)
    for (const entry of entriesOf(diff)) {
      const slot = names.slotOf(diff, entry.keyStart, entry.keyEnd);
      firsts[slot] ??= entry;
      newest[slot] = entry.after;
    }
  return written(firsts, newest);
}

function written(firsts: readonly DiffEntry[], newest: readonly AddressBytes[]): ZoneDiff {
  const writer = new DiffWriter();
  firsts.forEach(({ diff, keyStart, keyEnd, before }, slot) => {
    const after = newest[slot];
    if (after) writer.add(diff.subarray(keyStart, keyEnd), before, after);
  });
  return writer.diff();
}
