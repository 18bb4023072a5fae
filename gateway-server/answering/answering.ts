import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { LineNews, LineWitness } from '../line/line-news.ts';
import type { OwnerPage } from '../subscriber/shelf.ts';
import type { Waiters } from '../subscriber/waiters.ts';
import { type Asset, assetAt, OWN_PATH, recorderAsset } from './assets.ts';
import { BackEvents } from './back-events.ts';
import type { Called, Directory, HitCounter, MessageBox } from './called.ts';
import { FormSeal, type Random } from './form-seal.ts';
import { type Host, originOf, readHost, type Scheme } from './host.ts';
import { LatestPages } from './latest-pages.ts';
import { LeaveDesk } from './leave-desk.ts';
import { MessageTaking } from './message-taking.ts';
import { OWNER_PLACES, OwnerContent, type OwnerContentParts, type OwnerPlaces } from './owner-content.ts';
import { backPage } from './page/back-page.ts';
import { type OffLinePage, offLinePage } from './page/off-line-page.ts';
import { type PlainPage, plainPage } from './page/plain-page.ts';
import type { PlainGet } from './plain-get.ts';
import { neighbourhoodOf } from './rate-limit.ts';
import { assetReply, eventsReply, pageReply, statusReply } from './reply.ts';
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

/** As much of a call as a page depends on. */
interface Look extends Pick<Call, 'host' | 'target'> {
  readonly visit: Pick<Visit, 'method' | 'scheme' | 'purpose'>;
}

export interface AnsweringParts extends OwnerContentParts {
  readonly directory: Directory;
  readonly box: MessageBox;
  readonly hits: HitCounter;
  readonly waiters: Waiters;
  /** JavaScript that records voices and faces. */
  readonly recorder: string;
  readonly provider: { readonly name: string };
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
}

/** A page as its owner is about to keep it. */
export interface Draft {
  readonly called: OffLine;
  readonly page: OwnerPage;
  readonly words: string;
}

/** Where a page is shown, and who writes it. */
interface Setting {
  readonly leaveOrigin: string;
  readonly places: OwnerPlaces;
  readonly written: (page: OffLinePage) => string;
}

const RETRY_AFTER_SECONDS = 60;
/** Browsers keep an address this long where the system does not tell them its TTL. */
const BROWSERS_OWN_SECONDS = 60;
/**
 * How long each automatic reload waits, in parts of a TTL and a browser's own time: together they outlast a resolver's copy
 * that is as new as can be and a browser's copy of it, and the first comes soon.
 */
const RELOAD_WAITS = [0.05, 0.1, 0.2, 0.3, 0.4];

