import type { Address } from '../../protocol/address.ts';

/** Whole seconds since the Unix epoch, as DHCP programs write them. */
export type EpochSeconds = number;

/** One lease as a lease file tells it; null is what the file does not tell. */
export interface Lease {
  /** Of a delegated prefix its first one. */
  readonly address: Address | null;
  readonly prefix: number | null;
  readonly start: EpochSeconds | null;
  readonly expiry: EpochSeconds | 'never' | null;
  /** `none`: the interface holds nothing. A lease may be alive although its file says `expired`: renewals are not always written. */
  readonly state: 'active' | 'expired' | 'released' | 'none';
  readonly interface: string | null;
  /** A prefix for the networks behind the line (RFC 8415 §6.3, IA_PD), and no address of the line itself. */
  readonly delegated: boolean;
  /** The identity association of DHCPv6. */
  readonly iaid: number | null;
  /** Who holds it, in the files of servers. */
  readonly mac: string | null;
  /** What was held before. */
  readonly old: Address | null;
  readonly ifindex: number | null;
}

/** The lease of which nothing is known: where parsers start. */
export const NO_LEASE: Lease = {
  address: null,
  prefix: null,
  start: null,
  expiry: null,
  state: 'none',
  interface: null,
  delegated: false,
  iaid: null,
  mac: null,
  old: null,
  ifindex: null,
};

/** What a lease may be of. */
export type Holding = 'ipv4' | 'ipv6' | 'delegated';

/** A lease file as it was found. */
export interface LeaseFile {
  /** Without its folder. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly modifiedAt: EpochSeconds | null;
  /** Files that were there before this one and still count, the oldest first: Kea's clean-up leaves such. */
  readonly older: readonly LeaseFile[];
}

/** What a parser is given: a lease file, its text, and the time as of which it is read. */
export interface LeaseContent extends LeaseFile {
  readonly text: string;
  readonly at: EpochSeconds;
}

/** What a lease file says. */
export interface LeaseReading {
  readonly format: string;
  readonly leases: readonly Lease[];
  /** What could not be understood, one sentence each, with its line or byte. */
  readonly problems: readonly string[];
  /** The last event that the file tells of, in its program's own word: `nak`, `deconfig`, `EXPIRE` ... */
  readonly event: string | null;
  /** True when the end of the file is still being written. */
  readonly isUnfinished: boolean;
  /** An event speaks of one interface, and of some holdings alone; a file of leases of everything. */
  readonly speaksOf: readonly Holding[] | 'everything';
}

/** Reads a whole lease file; never throws. */
export type LeaseParser = (content: LeaseContent) => LeaseReading;

/** RFC 2131 §3.3, RFC 8415 §7.7: a lease of all ones never ends. */
const FOR_EVER = 0xffff_ffff;

/** A lease of a known end; one that ends at `at` is not over yet. */
export function stateAt(expiry: Lease['expiry'], at: EpochSeconds): 'active' | 'expired' {
  return typeof expiry === 'number' && at > expiry ? 'expired' : 'active';
}

/** When a lease that began then and lasts so many seconds ends. */
export function expiryOf(start: EpochSeconds | null, seconds: number | null): Lease['expiry'] {
  if (seconds === FOR_EVER) return 'never';
  return start === null || seconds === null ? null : start + seconds;
}

/** What is held after a NAK or a release. */
export function nothingOn(interfaceName: string | null): Lease {
  return { ...NO_LEASE, interface: interfaceName };
}

/** When the file was written; null for a file of the future, whose time says nothing. */
export function writtenAt({ modifiedAt, at }: Pick<LeaseContent, 'modifiedAt' | 'at'>): EpochSeconds | null {
  return modifiedAt !== null && modifiedAt <= at + 1 ? modifiedAt : null;
}

/** What the lease is of; null where nothing is held. */
export function holdingOf({ address, delegated }: Lease): Holding | null {
  if (address === null) return null;
  if (delegated) return 'delegated';
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
