import type { Address } from '../../protocol/address.ts';
import { isLater, type Serial } from '../zone/serial.ts';

/** What is known of a backup name server. */
export interface SecondaryView {
  /** Where it is asked: "192.0.2.53:53". */
  readonly address: string;
  /** What it was last seen to serve; null when it was never heard. */
  readonly serial: Serial | null;
  /** For how long it has been without a batch; 0 when it has them all, null when it was never heard. */
  readonly lagMs: number | null;
  /** Whether names are live only once this server serves them. */
  readonly proof: boolean;
  /** What is wrong with it, in words; null when nothing is. */
  readonly problem: string | null;
}

/** What a backup name server says of a name when it is asked now. */
export interface SecondaryAnswer {
  readonly address: string;
  readonly answer: 'addresses' | 'no-addresses' | 'no-name' | 'refused' | 'silent';
  readonly addresses: readonly Address[];
  /** The serial of the zone that it answers from; null when it did not say. */
  readonly serial: Serial | null;
}

/** Batches are counted by serials, one each (RFC 1982); none for a server that is in step or ahead, as one that signs may be. */
export function batchesBehind(serial: Serial, served: Serial): number {
  return isLater(served, serial) ? (served - serial) >>> 0 : 0;
}