/** Answers visitors in the lines' place: who was called is decided by the Host header and what the zone says now. */
export class Answering implements LineWitness {
  readonly #parts: AnsweringParts;
  readonly #content: OwnerContent;
  readonly #recorder: Asset;
  readonly #back: BackEvents;
  readonly #seal: FormSeal;
  readonly #latest: LatestPages;
  readonly #leave: LeaveDesk;
  readonly #tally = emptyTally();

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
    this.#content = new OwnerContent(parts);
    this.#recorder = recorderAsset(parts.recorder);
    this.#back = new BackEvents(parts.clock);
    this.#seal = new FormSeal(parts.random, parts.clock);
    this.#latest = new LatestPages(parts.random, offLinePage);
    const taking = new MessageTaking({ ...parts, seal: this.#seal, tally: this.#tally });
    this.#leave = new LeaveDesk({ ...parts, seal: this.#seal, taking, script: this.#recorder.path });
  }

  async answer(visit: Visit): Promise<Reply> {
    const target = readTarget(visit.target);
    const asset = target.path === this.#recorder.path ? this.#recorder : assetAt(target.path);
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

  /** A line is back: pages that are still open are told. */
  sees(news: LineNews): void {
    this.#back.sees(news);
  }

  counters(): AnsweringCounters {
    return { ...this.#tally };
  }

  #answerFor(called: Called, call: Call): Reply | Promise<Reply> {
    if (call.target.path === STATUS_PATH && isReading(call.visit)) return statusReply(called.kind);
    if (call.target.path === EVENTS_PATH && called.kind === 'off-line' && call.visit.method === 'GET')
      return this.#eventsFor(called, call);
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

  #eventsFor({ line }: OffLine, { visit }: Call): Reply {
    const events = this.#back.watch(line, neighbourhoodOf(visit.visitor), visit.signal);
    return events ? eventsReply(events) : this.plain(503, texts.broken);
  }

  async #inPlaceOf(called: OffLine, call: Call): Promise<Reply> {
    const { visit, target } = call;
    if (target.path.startsWith(OWN_PATH)) {
      const content = isReading(visit) ? await this.#content.answer(called.line, target, visit) : undefined;
      return content ?? this.plain(404, texts.nothingHere);
    }
    return this.#pageFor(called, call);
  }

  /** The page for a plain look at it; undefined when something else is asked for, or of somebody else. */
  pageAt({ target: text, host: field, purpose }: PlainGet, scheme: Scheme): Reply | undefined {
    const target = readTarget(text);
    const host = target.path.startsWith(OWN_PATH) ? undefined : readHost([field]);
    const called = host && this.#parts.directory.called(host.name);
    if (!host || called?.kind !== 'off-line') return undefined;
    return this.#pageFor(called, { visit: { method: 'GET', scheme, purpose }, host, target });
  }

  #pageFor(called: OffLine, { visit, host, target }: Look): Reply {
    if (isSeen(visit, target)) {
      this.#tally.hits += 1;
      this.#parts.hits.countHit(called.line);
    }
    const leaveOrigin = this.#leave.originFor(visit.scheme, host.port);
    const own = { page: this.#parts.shelf.page(called.line), words: called.words };
    const written = (page: OffLinePage) => this.#latest.textOf(page);
    return this.#pageOf(called, own, { leaveOrigin, places: OWNER_PLACES, written });
  }

  /** What a visitor would get for a page that is not kept yet: our page, and the owner's HTML in its frame. */
  previewOf(
    draft: Draft,
    places: OwnerPlaces,
    leaveOrigin: string,
  ): { readonly outer: Reply; readonly inner: Reply } {
    const { clean } = this.#parts.sanitiser;
    return {
      outer: this.#pageOf(draft.called, draft, { leaveOrigin, places, written: offLinePage }),
      inner: this.#content.framed(clean(draft.page.html).html),
    };
  }

  #pageOf(
    called: OffLine,
    { page, words }: Pick<Draft, 'page' | 'words'>,
    { leaveOrigin, places, written }: Setting,
  ): Reply {
    const { shelf, copies, waiters, clock, provider } = this.#parts;
    const copiedAt = page.showsCopy ? copies.stateOf(called.line).copiedAt : null;
    const body = written({
      called,
      now: clock.now(),
      leaveUrl: `${leaveOrigin}/`,
      seal: this.#seal.fresh(called.domain),
      owner: { page, words, offers: shelf.offers(called.line), copiedAt, places },
      recorder: this.#recorder.path,
      notifies: waiters.isOffered,
      provider: provider.name,
    });
    const isAway = page.status === 503 || page.takenDown !== null;
    return isAway
      ? pageReply(503, body, leaveOrigin, { 'retry-after': String(RETRY_AFTER_SECONDS) })
      : pageReply(200, body, leaveOrigin);
  }

  /** Only what was read can be asked for again: what was posted to the line is not sent twice. */
  #putThrough({ domain }: Live, { visit, host, target }: Call): Reply {
    this.#tally.staleVisits += 1;
    const origin = originOf(visit.scheme, host);
    const reload = reloadsOf(target) ?? 0;
    const wait = isReading(visit) ? RELOAD_WAITS[reload] : undefined;
    const staleSeconds = this.#parts.directory.ttlSeconds + BROWSERS_OWN_SECONDS;
    const waitSeconds = wait === undefined ? null : Math.ceil(wait * staleSeconds);
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
const EVENTS_PATH = `${OWN_PATH}events`;

function isReading({ method }: Visit): boolean {
  return method === 'GET' || method === 'HEAD';
}
