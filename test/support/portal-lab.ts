import { Answering } from '../../gateway-server/answering/answering.ts';
import { htmlSanitiser } from '../../gateway-server/answering/io/sanitise.ts';
import type { Visit } from '../../gateway-server/answering/visit.ts';
import type { Rehearsing } from '../../gateway-server/line/rehearsals.ts';
import type { Standing } from '../../gateway-server/line/standing.ts';
import type { AuditEntry } from '../../gateway-server/operator/audit.ts';
import type { LineState } from '../../gateway-server/operator/line-view.ts';
import { AnsweringPreviews } from '../../gateway-server/portal/answering-previews.ts';
import { portalRoutes } from '../../gateway-server/portal/portal.ts';
import type { PortalLine } from '../../gateway-server/portal/portal-lines.ts';
import type { OffLineSpan } from '../../gateway-server/subscriber/diary.ts';
import type { CopyState, SiteCopies, SiteCopy } from '../../gateway-server/subscriber/site-copy.ts';
import type { Account } from '../../gateway-server/web/account.ts';
import type { ApiToken, Session } from '../../gateway-server/web/doorkeeper.ts';
import type { House } from '../../gateway-server/web/house.ts';
import type { Route, Upload, WebReply, WebRequest } from '../../gateway-server/web/route.ts';
import type { Webhook } from '../../gateway-server/webhook/webhook.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { Instant } from '../../runtime/clock.ts';
import { gathered, KeepingLab } from './keeping-lab.ts';
import { ALICE, ANSWERED, lineNamed } from './stored-lines.ts';

const ACCOUNT: Account = {
  kind: 'owner',
  id: 'owner-1',
  login: 'alice',
  line: ALICE,
  passwordHash: null,
  createdAt: 1,
};

export const SESSION: Session = { account: ACCOUNT, formToken: 'form-token', since: 2, previousLogOn: null };

/** What a route answered, its body read to the end. */
export type TextReply = Omit<WebReply, 'body'> & { readonly body: string; readonly bytes: Buffer };

interface Asked {
  readonly query?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly upload?: Upload;
  readonly range?: string;
  readonly session?: Session;
}

/** The portal's routes over a real mailbox and shelf and what really answers visitors; the door is always open. */
export class PortalLab {
  readonly keeping: KeepingLab;
  readonly audit: Omit<AuditEntry, 'number' | 'at'>[] = [];
  readonly tokens: ApiToken[] = [];
  readonly webhooks: Webhook[] = [];
  readonly spans: OffLineSpan[] = [];
  /** How copying alice's own page went. */
  copy: SiteCopy | undefined;
  /** Who wants a mail when the line is back. */
  waiting = 0;
  copyState: CopyState = { copiedAt: null, trouble: null };
  readonly answering: Answering;
  readonly #routes: readonly Route[];
  line: PortalLine;
  rehearsalUntil: Instant | null = null;
  rehearsing: Rehearsing = { kind: 'not-live' };

