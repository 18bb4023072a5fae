import { parseDomainName } from '../../protocol/domain-name.ts';
import type { Waiters } from '../subscriber/waiters.ts';
import type { Directory } from './called.ts';
import type { FormSeal } from './form-seal.ts';
import { html } from './html.ts';
import { readSubmission } from './message-form.ts';
import { plainPage } from './page/plain-page.ts';
import { sheet } from './page/sheet.ts';
import { neighbourhoodOf } from './rate-limit.ts';
import { type Headers, pageReply } from './reply.ts';
import { texts } from './texts.ts';
import type { Reply, Target, Visit } from './visit.ts';

interface Parts {
  readonly directory: Directory;
  readonly waiters: Waiters;
  readonly seal: FormSeal;
  readonly provider: { readonly name: string };
}

/** "Tell me when the line is back": asked for with a form, confirmed and cancelled with links from a mail. */
export class NotifyDesk {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Undefined when the path is another desk's. */
  async answer(visit: Visit, { path, query }: Target, leaveOrigin: string): Promise<Reply | undefined> {
    const isPost = visit.method === 'POST';
    const token = new URLSearchParams(query).get('token') ?? '';
    if (path === '/notify' && isPost) return this.#ask(visit, leaveOrigin);
    if (path === '/confirm')
      return isPost ? this.#confirm(token) : this.#button('confirm', token, leaveOrigin);
    if (path === '/cancel') return isPost ? this.#cancel(token) : this.#button('cancel', token, leaveOrigin);
    return undefined;
  }

  async #ask({ form, visitor }: Visit, leaveOrigin: string): Promise<Reply> {
    const { directory, waiters, seal } = this.#parts;
    const fields = form.kind === 'posted' ? form.fields : {};
    const submission = readSubmission(fields);
    const name = parseDomainName(submission.to);
    const called = name && directory.called(name);
    if (called?.kind !== 'off-line' && called?.kind !== 'live') return this.#plain(404, texts.nobody);
    const { notify } = texts;
    const sent = { title: notify.sentTitle, sentence: notify.sent(called.domain) };
    const isPerson = !submission.isTrapped && seal.judge(submission.seal, called.domain) === 'good';
    if (!isPerson)
      return this.#plain(submission.isTrapped ? 200 : 422, submission.isTrapped ? sent : EXPIRED);
    const linkFor = (token: string) => `${leaveOrigin}/confirm?token=${encodeURIComponent(token)}`;
    const asking = await waiters.ask(called.line, emailIn(fields), neighbourhoodOf(visitor), linkFor);
    switch (asking.kind) {
      case 'mail-sent':
        return this.#plain(200, sent);
      case 'bad-address':
        return this.#plain(422, { title: notify.badTitle, sentence: notify.bad });
      case 'too-many': {
        const wait = texts.duration(Math.ceil(asking.waitMs / 60_000) * 60_000);
        const headers = { 'retry-after': String(Math.ceil(asking.waitMs / 1_000)) };
        return this.#plain(429, { title: notify.tooManyTitle, sentence: notify.tooMany(wait) }, headers);
      }
      case 'unavailable':
        return this.#plain(503, { title: notify.unavailableTitle, sentence: notify.unavailable });
    }
  }

  /** Programs open links in mails: only the button does something. */
  #button(what: 'confirm' | 'cancel', token: string, leaveOrigin: string): Reply {
    const { notify } = texts;
    const [title, sentence] =
      what === 'confirm'
        ? [notify.confirmTitle, notify.confirmSentence]
        : [notify.cancelTitle, notify.cancelSentence];
    const action = `${leaveOrigin}/${what}?token=${encodeURIComponent(token)}`;
    const content = html`<form class="card" method="post" action="${action}"><button class="action" type="submit">${notify[what]}</button></form>`;
    const provider = this.#parts.provider.name;
    const page = sheet({ title, lamp: 'unlit', heading: html`${title}`, sentence, content, provider });
    return pageReply(200, page, leaveOrigin);
  }

  async #confirm(token: string): Promise<Reply> {
    const { notify } = texts;
    const line = await this.#parts.waiters.confirm(token);
    return line
      ? this.#plain(200, { title: notify.confirmedTitle, sentence: notify.confirmed })
      : this.#plain(410, { title: notify.goneTitle, sentence: notify.gone });
  }

  async #cancel(token: string): Promise<Reply> {
    const { notify } = texts;
    const isCancelled = await this.#parts.waiters.cancel(token);
    return isCancelled
      ? this.#plain(200, { title: notify.cancelledTitle, sentence: notify.cancelled })
      : this.#plain(410, { title: notify.goneTitle, sentence: notify.gone });
  }

  #plain(
    status: number,
    { title, sentence }: { readonly title: string; readonly sentence: string },
    headers: Headers = {},
  ): Reply {
    return pageReply(
      status,
      plainPage({ title, heading: title, sentence }, this.#parts.provider.name),
      null,
      headers,
    );
  }
}

const EXPIRED = { title: texts.notify.expiredTitle, sentence: texts.notify.expired };

function emailIn(fields: unknown): string {
  const found: unknown = Object.entries(fields ?? {}).find(([name]) => name === 'email')?.[1];
  return typeof found === 'string' ? found.trim() : '';
}
