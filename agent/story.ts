import { addressesIn, NO_ADDRESSES, sameAddresses } from '../protocol/address.ts';
import type { Announcement, Live, Queued, Refused } from '../protocol/message.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { FarewellReason } from './farewell.ts';
import type { Claim } from './lease-watch.ts';
import { REFUSALS } from './refusals.ts';
import type { RegistrationNotices } from './registration.ts';
import type { StatusBoard } from './status.ts';

const NO_PORTAL = 'the provider has no portal';

/** Tells what happens, to the log and to the status file; each block of Figure 4 has its line here. */
export class Story implements RegistrationNotices {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #board: StatusBoard;
  #lastFailure: string | null = null;
  #announcements: readonly Announcement[] = [];
  #aliveCount = 0;

  constructor(clock: Clock, log: Logger, board: StatusBoard) {
    this.#clock = clock;
    this.#log = log;
    this.#board = board;
  }

  /** Told once for each set of addresses, not for each connection. */
  wanUp(claim: Claim): void {
    const { addresses, lease: shown } = this.#board.current;
    const { expiresAt, source, interface: name, delegated } = claim;
    if (sameAddresses(claim.addresses, addresses) && shown?.interface === name) {
      this.#board.change({ lease: { ...shown, delegated } });
      return;
    }
    const expiry =
      expiresAt === null ? null : this.#clock.now() + Math.round(expiresAt - this.#clock.elapsed());
    this.#log.info('wan is up', { block: 400, ...claim.addresses, source, interface: name });
    const lease = { source, interface: name, expiresAt: expiry, delegated };
    this.#board.change({ addresses: claim.addresses, lease }, `the line has ${addressText(claim)}`);
  }

  noLease(why: string): void {
    this.#log.info('no lease', { why });
    const fields = { state: 'no-lease', addresses: NO_ADDRESSES, lease: null, queue: null } as const;
    this.#board.change({ ...fields, nextAttemptAt: null }, `no address: ${why}`);
  }

  connecting(): void {
    this.#log.debug('connecting');
    this.#board.change({ state: 'connecting', nextAttemptAt: null, queue: null });
  }

  connected(session: number): void {
    this.#lastFailure = null;
    this.#log.info('connected and verified', { block: 404, session });
    this.#board.change({ state: 'registering' }, 'connected to the gateway');
  }

  registered(claim: Claim): void {
    this.#log.info('registration sent', { block: 408, ...claim.addresses });
    if (this.#board.current.state !== 'live') this.#board.change({ state: 'registering' });
  }

  noReply(tries: number): void {
    this.#log.warn('no reply to the registration', { tries });
  }

  notLiveInTime(): void {
    this.#log.warn('the name did not go live in time, registering again');
  }

  queued({ liveInMs, aliveMs }: Queued): void {
    this.#log.info('the update is queued', { block: 412, liveInMs, aliveMs });
    this.#log.info('waiting for the name to go live', { block: 440, liveInMs });
    const queue = { toldAt: this.#clock.now(), liveInMs };
    this.#board.change({ state: 'queued', queue }, `queued, live in ${Math.ceil(liveInMs / 1000)} s`);
  }

  announced(announcements: readonly Announcement[]): void {
    const isNews = JSON.stringify(announcements) !== JSON.stringify(this.#announcements);
    this.#announcements = announcements;
    if (isNews) this.#board.change({ announcements });
    if (isNews && this.#board.current.state === 'live') this.#tellAnnouncements();
  }

  live(message: Live): void {
    const { lastLogOn, offlineForMs, offlineReason, hits, messages, portal, serial, domain, proof } = message;
    this.#tellAnnouncements();
    const place = portalOf(portal);
    this.#log.info('the page', { block: 424, ...place });
    this.#log.info('while away', { block: 428, lastLogOn, offlineForMs, offlineReason, hits, messages });
    this.#log.info('edit wanted?', { block: 432, ...place });
    this.#log.info('editor', { block: 436, ...place });
    this.#log.info('the name is live', { block: 444, domain, serial, ...message.addresses });
    if (!proof.ok) this.#log.warn('name servers behind', { missing: proof.missing.join(' ') });
    const away = { lastLogOn, offlineForMs, offlineReason, hits, messages, portal };
    const now = this.#clock.now();
    this.#board.change(
      { state: 'live', queue: null, lastLive: now, lastFailure: null, serial, away },
      `the name is live (serial ${serial})`,
    );
  }

  aliveBegins(aliveMs: number): void {
    this.#aliveCount = 0;
    this.#log.info('alive loop begins', { block: 448, aliveMs });
  }

  alive(): void {
    this.#aliveCount++;
    this.#log.debug('alive', { block: 452, count: this.#aliveCount });
  }

  refused({ reason, retryAfterMs }: Refused, waitMs: number): void {
    const { happened, advice } = REFUSALS[reason];
    this.#log.warn('refused', { reason, happened, advice, retryAfterMs, waitMs });
    const now = this.#clock.now();
    const lastFailure = { at: now, what: `refused: ${happened}`, advice };
    this.#board.change(
      { state: 'refused', queue: null, lastFailure, nextAttemptAt: now + waitMs },
      `refused (${reason}): ${happened}`,
    );
  }

  /** The same failure again and again is told once; the status file has the time of the next attempt. */
  failed(what: string, waitMs: number): void {
    const isNews = what !== this.#lastFailure;
    this.#lastFailure = what;
    if (isNews) this.#log.warn('not connected', { why: what, waitMs });
    else this.#log.debug('not connected', { why: what, waitMs });
    const now = this.#clock.now();
    const lastFailure = { at: now, what, advice: null };
    const fields = { state: 'waiting', queue: null, lastFailure, nextAttemptAt: now + waitMs } as const;
    this.#board.change(fields, isNews ? what : undefined);
  }

  saidOffline(reason: FarewellReason, isTaken: boolean): void {
    this.#log.info('off-line message', { block: 456, reason, isTaken });
  }

  ended(): void {
    this.#log.info('end', { block: 460 });
    this.#board.change({ state: 'stopped', nextAttemptAt: null, queue: null }, 'stopped');
  }

  #tellAnnouncements(): void {
    const newest = this.#announcements.at(-1)?.text ?? null;
    this.#log.info('announcements', { block: 420, count: this.#announcements.length, newest });
  }
}

function addressText({ addresses }: Claim): string {
  return addressesIn(addresses).join(' and ');
}

/** Where the owner edits. The one-time link itself is a secret, for the status alone. */
function portalOf(link: string | null): { readonly portal: string | null; readonly note?: string } {
  return link === null
    ? { portal: null, note: NO_PORTAL }
    : { portal: /^https?:\/\/[^/]+/.exec(link)?.[0] ?? null };
}
