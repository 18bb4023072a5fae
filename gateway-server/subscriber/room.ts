import type { LineId } from '../../protocol/line-id.ts';
import type { ContentFiles, Storing } from './content.ts';

interface Parts {
  /** Each line's share of the quota. */
  readonly mostBytes: () => number;
  /** What the line holds for good already. */
  readonly keptBytes: (line: LineId) => number;
  readonly files: ContentFiles;
}

interface Freight {
  readonly line: LineId;
  readonly source: AsyncIterable<Uint8Array>;
  /** Of this one alone. */
  readonly mostBytes: number;
  /** Bytes that will go when this is kept, and whose room it may use already. */
  readonly replacedBytes?: () => number;
}

/**
 * A line's room in its quota. What is on its way in counts piece by piece, so that uploads at the same time cannot exceed it
 * together, and one that dawdles takes nothing from the others that it does not use.
 */
export class Room {
  readonly #parts: Parts;
  readonly #underWay = new Map<LineId, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  left(line: LineId): number {
    return this.#parts.mostBytes() - this.#parts.keptBytes(line) - (this.#underWay.get(line) ?? 0);
  }

  /** What was stored counts as under way until it is settled. */
  async bringIn({ line, source, mostBytes, replacedBytes = () => 0 }: Freight): Promise<Storing> {
    const load = { bytes: 0, isOver: false };
    const counted = this.#counted(source, (bytes) => {
      load.isOver = this.left(line) + replacedBytes() < bytes;
      if (load.isOver) return false;
      load.bytes += bytes;
      this.take(line, bytes);
      return true;
    });
    const storing = await this.#parts.files.put(line, counted, mostBytes);
    if (storing.kind !== 'stored') this.settle(line, load.bytes);
    return load.isOver ? { kind: 'too-large' } : storing;
  }

  take(line: LineId, bytes: number): void {
    this.#underWay.set(line, (this.#underWay.get(line) ?? 0) + bytes);
  }

  /** The bytes are kept now, or gone. */
  settle(line: LineId, bytes: number): void {
    const left = (this.#underWay.get(line) ?? 0) - bytes;
    if (left > 0) this.#underWay.set(line, left);
    else this.#underWay.delete(line);
  }

  forget(line: LineId): void {
    this.#underWay.delete(line);
  }

  async *#counted(source: AsyncIterable<Uint8Array>, fits: (bytes: number) => boolean) {
    for await (const piece of source) {
      if (!fits(piece.length)) throw new NoRoomLeft();
      yield piece;
    }
  }
}

class NoRoomLeft extends Error {}
