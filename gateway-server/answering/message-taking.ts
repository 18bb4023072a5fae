import { parseDomainName } from '../../protocol/domain-name.ts';
import type { Clock } from '../../runtime/clock.ts';
import { within } from '../../runtime/deadline.ts';
import type { Logger } from '../../runtime/log.ts';
import { keepNewest } from '../keep-newest.ts';
import type { Recording } from '../subscriber/mailbox.ts';
import { listedMediaType } from '../subscriber/media-types.ts';
import type { Called, Directory, MessageBox } from './called.ts';
import type { FormSeal, SealVerdict } from './form-seal.ts';
import { type DraftMistakes, mistakesIn, type Submission } from './message-form.ts';
import { RateLimit } from './rate-limit.ts';
import type { Tally } from './tally.ts';
import type { PostedFile } from './visit.ts';

/** Whom a message is for: a line that is off, or has just come back. */
export type Recipient = Extract<Called, { readonly kind: 'off-line' | 'live' }>;

/** What has become of a posted form. */
export type Taking =
  | { readonly kind: 'unknown-recipient' }
  | { readonly kind: 'kept'; readonly recipient: Recipient }
  | {
      readonly kind: 'not-kept';
      readonly recipient: Recipient;
      readonly why:
        | { readonly kind: 'mistakes'; readonly mistakes: DraftMistakes }
        | { readonly kind: 'too-many'; readonly waitMs: number }
        | { readonly kind: 'recording-too-large'; readonly roomBytes: number }
        | {
            readonly kind:
              | Exclude<SealVerdict, 'good'>
              | 'full'
              | 'unavailable'
              | 'recording-no-room'
              | 'recording-broken'
              | 'recording-kind';
          };
    };

type NotKept = Extract<Taking, { readonly kind: 'not-kept' }>;

/** What came of a message, once its recording was read. */
type Kept = 'kept' | NotKept['why'];

/** A form that may be kept, and the file behind it. */
interface Left {
  readonly submission: Submission;
  readonly recipient: Recipient;
  readonly file: PostedFile | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PER_VISITOR = [
  { most: 5, windowMs: MINUTE_MS },
  { most: 30, windowMs: HOUR_MS },
];
const PER_LINE = [{ most: 60, windowMs: HOUR_MS }];
/** Longer than a text takes on its way to the disk; a recording has the time that its request has. */
const KEEPING_MOST_MS = 10_000;
const MOST_REMEMBERED = 1_000;

export interface MessageTakingParts {
  readonly directory: Pick<Directory, 'called'>;
  readonly box: MessageBox;
  readonly seal: FormSeal;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Takes posted messages: says "kept" only after the box has. */
export class MessageTaking {
  readonly #parts: MessageTakingParts;
  readonly #perVisitor: RateLimit;
  readonly #perLine: RateLimit;
  /** A text that is sent twice, in impatience or by a reload, is one message. Two recordings may differ. */
  readonly #keepings = new Map<string, Promise<Kept>>();

  constructor(parts: MessageTakingParts) {
    this.#parts = parts;
    this.#perVisitor = new RateLimit(PER_VISITOR, parts.clock);
    this.#perLine = new RateLimit(PER_LINE, parts.clock);
  }

  /** A recording is read only when everything else is as it should be. */
  async take(submission: Submission, neighbourhood: string, file: PostedFile | null): Promise<Taking> {
    const recipient = this.#recipientOf(submission);
    if (!recipient) return { kind: 'unknown-recipient' };
    if (submission.isTrapped) return this.#pretend(recipient);
    const mistakes = mistakesIn(submission.draft);
    if (Object.keys(mistakes).length > 0) return notKept(recipient, { kind: 'mistakes', mistakes });
    const verdict = this.#parts.seal.judge(submission.seal, recipient.domain);
    if (verdict !== 'good') return notKept(recipient, { kind: verdict });
    return this.#keepOnce({ submission, recipient, file }, neighbourhood);
  }

  #recipientOf({ to }: Submission): Recipient | undefined {
    const name = parseDomainName(to);
    const called = name && this.#parts.directory.called(name);
    return called?.kind === 'off-line' || called?.kind === 'live' ? called : undefined;
  }

