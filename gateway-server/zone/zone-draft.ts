import type { Address } from '../../protocol/address.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import { type AddressBytes, addressBytes, DiffWriter, NO_ADDRESS_BYTES, type ZoneDiff } from './zone-diff.ts';

/** Where a name leads from now on; null takes the name out of the zone. */
export interface NameChange {
  readonly name: DomainName;
  readonly addresses: readonly Address[] | null;
}

/** A line's name as the zone knows it, with its present addresses. */
export interface HeldName {
  readonly key: Uint8Array;
  readonly addresses: AddressBytes;
}

interface Holder {
  /** Undefined for a name that has no place in the zone. */
  held(name: DomainName): HeldName | undefined;
}

/** The next state of the zone, built aside while the present one answers (Figure 5, block 526). */
export class ZoneDraft {
  readonly #zone: Holder;
  readonly #writer = new DiffWriter();
  /** Most names of a batch of farewells lead to the same addresses. */
  #newest: { readonly of: NameChange['addresses']; readonly bytes: AddressBytes } = {
    of: null,
    bytes: NO_ADDRESS_BYTES,
  };

  constructor(zone: Holder) {
    this.#zone = zone;
  }

  /** False when the zone has no place for the name: then the change is left out. */
  add({ name, addresses }: NameChange): boolean {
    const held = this.#zone.held(name);
    if (!held) return false;
    if (addresses !== this.#newest.of)
      this.#newest = { of: addresses, bytes: addresses ? addressBytes(addresses) : NO_ADDRESS_BYTES };
    this.#writer.add(held.key, held.addresses, this.#newest.bytes);
    return true;
  }

  /** All that was added, as one step from the present state. */
  diff(): ZoneDiff {
    return this.#writer.diff();
  }
}
