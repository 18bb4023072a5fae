import { type AddressSet, NO_ADDRESSES } from '../protocol/address.ts';
import type { Announcement, OfflineReason } from '../protocol/message.ts';
import type { Clock, Instant } from '../runtime/clock.ts';

/** How the line stands, in one word for people. */
export type State =
  | 'starting'
  | 'no-lease'
  | 'connecting'
  | 'registering'
  | 'queued'
  | 'live'
  | 'refused'
  | 'waiting'
  | 'stopped';

/** Figure 4, block 428: what happened while the line was away. */
export interface AwayReport {
  readonly lastLogOn: Instant | null;
  readonly offlineForMs: number | null;
  readonly offlineReason: OfflineReason | null;
  readonly hits: number;
  readonly messages: number;
  /** One-time link to the owner's page; null while the gateway has no portal. */
  readonly portal: string | null;
}

/** The content of the status file. */
export interface Status {
  readonly version: string;
  readonly line: string;
  readonly domain: string;
  readonly gateway: string;
  readonly state: State;
  /** Since when the state is what it is. */
  readonly since: Instant;
  readonly addresses: AddressSet;
  readonly lease: {
    readonly source: string;
    readonly interface: string;
    readonly expiresAt: Instant | null;
    /** Prefixes for the networks behind the line. */
    readonly delegated: readonly string[];
  } | null;
  readonly queue: { readonly toldAt: Instant; readonly liveInMs: number } | null;
  /** When the gateway last said that the name is live. */
  readonly lastLive: Instant | null;
  readonly serial: number | null;
  readonly nextAttemptAt: Instant | null;
  /** What went wrong last, in words, and what to do about it; null again once the name is live. */
  readonly lastFailure: {
    readonly at: Instant;
    readonly what: string;
    readonly advice: string | null;
  } | null;
  readonly away: AwayReport | null;
  readonly announcements: readonly Announcement[];
  /** The newest events, oldest first. */
  readonly events: readonly { readonly at: Instant; readonly text: string }[];
}

const EVENTS_KEPT = 20;

/** Keeps the status and hands it on after each change. */
export class StatusBoard {
  readonly #clock: Clock;
  readonly #show: (status: Status) => void;
  #status: Status;

  constructor(
    clock: Clock,
    first: Pick<Status, 'version' | 'line' | 'domain' | 'gateway'>,
    show: (status: Status) => void,
  ) {
    this.#clock = clock;
    this.#show = show;
    this.#status = {
      ...first,
      state: 'starting',
      since: clock.now(),
      addresses: NO_ADDRESSES,
      lease: null,
      queue: null,
      lastLive: null,
      serial: null,
      nextAttemptAt: null,
      lastFailure: null,
      away: null,
      announcements: [],
      events: [],
    };
  }

  /** Changes fields, and remembers the event where one is given. */
  change(fields: Partial<Omit<Status, 'since' | 'events'>>, event?: string): void {
    const before = this.#status;
    const now = this.#clock.now();
    const isNewState = fields.state !== undefined && fields.state !== before.state;
    this.#status = {
      ...before,
      ...fields,
      since: isNewState ? now : before.since,
      events:
        event === undefined
          ? before.events
          : [...before.events, { at: now, text: event }].slice(-EVENTS_KEPT),
    };
    this.#show(this.#status);
  }

  get current(): Status {
    return this.#status;
  }
}