  private constructor(keeping: KeepingLab) {
    this.keeping = keeping;
    this.line = { ...lineNamed(ALICE), words: '', state: 'offline', standing: ANSWERED };
    const { clock, shelf } = keeping;
    const sanitiser = htmlSanitiser();
    const copies = this.#copies();
    const origin = () => 'https://portal.mwebpages.test';
    this.answering = this.#answeringWith({ sanitiser, copies, portalOrigin: origin });
    const previews = new AnsweringPreviews({
      ...{ answering: this.answering, sanitiser, copies, clock, portalOrigin: origin },
      leaveOrigin: () => 'http://leave.mwebpages.test',
    });
    const house = { ...this.#house(), shelf };
    this.#routes = portalRoutes({
      house,
      previews,
      clock,
      lines: {
        line: (id) => (id === ALICE ? this.line : undefined),
        setWords: async (_id, words) => void this.is({ words }),
        setTellsSince: async (_id, tellsSince) => void this.is({ tellsSince }),
      },
      look: { brand: 'Porchlight', style: '/s.css', script: '/p.js', editorScript: '/e.js', icon: '/i.svg' },
    });
  }

  static async open(quotaBytes = 100_000): Promise<PortalLab> {
    return new PortalLab(await KeepingLab.open({ quotaBytes }));
  }

  is(change: Partial<PortalLine>): void {
    this.line = { ...this.line, ...change };
  }

  stands(state: LineState, change: Partial<Standing>): void {
    this.is({ state, standing: { ...this.line.standing, ...change } });
  }

  get(path: string, asked: Asked = {}): Promise<TextReply> {
    return this.#ask('GET', path, asked);
  }

  post(path: string, fields: Readonly<Record<string, string>> = {}, asked: Asked = {}): Promise<TextReply> {
    return this.#ask('POST', path, { ...asked, fields });
  }

  /** What a visitor of alice's name gets. */
  async visit(target: string): Promise<TextReply> {
    const visit: Visit = {
      ...{ method: 'GET', scheme: 'http', hosts: ['alice.mwebpages.test'], target, purpose: null },
      ...{ form: { kind: 'none' }, range: null, signal: new AbortController().signal, visitor: null },
    };
    return textOf(await this.answering.answer(visit));
  }

  async message(
    text: string,
    change: { readonly name?: string; readonly contact?: string } = {},
  ): Promise<number> {
    const { mailbox, clock } = this.keeping;
    const message = {
      line: ALICE,
      at: clock.now(),
      name: 'Bob',
      contact: '',
      text,
      recording: null,
      ...change,
    };
    await mailbox.keep(message);
    return (await mailbox.list(ALICE, { before: null, most: 1 }))[0]?.number ?? 0;
  }

  async #ask(method: Route['method'], path: string, asked: Asked): Promise<TextReply> {
    for (const route of this.#routes) {
      const params = route.method === method ? paramsIn(route.path, path) : undefined;
      if (!params) continue;
      const request = requestFor(path, params, asked);
      const session = asked.session ?? SESSION;
      return textOf(await route.run(request, session));
    }
    throw new Error(`no route for ${method} ${path}`);
  }

  #answeringWith(
    parts: Pick<ConstructorParameters<typeof Answering>[0], 'sanitiser' | 'copies' | 'portalOrigin'>,
  ) {
    const { clock, log, shelf, mailbox } = this.keeping;
    return new Answering({
      ...{ ...parts, clock, log, shelf, box: mailbox, hits: { countHit: () => undefined } },
      directory: {
        called: () => ({
          kind: 'off-line',
          line: ALICE,
          domain: this.#domain(),
          words: this.line.words,
          since: null,
        }),
        leaveHost: 'leave.mwebpages.test' as DomainName,
        zoneName: 'mwebpages.test' as DomainName,
        ttlSeconds: 30,
      },
      waiters: {
        isOffered: false,
        ask: async () => ({ kind: 'unavailable' }),
        confirm: async () => undefined,
        cancel: async () => false,
      },
      recorder: '',
      provider: { name: 'Street Telecom' },
      random: (count) => Buffer.alloc(count, 7),
    });
  }

  #domain(): DomainName {
    return this.line.domain ?? ('nobody.test' as DomainName);
  }

  #copies(): SiteCopies {
    return {
      stateOf: () => this.copyState,
      copyOf: async () => this.copy,
      remove: async () => {
        this.copy = undefined;
      },
    };
  }

  #house(): House {
    const { mailbox, shelf } = this.keeping;
    const unused = () => Promise.reject(new Error('not part of the portal'));
    return {
      ...{
        mailbox,
        shelf,
        copies: this.#copies(),
        waiting: () => this.waiting,
        portalUrl: null,
        consoleUrl: null,
      },
      diary: { spans: async () => this.spans },
      forget: unused,
      audit: { note: async (entry) => void this.audit.push(entry), entries: async () => [] },
      stage: {
        begin: async () => this.rehearsing,
        end: async () => {
          this.rehearsalUntil = null;
        },
        until: () => this.rehearsalUntil,
      },
      doorkeeper: {
        ...{ logIn: unused, enter: unused, session: () => SESSION, look: () => SESSION },
        ...{ logOut: unused, changePassword: unused },
        ...{ ownerToken: () => '', operatorToken: () => '', ownerAccount: unused, operators: () => [] },
        ...{ addOperator: unused, changeRole: unused, removeAccount: unused, tokenOf: () => undefined },
        tokensOf: () => this.tokens,
        issueToken: async (account, wish) => {
          const token = { ...wish, id: `t${this.tokens.length}`, account, createdAt: 1, usedAt: null };
          this.tokens.push(token);
          return { token, secret: 'pl_secret' };
        },
        revokeToken: async (_account, id) => removed(this.tokens, id),
      },
      webhooks: {
        list: () => this.webhooks,
        register: async (wish) => {
          if (wish.url.includes('10.')) return { kind: 'refused', why: 'private addresses are not called' };
          const webhook = { ...wish, id: 'h1', createdAt: 1, failingSince: null, lastProblem: null };
          this.webhooks.push(webhook);
          return { kind: 'registered', webhook, secret: 'whsec_secret' };
        },
        remove: async (_line, id) => removed(this.webhooks, id),
        test: async () => ({ ok: false, detail: 'no answer in 5 s' }),
      },
    };
  }
}

async function textOf({ body, ...rest }: WebReply): Promise<TextReply> {
  const isWhole = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = isWhole ? Buffer.from(body) : ((await gathered(asBytes(body))) ?? Buffer.alloc(0));
  return { ...rest, bytes, body: bytes.toString() };
}

async function* asBytes(pieces: AsyncIterable<Uint8Array | string>): AsyncIterable<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

function requestFor(path: string, params: WebRequest['params'], asked: Asked): WebRequest {
  return {
    ...{
      path,
      params,
      query: new URLSearchParams(asked.query),
      cookie: 'secret',
      neighbourhood: '192.0.2.0',
    },
    fields: new Map(Object.entries(asked.fields ?? {})),
    upload: asked.upload ?? null,
    range: asked.range ?? null,
    signal: new AbortController().signal,
  };
}

/** As the web server finds routes: a part of the path that is given goes before one that is not. */
function paramsIn(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return params;
}

function removed(list: { readonly id: string }[], id: string): boolean {
  const at = list.findIndex((each) => each.id === id);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}
