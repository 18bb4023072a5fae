import type { Address } from '../../protocol/address.ts';

/** What a ping says of an address. `not-possible` blames nobody but us: no program, no permission, no route. */
export type PingOutcome = 'answered' | 'silent' | 'not-possible';

export interface Prober {
  /** Pings all addresses side by side, within two seconds; every one of them has an outcome. */
  probe(addresses: readonly Address[], signal: AbortSignal): Promise<ReadonlyMap<Address, PingOutcome>>;
  /** What has kept the last probe from being possible, in words; null when nothing has. */
  lastProblem(): string | null;
}
