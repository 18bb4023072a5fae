import type { Endpoint } from '../../endpoint.ts';
import type { Secondary } from '../backup/secondary.ts';
import type { DnsCounters } from '../dns-counters.ts';
import type { RateLimits } from '../rate-limit.ts';
import type { Serial } from '../serial.ts';
import type { TsigKey } from '../tsig-key.ts';
import type { ZoneDiff } from '../zone-diff.ts';
import type { ZoneIdentity } from '../zone-identity.ts';

/** What a worker needs to know before it answers. */
export interface WorkerStart {
  readonly kind: 'start';
  readonly endpoints: readonly Endpoint[];
  readonly rateLimit: RateLimits;
  readonly keys: readonly TsigKey[];
  readonly secondaries: readonly Secondary[];
  readonly cookieSecret: Uint8Array;
  readonly isHalted: boolean;
  readonly identity: ZoneIdentity;
  readonly serial: Serial;
  /** All names of lines, as a step from nothing. */
  readonly names: ZoneDiff;
}

/** To a worker, in order. */
export type WorkerOrder =
  | WorkerStart
  | { readonly kind: 'step'; readonly diff: ZoneDiff; readonly serial: Serial }
  | { readonly kind: 'own'; readonly identity: ZoneIdentity; readonly serial: Serial }
  | { readonly kind: 'rate-limit'; readonly rateLimit: RateLimits }
  | { readonly kind: 'halt'; readonly isHalted: boolean }
  | { readonly kind: 'queued'; readonly name: string; readonly dueInMs: number | null };

/** From a worker. */
export type WorkerNews =
  | { readonly kind: 'serves'; readonly serial: Serial }
  | { readonly kind: 'counted'; readonly counters: DnsCounters }
  | { readonly kind: 'failed'; readonly reason: string };
