import { consoleRoutes } from '../../gateway-server/console/console.ts';
import type { ConsoleParts } from '../../gateway-server/console/console-parts.ts';
import { LagRecord } from '../../gateway-server/console/lag-record.ts';
import type { Sample, SampleStore } from '../../gateway-server/console/samples.ts';
import { LinePages } from '../../gateway-server/operator/line-pages.ts';
import { mayDo, type Role } from '../../gateway-server/web/account.ts';
import type { Session } from '../../gateway-server/web/doorkeeper.ts';
import type { Route, WebReply, WebRequest } from '../../gateway-server/web/route.ts';
import { ApiLab } from './api-lab.ts';

/** Samples without a store. */
class MemorySamples implements SampleStore {
  samples: readonly Sample[] = [];

  async put(sample: Sample, forgetBefore: number): Promise<void> {
    this.samples = [...this.samples.filter(({ at }) => at >= forgetBefore), sample];
  }

  async since(from: number): Promise<readonly Sample[]> {
    return this.samples.filter(({ at }) => at >= from);
  }
}

interface Ask {
  readonly fields?: Readonly<Record<string, string>>;
  readonly file?: string;
  readonly role?: Role;
  readonly signal?: AbortSignal;
}

/** The console's routes over the real desk and house of an ApiLab, asked as the web server asks them. */
export class ConsoleLab {
  readonly api: ApiLab;
  readonly samples = new MemorySamples();
  readonly lags = new LagRecord();
  readonly parts: ConsoleParts;
  readonly routes: readonly Route[];

  private constructor(api: ApiLab) {
    const { desk, commands, clock } = api;
    this.api = api;
    this.parts = {
      ...{ desk, commands, samples: this.samples, lags: this.lags },
      lines: new LinePages({ registry: desk.registry, othersTurn: async () => undefined, clock }),
      look: { brand: 'Porchlight', style: '/style.css', script: '/console.js', icon: '/lamp.svg' },
    };
    this.routes = consoleRoutes(this.parts);
  }

  static async open(): Promise<ConsoleLab> {
    return new ConsoleLab(await ApiLab.open());
  }

  get(path: string, ask: Ask = {}): Promise<WebReply> {
    return this.#ask('GET', path, ask);
  }

  post(path: string, fields: Readonly<Record<string, string>> = {}, ask: Ask = {}): Promise<WebReply> {
    return this.#ask('POST', path, { ...ask, fields });
  }

  /** The page's HTML. */
  async page(path: string, role: Role = 'admin'): Promise<string> {
    const { body } = await this.get(path, { role });
    if (typeof body !== 'string') throw new Error('no page');
    return body;
  }

  async #ask(method: Route['method'], path: string, ask: Ask): Promise<WebReply> {
    const { pathname, searchParams } = new URL(path, 'http://host');
    const [route, params] = this.#routeFor(method, pathname);
    const role = ask.role ?? 'admin';
    if (route.for === 'anybody' || route.for === 'owner' || !mayDo(role, route.for))
      return { status: 403, headers: {}, body: '' };
    const request: WebRequest = {
      ...{
        path: pathname,
        params,
        query: searchParams,
        cookie: 'cookie',
        range: null,
        neighbourhood: 'here',
      },
      fields: new Map(Object.entries(ask.fields ?? {})),
      upload:
        ask.file === undefined ? null : { name: 'lines.csv', mediaType: 'text/csv', source: inOne(ask.file) },
      signal: ask.signal ?? new AbortController().signal,
    };
    return route.run(request, await this.session(role));
  }

  #routeFor(method: Route['method'], path: string): [Route, Record<string, string>] {
    const found = this.routes.flatMap((route) => {
      const pattern = new RegExp(`^${route.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
      const match = route.method === method ? pattern.exec(path) : null;
      return match ? [[route, { ...match.groups }] as [Route, Record<string, string>]] : [];
    });
    const [first] = found;
    if (!first) throw new Error(`no route for ${method} ${path}`);
    return first;
  }

  /** Somebody with the role who is logged in. */
  async session(role: Role): Promise<Session> {
    const { doorkeeper, clock } = this.api;
    const login = `the-${role}`;
    const known = doorkeeper.operators().find((one) => one.login === login);
    const account = known ?? (await doorkeeper.addOperator(login, role));
    if ('problem' in account) throw new Error(account.problem);
    return { account, formToken: 'form-token', since: clock.now(), previousLogOn: null };
  }
}

async function* inOne(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
