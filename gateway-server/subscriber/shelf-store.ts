import type { LineId } from '../../protocol/line-id.ts';
import type { Offer, OwnerPage } from './shelf.ts';

/** Pages and offers on disk; every promise of a change resolves when it is, or rejects with StoreUnavailable. */
export interface ShelfStore {
  pages(): Promise<ReadonlyMap<LineId, OwnerPage>>;
  offers(): Promise<readonly Offer[]>;
  putPage(line: LineId, page: OwnerPage): Promise<void>;
  /** In one step with the removal of those that it takes the place of. */
  putOffer(offer: Offer, replaced: readonly string[]): Promise<void>;
  removeOffer(id: string): Promise<void>;
}
