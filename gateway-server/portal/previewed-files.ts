import type { LineId } from '../../protocol/line-id.ts';
import { keepNewest } from '../keep-newest.ts';
import type { Offer, Shelf } from '../subscriber/shelf.ts';

const MOST = 10_000;

/**
 * The files of pages that were shown in previews. A sandboxed frame sends no cookie, so its pictures come without a session;
 * the ids cannot be guessed, and visitors of the line get the same files.
 */
export class PreviewedFiles {
  readonly #lineById = new Map<string, LineId>();
  readonly #shelf: Pick<Shelf, 'offers' | 'offer'>;

  constructor(shelf: Pick<Shelf, 'offers' | 'offer'>) {
    this.#shelf = shelf;
  }

  show(line: LineId): void {
    for (const { id } of this.#shelf.offers(line)) keepNewest(this.#lineById, id, line, MOST);
  }

  offer(id: string): Offer | undefined {
    const line = this.#lineById.get(id);
    return line === undefined ? undefined : this.#shelf.offer(line, id);
  }
}
