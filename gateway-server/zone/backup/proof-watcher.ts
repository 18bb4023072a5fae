import type { Clock, Elapsed } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';
import { endpointText } from '../../endpoint.ts';
import type { Serial } from '../serial.ts';
import type { Zone } from '../zone.ts';
import { Bell } from './bell.ts';
import type { Exchange } from './exchange.ts';
import { type SerialReply, serialIn, serialQuestion } from './messages.ts';
import type { Progress } from './progress.ts';
import { QuestionPace } from './question-pace.ts';
import type { Secondary } from './secondary.ts';
import type { Trouble } from './trouble.ts';

interface Parts {
  readonly secondary: Secondary;
  readonly zone: Pick<Zone, 'identity' | 'serial'>;
  readonly exchange: Exchange;
  readonly progress: Progress;
  readonly trouble: Trouble;
  readonly proofTimeoutMs: number;
  readonly nextId: () => number;
  readonly clock: Clock;
  readonly log: Logger;
  /** It shows another serial than before. */
  readonly onProgress: () => void;
  /** It answers after it did not. */
  readonly onReturn: () => void;
}

const QUICK_REPLY_MS = 500;
const REPLY_MS = 2_000;
/** A server is missing when it has not answered for so long. */
const MISSING_MS = 5_000;
/** What it was sent is loaded within this time, or it is looked for less eagerly. */
const LOADING_MS = 1_000;

/** Asks one backup for its serial, as quickly as somebody waits for it (Figure 5, block 536). */
export class ProofWatcher {
  readonly #parts: Parts;
  readonly #news: Bell;
  readonly #pace: QuestionPace;
  #silentSince: Elapsed | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#news = new Bell(parts.clock);
    this.#pace = new QuestionPace(parts.clock);
  }

  /** A batch has entered the zone. */
  expect(): void {
    const { secondary, progress, proofTimeoutMs } = this.#parts;
    if (progress.isInStep) return;
    // a missing one shows itself when it fetches the zone: until then eager questions would only cost time
    if (secondary.proof && !this.#isMissing) this.#pace.hurry(proofTimeoutMs);
    else this.#pace.stir();
    this.#news.ring();
  }

  /** It was sent the zone. */
  look(): void {
    if (this.#parts.progress.isInStep) return;
    this.#pace.atOnce(LOADING_MS);
    this.#news.ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { restMs } = this.#pace;
      // the bell may have changed the pace: it is looked at again
      if (restMs > 0) await this.#news.rest(restMs, signal);
      else await this.#question(signal);
    }
  }

  async #question(signal: AbortSignal): Promise<void> {
    const { secondary, zone, exchange, nextId, clock, progress } = this.#parts;
    const { name } = zone.identity;
    const askedAt = clock.elapsed();
    const waitMs = this.#pace.isQuick ? QUICK_REPLY_MS : REPLY_MS;
    const question = serialQuestion(nextId(), name);
    const reply = await exchange
      .ask(secondary.endpoint, question, waitMs, signal)
      .catch(() => 'silent' as const);
    if (signal.aborted) return;
    const told = reply === 'silent' ? this.#silent(askedAt) : this.#heard(serialIn(reply, name));
    this.#pace.asked(told === 'serial' && progress.isInStep);
  }

  #silent(askedAt: Elapsed): 'silence' {
    this.#silentSince ??= askedAt;
    if (this.#isMissing) this.#parts.trouble.note('questions', 'does not answer');
    return 'silence';
  }

  get #isMissing(): boolean {
    const { clock } = this.#parts;
    return this.#silentSince !== null && clock.elapsed() - this.#silentSince >= MISSING_MS;
  }

  #heard(told: SerialReply): SerialReply['kind'] {
    const { trouble, onReturn } = this.#parts;
    if (this.#silentSince !== null) onReturn();
    this.#silentSince = null;
    if (told.kind === 'serial') this.#shown(told.serial);
    else trouble.note('questions', told.problem);
    return told.kind;
  }

  #shown(serial: Serial): void {
    const { progress, secondary, zone, clock, trouble, log, onProgress } = this.#parts;
    const before = progress.shown;
    progress.show(serial, zone.serial, clock.elapsed());
    // Knot with `serial-policy: increment` is ahead by its own changes; anything else that is ahead will never take a batch
    trouble.note(
      'questions',
      progress.isAhead ? 'is ahead of us: it signs the zone, or follows another primary' : null,
    );
    if (serial === before) return;
    const ms = progress.lastLagMs === null ? null : Math.round(progress.lastLagMs * 10) / 10;
    log.debug('backup serves the batch', {
      block: 536,
      backup: endpointText(secondary.endpoint),
      serial,
      ms,
    });
    onProgress();
  }
}
