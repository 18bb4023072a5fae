import type { Serial } from '../serial.ts';
import type { AddressBytes } from '../zone-diff.ts';
import type { ZoneRecord } from '../zone-record.ts';

/** What is known of the zone without looking at the lines' names. */
export interface ZoneHead {
  readonly serial: Serial;
  /** The lines' TTL. */
  readonly ttlSeconds: number;
  /** Everything but the lines' names; the SOA comes first. */
  readonly own: readonly ZoneRecord[];
  /** How many names of lines there are. */
  readonly size: number;
}

/** The whole zone as of one serial; batches that come while it is read do not change it. */
export interface ZoneSnapshot extends ZoneHead {
  /** The lines' names: keys as in wire.ts, without the zone's labels. The arrays that come along are reused from step to step. */
  lines(): Iterable<SnapshotLine>;
}

export interface SnapshotLine {
  /** Key bytes lie in `keys` from `keyStart` to `keyEnd`. */
  readonly keys: Uint8Array;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly addresses: AddressBytes;
}
