import type { Clock } from '../../runtime/clock.ts';
import type { Waiters } from '../subscriber/waiters.ts';
import type { Directory } from './called.ts';
import type { FormSeal } from './form-seal.ts';
import { type Host, originOf } from './host.ts';
import { readSubmission, type Submission } from './message-form.ts';
import type { MessageTaking, Taking } from './message-taking.ts';
import { NotifyDesk } from './notify-desk.ts';
import { keptPage } from './page/kept-page.ts';
import { notKeptPage } from './page/not-kept-page.ts';
import { plainPage } from './page/plain-page.ts';
import { neighbourhoodOf } from './rate-limit.ts';
import { type Headers, pageReply } from './reply.ts';
import { texts } from './texts.ts';
import { type Reply, readTarget, type Visit } from './visit.ts';

type NotKept = Extract<Taking, { readonly kind: 'not-kept' }>;

export interface LeaveDeskParts {
  readonly directory: Directory;
  readonly taking: MessageTaking;
  readonly seal: FormSeal;
  readonly waiters: Waiters;
  /** The path of the script that records. */
  readonly script: string;
  readonly provider: { readonly name: string };
  readonly clock: Clock;
}

/** `leave.<zone>`: where every message form is posted, whatever becomes of the line meanwhile. */
export class LeaveDesk {
  readonly #parts: LeaveDeskParts;
  readonly #notify: NotifyDesk;

  constructor(parts: LeaveDeskParts) {
    this.#parts = parts;
    this.#notify = new NotifyDesk(parts);
  }

  /** Where a visitor who came by this scheme and port posts a form. */
  originFor(scheme: Visit['scheme'], port: Host['port']): string {
    return originOf(scheme, { name: this.#parts.directory.leaveHost, port });
  }

  async answer(visit: Visit, host: Host): Promise<Reply> {
    const target = readTarget(visit.target);
    const notified = await this.#notify.answer(visit, target, this.originFor(visit.scheme, host.port));
    if (notified) return notified;
    const isDesk = ['/', '/leave'].includes(target.path);
    if (!isDesk) return this.#plain(404, texts.nobody);
    if (visit.method === 'POST') return this.#takeMessage(visit, host);
    if (visit.method !== 'GET' && visit.method !== 'HEAD') {
      return this.#plain(405, texts.wrongMethod, { allow: 'GET, HEAD, POST' });
    }
    const { title, heading, sentence } = texts.leave;
    return this.#plain(200, { title, heading, sentence: sentence(this.#parts.directory.zoneName) });
  }

  async #takeMessage(visit: Visit, host: Host): Promise<Reply> {
    if (visit.form.kind === 'too-large') return this.#plain(413, texts.tooLarge);
    const submission = readSubmission(visit.form.kind === 'posted' ? visit.form.fields : {});
    const file = visit.form.kind === 'posted' ? visit.form.file : null;
    const taking = await this.#parts.taking.take(submission, neighbourhoodOf(visit.visitor), file);
    switch (taking.kind) {
      case 'unknown-recipient': {
        const { unknownTitle: title, unknownHeading: heading, unknownSentence: sentence } = texts.leave;
        return this.#plain(404, { title, heading, sentence });
      }
      case 'kept': {
        const { recipient: called } = taking;
        const returnUrl = `${originOf(visit.scheme, { name: called.domain, port: host.port })}/`;
        const page = { called, draft: submission.draft, returnUrl, provider: this.#parts.provider.name };
        return pageReply(200, keptPage(page), null);
      }
      case 'not-kept':
        return this.#askAgain(taking, submission, {
          leaveOrigin: this.originFor(visit.scheme, host.port),
          hadFile: file !== null,
        });
    }
  }

  #askAgain(
    taking: NotKept,
    { draft, seal }: Submission,
    { leaveOrigin, hadFile }: { readonly leaveOrigin: string; readonly hadFile: boolean },
  ): Reply {
    const { recipient, why } = taking;
    const { status, notice, retrySeconds } = refusalOf(why);
    const page = notKeptPage({
      to: recipient.domain,
      leaveUrl: `${leaveOrigin}/`,
      seal: this.#nextSeal(taking, seal),
      draft,
      mistakes: why.kind === 'mistakes' ? why.mistakes : {},
      notice:
        hadFile && !why.kind.startsWith('recording') ? `${notice} ${texts.notKept.recordingAgain}` : notice,
      records: true,
      script: this.#parts.script,
      provider: this.#parts.provider.name,
    });
    const headers: Headers = retrySeconds === null ? {} : { 'retry-after': String(retrySeconds) };
    return pageReply(status, page, leaveOrigin, headers);
  }

  /** A good seal stays, so that the same words sent twice are one message; who waited once need not wait again. */
  #nextSeal({ recipient: { domain } }: NotKept, seal: string): string {
    const verdict = this.#parts.seal.judge(seal, domain);
    if (verdict === 'forged') return this.#parts.seal.fresh(domain);
    return verdict === 'expired' ? this.#parts.seal.seasoned(domain) : seal;
  }

  #plain(status: number, words: Parameters<typeof plainPage>[0], headers: Headers = {}): Reply {
    return pageReply(status, plainPage(words, this.#parts.provider.name), null, headers);
  }
}

interface Refusal {
  readonly status: number;
  readonly notice: string;
  readonly retrySeconds: number | null;
}

function refusalOf(why: NotKept['why']): Refusal {
  const { notKept } = texts;
  switch (why.kind) {
    case 'mistakes':
      return { status: 422, notice: notKept.mistakes, retrySeconds: null };
    case 'too-fast':
      return { status: 422, notice: notKept.tooFast, retrySeconds: null };
    case 'expired':
    case 'forged':
      return { status: 422, notice: notKept.expired, retrySeconds: null };
    case 'too-many':
      return {
        status: 429,
        notice: notKept.tooMany(texts.duration(Math.ceil(why.waitMs / 60_000) * 60_000)),
        retrySeconds: Math.ceil(why.waitMs / 1000),
      };
    case 'recording-too-large':
      return {
        status: 413,
        notice: notKept.recordingTooLarge(texts.size(why.roomBytes)),
        retrySeconds: null,
      };
    case 'recording-no-room':
      return { status: 507, notice: notKept.recordingNoRoom, retrySeconds: null };
    case 'recording-broken':
      return { status: 422, notice: notKept.recordingBroken, retrySeconds: null };
    case 'recording-kind':
      return { status: 415, notice: notKept.recordingKind, retrySeconds: null };
    case 'full':
      return { status: 507, notice: notKept.full, retrySeconds: null };
    case 'unavailable':
      return { status: 503, notice: notKept.unavailable, retrySeconds: 60 };
  }
}
