import type { Address } from '../../protocol/address.ts';

/** Whole seconds since the Unix epoch, as DHCP programs write them. */
export type EpochSeconds = number;

/** One lease as a lease file tells it; null is what the file does not tell. */
export interface Lease {
  readonly address: Address | null;
  readonly prefix: number | null;
  readonly start: EpochSeconds | null;
  readonly expiry: EpochSeconds | 'never' | null;
  /** `none`: the interface holds nothing. A lease may be alive although its file says `expired`: renewals are not always written. */
  readonly state: 'active' | 'expired' | 'released' | 'none';
  readonly interface: string | null;
}

/** What a lease file says, at most one lease an interface. */
export interface LeaseReading {
  readonly format: string;
  readonly leases: readonly Lease[];
  /** What could not be understood, one sentence each. */
  readonly problems: readonly string[];
  /** The last event that the file tells of, in its program's own word: `nak`, `deconfig`, `EXPIRE` ... */
  readonly event: string | null;
  /** True when the end of the file is still being written. */
  readonly isUnfinished: boolean;
}

/** Reads a whole lease file; never throws. `at` is the time at which the file says what it says. */
export type LeaseParser = (text: string, at: EpochSeconds) => LeaseReading;

/** A lease of a known end; one that ends at `at` is not over yet. */
export function stateAt(expiry: Lease['expiry'], at: EpochSeconds): 'active' | 'expired' {
  return typeof expiry === 'number' && at > expiry ? 'expired' : 'active';
}
