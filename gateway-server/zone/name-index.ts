/** Where a name's bytes lie: stored once, never overwritten, so that who reads an older state of the table may go on. */
export interface StoredKeys {
  readonly bytes: Uint8Array;
  /** By slot: the place of the key's length, which its bytes follow. */
  readonly places: Uint32Array;
}

const NONE = -1;
const LEAST_CELLS = 256;
const FNV_PRIME = 0x01000193;
const FNV_BASIS = 0x811c9dc5;

/**
 * Gives each key (a name's bytes) a small number, its slot. A hash table with linear probing over typed arrays: a million
 * names take a few tens of bytes each instead of a few hundred, and the garbage collector has nothing to look at.
 */
export class NameIndex {
  /** Slot + 1, or 0 for an empty cell; a power of two, at most half full. */
  #cells = new Uint32Array(LEAST_CELLS);
  #keys = new Uint8Array(4096);
  #keysEnd = 0;
  #places = new Uint32Array(LEAST_CELLS / 2);
  readonly #freeSlots: number[] = [];
  #slotsEverUsed = 0;
  #size = 0;
  /** Bytes of keys that are gone. */
  #garbage = 0;

  get size(): number {
    return this.#size;
  }

  /** One more than the largest slot in use so far. */
  get slots(): number {
    return this.#slotsEverUsed;
  }

  /** The slot of the key that lies in `bytes` from `start` to `end`; -1 when it has none. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const cells = this.#cells;
    const mask = cells.length - 1;
    for (let cell = hashOf(bytes, start, end) & mask; ; cell = (cell + 1) & mask) {
      const entry = cells[cell] ?? 0;
      if (entry === 0) return NONE;
      if (this.#isKey(entry - 1, bytes, start, end)) return entry - 1;
    }
  }

  /** The key's slot, a new one where it had none. */
  slotOf(bytes: Uint8Array, start: number, end: number): number {
    const known = this.find(bytes, start, end);
    if (known !== NONE) return known;
    if ((this.#size + 1) * 2 > this.#cells.length) this.#growCells();
    const slot = this.#freeSlots.pop() ?? this.#slotsEverUsed++;
    this.#storeKey(slot, bytes, start, end);
    this.#enter(slot);
    this.#size += 1;
    return slot;
  }

  /** Forgets the key of a slot; the slot will be given to another one. */
  free(slot: number): void {
    const place = this.#places[slot] ?? 0;
    const length = this.#keys[place] ?? 0;
    this.#closeGap(this.#cellOf(slot));
    this.#freeSlots.push(slot);
    this.#size -= 1;
    this.#garbage += 1 + length;
  }

  /** What is stored now; later changes go elsewhere. */
  keys(): StoredKeys {
    return { bytes: this.#keys, places: this.#places.slice(0, this.#slotsEverUsed) };
  }

  #isKey(slot: number, bytes: Uint8Array, start: number, end: number): boolean {
    const keys = this.#keys;
    const place = this.#places[slot] ?? 0;
    if (keys[place] !== end - start) return false;
    for (let at = start, stored = place + 1; at < end; at++, stored++)
      if (keys[stored] !== bytes[at]) return false;
    return true;
  }

  #storeKey(slot: number, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#keysEnd + 1 + length > this.#keys.length) this.#makeRoom(1 + length);
    if (slot >= this.#places.length) this.#places = enlarged(this.#places);
    this.#places[slot] = this.#keysEnd;
    this.#keys[this.#keysEnd] = length;
    for (let at = start; at < end; at++) this.#keys[this.#keysEnd + 1 + at - start] = bytes[at] ?? 0;
    this.#keysEnd += 1 + length;
  }

  #enter(slot: number): void {
    const mask = this.#cells.length - 1;
    let cell = this.#hashOfSlot(slot) & mask;
    while (this.#cells[cell] !== 0) cell = (cell + 1) & mask;
    this.#cells[cell] = slot + 1;
  }

  #cellOf(slot: number): number {
    const mask = this.#cells.length - 1;
    let cell = this.#hashOfSlot(slot) & mask;
    while (this.#cells[cell] !== slot + 1) cell = (cell + 1) & mask;
    return cell;
  }

  /** Moves up what had to give way to the cell that becomes empty, so that every search still ends at the first empty cell. */
  #closeGap(emptied: number): void {
    const mask = this.#cells.length - 1;
    let gap = emptied;
    for (let cell = (gap + 1) & mask; this.#cells[cell] !== 0; cell = (cell + 1) & mask) {
      const entry = this.#cells[cell] ?? 0;
      const home = this.#hashOfSlot(entry - 1) & mask;
      if (((cell - home) & mask) < ((cell - gap) & mask)) continue;
      this.#cells[gap] = entry;
      gap = cell;
    }
    this.#cells[gap] = 0;
  }

  #hashOfSlot(slot: number): number {
    const place = this.#places[slot] ?? 0;
    return hashOf(this.#keys, place + 1, place + 1 + (this.#keys[place] ?? 0));
  }

  #growCells(): void {
    const entries = this.#cells.filter((entry) => entry !== 0);
    this.#cells = new Uint32Array(this.#cells.length * 2);
    for (const entry of entries) this.#enter(entry - 1);
  }

  /** Writes all keys anew, without those that are gone: the old bytes stay as they are for whoever reads them. */
  #makeRoom(more: number): void {
    const live = this.#keysEnd - this.#garbage;
    const keys = new Uint8Array(Math.max(this.#keys.length, 2 * live + more));
    let end = 0;
    for (const entry of this.#cells) {
      if (entry === 0) continue;
      const place = this.#places[entry - 1] ?? 0;
      const length = 1 + (this.#keys[place] ?? 0);
      keys.set(this.#keys.subarray(place, place + length), end);
      this.#places[entry - 1] = end;
      end += length;
    }
    this.#keys = keys;
    this.#keysEnd = end;
    this.#garbage = 0;
  }
}

/** FNV-1a, with its high bits mixed into the low ones that choose the cell. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_BASIS;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME);
  hash ^= hash >>> 15;
  return hash >>> 0;
}

function enlarged(from: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(from.length * 2);
  to.set(from);
  return to;
}
