import {
  type Address,
  type AddressSet,
  addressesIn,
  type Ipv4,
  type Ipv6,
  isIpv4,
  NO_ADDRESSES,
  sameAddresses,
} from '../protocol/address.ts';
import type { LeaseNote } from '../protocol/message.ts';
import type { Clock, Elapsed } from '../runtime/clock.ts';
import type { Lease } from './lease/lease.ts';
import type { FileSeen, LeaseNews } from './lease-news.ts';
import { chooseAddresses, isOfLine, type WanAddress } from './wan-addresses.ts';

/** What the line holds now, and how the agent knows. */
export interface Claim {
  readonly addresses: AddressSet;
  readonly source: string;
  readonly interface: string;
  readonly expiresAt: Elapsed | null;
  /** Prefixes for the networks behind the line: "2001:db8:f000::/56". */
  readonly delegated: readonly string[];
}

/** What is seen of the interface; null while it is not there. */
export type InterfaceSeen = {
  readonly addresses: readonly WanAddress[];
  readonly hasCarrier: boolean;
} | null;

/** `claim`: another set of addresses; `carrier`: the same addresses, and the cable is back; `prefix`: other networks behind the line. */
export type WanChange = 'claim' | 'carrier' | 'prefix';

export interface LeaseWatchParts {
  /** Null where the lease file alone decides. */
  readonly interface: string | null;
  readonly news: LeaseNews;
  readonly clock: Clock;
  /** Reads the interface again at once. */
  readonly refresh: () => void;
}

/** What the agent wants to know of the line's interface, or of those that stand in for each other. */
export interface WanWatch {
  readonly claim: Claim;
  /** Why nothing is held, in the DHCP client's own word where there is one. */
  readonly lossReason: string;
  /** Calls back after each change until the returned function is called. */
  subscribe(listener: (change: WanChange) => void): () => void;
}

/** Resolves at the next change of what is held, or when aborted. */
export async function nextChange(watch: WanWatch, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      forget();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const forget = watch.subscribe((change) => {
      if (change !== 'prefix') done();
    });
    signal.addEventListener('abort', done, { once: true });
  });
}

/** A client that flushes the old address before it sets the new one has lost nothing. */
const LOSS_SETTLES_MS = 250;

/** Figure 4, block 400: sees each new leased address. A renewal of the same one is no event, only a later expiry. */
export class LeaseWatch implements WanWatch {
  readonly #parts: LeaseWatchParts;
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<(change: WanChange) => void>();
  #found: InterfaceSeen = null;
  #claim: Claim;
  #settling: AbortController | null = null;
  #lossReason: string | null = null;

  constructor(parts: LeaseWatchParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
    this.#claim = {
      addresses: NO_ADDRESSES,
      source: 'none',
      interface: parts.interface ?? 'unknown',
      expiresAt: null,
      delegated: [],
    };
  }

  get claim(): Claim {
    return this.#claim;
  }

  get lossReason(): string {
    return this.#lossReason ?? 'no address yet';
  }

  subscribe(listener: (change: WanChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  interfaceSeen(seen: InterfaceSeen): void {
    const isCarrierBack = this.#found?.hasCarrier === false && seen?.hasCarrier === true;
    this.#found = seen;
    this.#decide();
    if (isCarrierBack) this.#tell('carrier');
  }

  fileSeen(seen: FileSeen): void {
    if (this.#parts.news.take(seen)) this.leasesTold();
  }

  /** The DHCP client has done something: what, the news know. */
  leasesTold(): void {
    if (this.#parts.interface !== null) this.#parts.refresh();
    this.#decide();
  }

  /** True while the interface has a cable and an address that the line can be known by. */
  get isUsable(): boolean {
    return this.#found?.hasCarrier === true && holdsAddress(this.#claim);
  }

  #decide(): void {
    const next = this.#seenNow();
    if (losesAFamily(this.#claim.addresses, next.addresses)) {
      this.#settle();
      return;
    }
    this.#settling?.abort();
    this.#settling = null;
    if (sameAddresses(next.addresses, this.#claim.addresses)) this.#renew(next);
    else this.#adopt(next);
  }

  #seenNow(): Claim {
    const { interface: name } = this.#parts;
    const leases = this.#parts.news.told.of(name);
    const own = leases.filter(({ delegated }) => !delegated);
    const leased = own.map(({ address }) => address).filter((address) => address !== null);
    const addresses =
      name === null
        ? setOf(leased.filter((address) => isOfLine(address)))
        : chooseAddresses(this.#found?.addresses ?? [], leased, this.#claim.addresses);
    const told = own.find(({ address }) => address !== null && addressesIn(addresses).includes(address));
    return {
      addresses,
      source: told ? (this.#parts.news.told.format ?? 'interface') : 'interface',
      interface: name ?? told?.interface ?? 'unknown',
      expiresAt: told ? this.#expiryOf(told) : null,
      delegated: leases
        .filter(({ delegated }) => delegated)
        .map(({ address, prefix }) => `${address}/${prefix}`),
    };
  }

  /** By the wall clock, as the file is: a note for people, never a verdict. */
  #expiryOf({ expiry }: Lease): Elapsed | null {
    const { clock } = this.#parts;
    if (typeof expiry !== 'number') return null;
    const leftMs = expiry * 1000 - clock.now();
    return leftMs > 0 ? clock.elapsed() + leftMs : null;
  }

  /** Believes a loss when it has lasted. */
  #settle(): void {
    if (this.#settling) return;
    const settling = new AbortController();
    this.#settling = settling;
    this.#parts.clock.sleep(LOSS_SETTLES_MS, AbortSignal.any([this.#signal, settling.signal])).then(
      () => {
        this.#settling = null;
        this.#adopt(this.#seenNow());
      },
      () => undefined,
    );
  }

  #renew(next: Claim): void {
    const hasOtherPrefixes = next.delegated.join() !== this.#claim.delegated.join();
    this.#claim = next;
    if (hasOtherPrefixes) this.#tell('prefix');
  }

  #adopt(next: Claim): void {
    this.#claim = next;
    this.#lossReason = addressesIn(next.addresses).length > 0 ? null : this.#whyLost();
    this.#tell('claim');
  }

  #whyLost(): string {
    const event = this.#parts.news.told.lossEventOf(this.#parts.interface);
    if (event) return `${event} by the DHCP client`;
    return this.#found ? 'the interface has no usable address' : 'the interface is gone';
  }

  #tell(change: WanChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

/** What the registration says about the lease. */
export function leaseNote({ source, interface: name, expiresAt }: Claim, clock: Clock): LeaseNote {
  const expiresInMs = expiresAt === null ? null : Math.max(0, Math.round(expiresAt - clock.elapsed()));
  return { source, interface: name, expiresInMs };
}

export function holdsAddress({ addresses }: Claim): boolean {
  return addressesIn(addresses).length > 0;
}

function losesAFamily(before: AddressSet, after: AddressSet): boolean {
  return (before.ipv4 !== null && after.ipv4 === null) || (before.ipv6 !== null && after.ipv6 === null);
}

function setOf(addresses: readonly Address[]): AddressSet {
  return {
    ipv4: addresses.find((address): address is Ipv4 => isIpv4(address)) ?? null,
    ipv6: addresses.find((address): address is Ipv6 => !isIpv4(address)) ?? null,
  };
}