  /** The robot learns nothing: it is told what a person would be told. */
  #pretend(recipient: Recipient): Taking {
    this.#parts.tally.messagesTrapped += 1;
    this.#parts.log.debug('message trapped', { line: recipient.line });
    return { kind: 'kept', recipient };
  }

  async #keepOnce(left: Left, neighbourhood: string): Promise<Taking> {
    const { submission, recipient } = left;
    const key = left.file ? null : JSON.stringify([recipient.line, submission.seal, submission.draft]);
    const earlier = key === null ? undefined : this.#keepings.get(key);
    if (earlier !== undefined) return this.#outcome(recipient, await this.#awaited(earlier));
    const waitMs = Math.max(this.#perVisitor.waitMs(neighbourhood), this.#perLine.waitMs(recipient.line));
    if (waitMs > 0) {
      this.#parts.tally.messagesNotKept += 1;
      return notKept(recipient, { kind: 'too-many', waitMs });
    }
    this.#perVisitor.count(neighbourhood);
    this.#perLine.count(recipient.line);
    const keeping = this.#keep(left);
    if (key === null) return this.#outcome(recipient, await keeping);
    this.#remember(key, keeping);
    return this.#outcome(recipient, await this.#awaited(keeping));
  }

  /** Null for a message without one; what came in its way otherwise. */
  async #recordingOf({
    recipient,
    file,
  }: Left): Promise<Recording | null | { readonly why: NotKept['why'] }> {
    if (!file) return null;
    const mediaType = listedMediaType(file.mediaType);
    const isVideo = mediaType.startsWith('video/');
    if (!isVideo && !mediaType.startsWith('audio/')) return { why: { kind: 'recording-kind' } };
    const incoming = { kind: isVideo ? 'video' : 'voice', mediaType, source: file.source } as const;
    const taken = await this.#parts.box.takeIn(recipient.line, incoming);
    switch (taken.kind) {
      case 'taken-in':
        return taken.recording;
      case 'too-large':
        return { why: { kind: 'recording-too-large', roomBytes: taken.roomBytes } };
      case 'broken-off':
        return { why: { kind: 'recording-broken' } };
      case 'unavailable':
        return { why: { kind: 'recording-no-room' } };
    }
  }

  async #keep(left: Left): Promise<Kept> {
    const { line } = left.recipient;
    const { box, clock, tally, log } = this.#parts;
    try {
      const recording = await this.#recordingOf(left);
      if (recording !== null && 'why' in recording) return recording.why;
      const keeping = await box.keep({ line, at: clock.now(), ...left.submission.draft, recording });
      if (keeping !== 'kept' && recording) await box.discard(line, recording);
      if (keeping !== 'kept') return { kind: keeping };
      tally.messagesKept += 1;
      log.info('message kept', { line, recorded: recording !== null });
      return keeping;
    } catch (error) {
      log.error('message box failed', { line, reason: String(error) });
      return { kind: 'unavailable' };
    }
  }

  async #awaited(keeping: Promise<Kept>): Promise<Kept> {
    const { clock } = this.#parts;
    const inTime = await within(clock, KEEPING_MOST_MS, keeping, new AbortController().signal);
    return inTime === 'too-late' ? { kind: 'unavailable' } : inTime;
  }

  #remember(key: string, keeping: Promise<Kept>): void {
    keepNewest(this.#keepings, key, keeping, MOST_REMEMBERED);
    // what was not kept may be tried again
    void keeping.then((kind) => kind === 'kept' || this.#keepings.delete(key));
  }

  #outcome(recipient: Recipient, keeping: Kept): Taking {
    if (keeping === 'kept') return { kind: 'kept', recipient };
    this.#parts.tally.messagesNotKept += 1;
    this.#parts.log.warn('message not kept', { line: recipient.line, why: keeping.kind });
    return notKept(recipient, keeping);
  }
}

function notKept(recipient: Recipient, why: NotKept['why']): Taking {
  return { kind: 'not-kept', recipient, why };
}
