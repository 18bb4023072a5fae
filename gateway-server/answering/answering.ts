import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { assetAt, OWN_PATH } from './assets.ts';
import type { Called, Directory, HitCounter, MessageBox } from './called.ts';
import { FormSeal, type Random } from './form-seal.ts';
import { type Host, originOf, readHost } from './host.ts';
import { LeaveDesk } from './leave-desk.ts';
import { MessageTaking } from './message-taking.ts';
import { backPage } from './page/back-page.ts';
import { offLinePage } from './page/off-line-page.ts';
import { type PlainPage, plainPage } from './page/plain-page.ts';
import { assetReply, pageReply, statusReply } from './reply.ts';
import { type AnsweringCounters, emptyTally } from './tally.ts';
import { texts } from './texts.ts';
import { isSeen, placeAt, type Reply, readTarget, reloadsOf, type Target, type Visit } from './visit.ts';

type OffLine = Extract<Called, { readonly kind: 'off-line' }>;
type Live = Extract<Called, { readonly kind: 'live' }>;

/** A request to one of our names, with its address read. */
interface Call {
  readonly visit: Visit;
  readonly host: Host;
  readonly target: Target;
}

export interface AnsweringParts {
  readonly directory: Directory;
  readonly box: MessageBox;
  readonly hits: HitCounter;
  readonly provider: { readonly name: string };
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
}

const RETRY_AFTER_SECONDS = 60;
/**
 * How long each automatic reload waits, in TTLs: together they outlast a resolver's copy that is as old as can be and a
 * browser's own copy after it, and the first comes soon.
 */
const RELOAD_WAITS = [0.2, 0.3, 0.4, 0.6, 0.8];

/** Answers visitors in the lines' place: who was called is decided by the Host header and what the zone says now. */
export class Answering {
  readonly #parts: AnsweringParts;
  readonly #seal: FormSeal;
  readonly #leave: LeaveDesk;
  readonly #tally = emptyTally();

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
    this.#seal = new FormSeal(parts.random, parts.clock);
    const taking = new MessageTaking({ ...parts, seal: this.#seal, tally: this.#tally });
    this.#leave = new LeaveDesk({ ...parts, seal: this.#seal, taking });
  }

  async answer(visit: Visit): Promise<Reply> {
    const target = readTarget(visit.target);
    const asset = assetAt(target.path);
    if (asset && isReading(visit)) return assetReply(asset);
    const host = readHost(visit.hosts);
    if (!host) {
      this.#tally.unreadableHosts += 1;
      return this.plain(400, texts.unreadable);
    }
    return this.#answerFor(this.#parts.directory.called(host.name), { visit, host, target });
  }

  /** A page of ours that only says something. */
  plain(status: number, words: PlainPage): Reply {
    return pageReply(status, plainPage(words, this.#parts.provider.name), null);
  }

  counters(): AnsweringCounters {
    return { ...this.#tally };
  }

  #answerFor(called: Called, call: Call): Reply | Promise<Reply> {
    if (call.target.path === STATUS_PATH && isReading(call.visit)) return statusReply(called.kind);
    switch (called.kind) {
      case 'leave':
        return this.#leave.answer(call.visit, call.host);
      case 'nobody':
        this.#tally.unknownHosts += 1;
        return this.plain(404, texts.nobody);
      case 'off-line':
        return this.#inPlaceOf(called, call);
      case 'live':
        return this.#putThrough(called, call);
    }
  }

  #inPlaceOf(called: OffLine, { visit, host, target }: Call): Reply {
    if (isSeen(visit, target)) {
      this.#tally.hits += 1;
      this.#parts.hits.countHit(called.line);
    }
    const leaveOrigin = this.#leave.originFor(visit.scheme, host.port);
    const page = offLinePage({
      called,
      now: this.#parts.clock.now(),
      leaveUrl: `${leaveOrigin}/`,
      seal: this.#seal.fresh(called.domain),
      provider: this.#parts.provider.name,
    });
    return pageReply(503, page, leaveOrigin, { 'retry-after': String(RETRY_AFTER_SECONDS) });
  }

  /** Only what was read can be asked for again: what was posted to the line is not sent twice. */
  #putThrough({ domain }: Live, { visit, host, target }: Call): Reply {
    this.#tally.staleVisits += 1;
    const origin = originOf(visit.scheme, host);
    const reload = reloadsOf(target) ?? 0;
    const wait = isReading(visit) ? RELOAD_WAITS[reload] : undefined;
    const waitSeconds =
      wait === undefined ? null : Math.max(2, Math.round(wait * this.#parts.directory.ttlSeconds));
    const page = backPage({
      domain,
      waitSeconds,
      goUrl: placeAt(origin, target, null),
      provider: this.#parts.provider.name,
    });
    if (waitSeconds === null)
      return pageReply(503, page, null, { 'retry-after': String(RETRY_AFTER_SECONDS) });
    return pageReply(503, page, null, {
      'retry-after': String(waitSeconds),
      refresh: `${waitSeconds}; url=${placeAt(origin, target, reload + 1)}`,
    });
  }
}

const STATUS_PATH = `${OWN_PATH}status`;

function isReading({ method }: Visit): boolean {
  return method === 'GET' || method === 'HEAD';
}
