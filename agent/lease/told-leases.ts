import { holdingOf, type Lease, type LeaseReading } from './lease.ts';

/** Formats of clients that take their file away with the lease: dhcpcd at a NAK, an expiry and a release. */
const DELETED_WITH_LEASE = new Set(['dhcpcd', 'networkd']);

/** What lease files have told until now. An event changes what it speaks of; a file of leases says everything anew. */
export class ToldLeases {
  #leases: readonly Lease[] = [];
  #format: string | null = null;
  #lossEvents: ReadonlyMap<string | null, string> = new Map();

  /** Takes over what was read; false where nothing can be learnt from it. */
  take(reading: LeaseReading): boolean {
    // of a half-written file the last good state is the better half
    if (reading.leases.length === 0 || (reading.isUnfinished && this.#format !== null)) return false;
    this.#leases = [...this.#leases.filter((lease) => isUntouched(lease, reading)), ...reading.leases];
    this.#format = reading.format;
    this.#noteLosses(reading);
    return true;
  }

  /** The file is gone; false where that says nothing, as it does of files that hooks write. */
  fileGone(): boolean {
    if (this.#format === null || !DELETED_WITH_LEASE.has(this.#format) || this.#leases.length === 0)
      return false;
    this.#lossEvents = new Map([[null, 'lease file deleted']]);
    this.#leases = [];
    return true;
  }

  /** The leases of an interface that may be alive; without a name, those of the interface whose lease began last. */
  of(name: string | null): readonly Lease[] {
    const held = this.#leases.filter(({ state }) => state === 'active' || state === 'expired');
    if (name !== null) return held.filter((lease) => lease.interface === name || lease.interface === null);
    const latest = [...held].sort((a, b) => (b.start ?? 0) - (a.start ?? 0))[0];
    return held.filter((lease) => lease.interface === latest?.interface);
  }

  /** What took the address of an interface away, in the client's own word; null while nothing did. */
  lossEventOf(name: string | null): string | null {
    const own = name === null ? [...this.#lossEvents.values()].at(-1) : this.#lossEvents.get(name);
    return own ?? this.#lossEvents.get(null) ?? null;
  }

  get format(): string | null {
    return this.#format;
  }

  #noteLosses({ leases, event }: LeaseReading): void {
    const losses = new Map(this.#lossEvents);
    for (const { interface: name, address, state } of leases) {
      if (address !== null && state !== 'released') losses.delete(name);
      else losses.set(name, event ?? 'release');
    }
    this.#lossEvents = losses;
  }
}

function isUntouched(lease: Lease, { speaksOf, leases }: LeaseReading): boolean {
  if (speaksOf === 'everything') return false;
  const holding = holdingOf(lease);
  if (holding === null) return false;
  const isOfOther = leases.every(({ interface: name }) => name !== null && name !== lease.interface);
  return isOfOther || !speaksOf.includes(holding);
}
