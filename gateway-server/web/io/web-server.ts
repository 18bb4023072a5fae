import { timingSafeEqual } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import formbody from '@fastify/formbody';
import multipart, { type MultipartFile } from '@fastify/multipart';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { parseAddress } from '../../../protocol/address.ts';
import type { Logger } from '../../../runtime/log.ts';
import { neighbourhoodOf } from '../../answering/rate-limit.ts';
import { mayDo } from '../account.ts';
import type { Door, Doorkeeper, Session } from '../doorkeeper.ts';
import { pageHeaders } from '../page-headers.ts';
import type { Route, Upload, WebReply, WebRequest } from '../route.ts';
import { cookieIn, cookieName, setCookie } from '../session-cookie.ts';

export interface WebServerOptions {
  readonly door: Door;
  readonly routes: readonly Route[];
  readonly doorkeeper: Doorkeeper;
  /** Our own, as `https://portal.mwebpages.test:8443`; known only once the ports are. */
  readonly origin: () => string;
  /** By path; the paths change with the content. */
  readonly assets: ReadonlyMap<string, { readonly type: string; readonly body: string }>;
  /** A page that only says something. */
  readonly wordsPage: (
    status: number,
    words: { readonly title: string; readonly sentence: string },
  ) => string;
  /** Routes below `/api/`, with checks of their own. */
  readonly api?: (app: FastifyInstance) => Promise<void>;
  readonly log: Logger;
}

export interface WebServer {
  readonly listener: RequestListener;
  close(): Promise<void>;
}

const MOST_FORM_BYTES = 1024 * 1024;
const LOG_IN = '/log-in';
const WORDS = {
  400: {
    title: 'This cannot be read',
    sentence: 'The request is not as a browser sends it. Go back and try again.',
  },
  401: {
    title: 'You have been logged out',
    sentence: 'Nothing was changed. Log in again, then repeat what you wanted to do.',
  },
  403: {
    title: 'Not from here',
    sentence: 'Nothing was changed: this did not come from a page of ours, or your account may not do it.',
  },
  404: { title: 'There is no such page', sentence: 'It may have been removed. The links above lead on.' },
  413: { title: 'Too much at once', sentence: 'Nothing was kept: that was more than fits here.' },
  421: { title: 'Another address', sentence: 'This server is reached under another name.' },
  500: {
    title: 'Something went wrong here',
    sentence: 'That is our fault, not yours. Please try again in a minute.',
  },
} as const;
type Refusal = keyof typeof WORDS;

type ForSome = Exclude<Route, { readonly for: 'anybody' }>;

/** What a posted form brought. */
interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly upload: Upload | null;
}

const NO_FORM: Form = { fields: new Map(), upload: null };

/** The pages of one door as a listener for requests; it listens nowhere itself. */
export async function openWebServer(options: WebServerOptions): Promise<WebServer> {
  const app = fastify({ bodyLimit: MOST_FORM_BYTES, forceCloseConnections: true });
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.host !== new URL(options.origin()).host) return refuse(options, reply, 421);
  });
  app.setNotFoundHandler((_request, reply) => refuse(options, reply, 404));
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500)
      options.log.error('page failed', { door: options.door, reason: String(error.stack ?? error) });
    return refuse(options, reply, status === 413 ? 413 : status >= 500 ? 500 : 400);
  });
  await app.register((pages, _none, done) => void addPages(pages, options).then(() => done(), done));
  const { api } = options;
  if (api)
    await app.register((part, _none, done) => void api(part).then(() => done(), done), { prefix: '/api/v1' });
  await app.ready();
  return {
    listener: (request, response) => app.routing(request, response),
    close: () => app.close(),
  };
}

async function addPages(pages: FastifyInstance, options: WebServerOptions): Promise<void> {
  pages.removeAllContentTypeParsers();
  await pages.register(formbody, { bodyLimit: MOST_FORM_BYTES });
  await pages.register(multipart, { limits: { files: 1, fields: 30, fieldSize: 64 * 1024 } });
  for (const route of options.routes) {
    pages.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => serve(options, route, request, reply),
    });
  }
  for (const [path, asset] of options.assets)
    pages.get(path, (_request, reply) => sendAsset(options, reply, asset));
}

async function serve(
  options: WebServerOptions,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const cookie = cookieIn(request.headers.cookie, cookieName(options.door, isSecure(options)));
  const session = cookie === undefined ? undefined : options.doorkeeper.session(options.door, cookie);
  const isChange = route.method === 'POST';
  if (isChange && !comesFromUs(options, request)) return refuse(options, reply, 403);
  const form = isChange ? await formOf(request, route.takesUpload === true) : NO_FORM;
  const call = { ...requestOf(request, reply, form), cookie: cookie ?? null };
  if (route.for === 'anybody') return send(options, reply, await route.run(call, session ?? null));
  if (!session) return isChange ? refuse(options, reply, 401) : toLogIn(options, request, reply);
  if (!isAllowed(route, session, form)) return refuse(options, reply, 403);
  return send(options, reply, await route.run(call, session));
}

/** The session's own token is in every form that changes something, and its account may do it. */
function isAllowed(route: ForSome, { account, formToken }: Session, form: Form): boolean {
  if (route.method === 'POST' && !isToken(form.fields.get('token'), formToken)) return false;
  if (route.for === 'owner') return account.kind === 'owner';
  return account.kind === 'operator' && mayDo(account.role, route.for);
}

/** SameSite is no protection beside subscribers' names, which are of the same site: only the origin counts. */
function comesFromUs({ origin }: WebServerOptions, { headers }: FastifyRequest): boolean {
  const { 'sec-fetch-site': site } = headers;
  return headers.origin === origin() && (site === undefined || site === 'same-origin');
}

function isToken(given: string | undefined, expected: string): boolean {
  const [ours, theirs] = [Buffer.from(expected), Buffer.from(given ?? '')];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}

async function formOf(request: FastifyRequest, takesUpload: boolean): Promise<Form> {
  if (!request.isMultipart()) return { fields: fieldsOf(request.body), upload: null };
  const fields = new Map<string, string>();
  const limits = takesUpload ? { limits: { fileSize: Number.MAX_SAFE_INTEGER } } : {};
  for await (const part of request.parts(limits)) {
    // what follows the file is read when the file is; a browser sends an empty one where none was chosen
    if (part.type === 'file' && takesUpload && part.filename !== '')
      return { fields, upload: uploadOf(part) };
    if (part.type === 'file') part.file.resume();
    else if (!fields.has(part.fieldname)) fields.set(part.fieldname, String(part.value));
  }
  return { fields, upload: null };
}

function uploadOf({ filename, mimetype, file }: MultipartFile): Upload {
  return { name: filename, mediaType: mimetype, source: file };
}

function fieldsOf(body: unknown): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(body ?? {})) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'string') fields.set(name, first.toWellFormed());
  }
  return fields;
}

function requestOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { fields, upload }: Form,
): Omit<WebRequest, 'cookie'> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const { pathname, searchParams } = new URL(request.url, 'http://host');
  const params = Object.entries(request.params ?? {}).map(([name, value]) => [name, String(value)] as const);
  const { range } = request.headers;
  return {
    path: pathname,
    params: Object.fromEntries(params),
    query: searchParams,
    fields,
    upload,
    range: range ?? null,
    neighbourhood: neighbourhoodOf(
      parseAddress(request.raw.socket.remoteAddress?.split('%')[0] ?? '') ?? null,
    ),
    signal: gone.signal,
  };
}

function send(options: WebServerOptions, reply: FastifyReply, answer: WebReply): FastifyReply {
  const { status, headers, body, cookie } = answer;
  const secure = isSecure(options);
  reply.code(status).headers({ ...pageHeaders(options.door, secure), ...headers });
  if (cookie !== undefined)
    reply.header('set-cookie', setCookie(cookieName(options.door, secure), cookie, secure));
  const isWhole = typeof body === 'string' || body instanceof Uint8Array;
  return reply.send(isWhole ? body : Readable.from(body, { objectMode: false }));
}

function sendAsset(
  options: WebServerOptions,
  reply: FastifyReply,
  { type, body }: { readonly type: string; readonly body: string },
): FastifyReply {
  const headers = { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' };
  return send(options, reply, { status: 200, headers, body });
}

function toLogIn(options: WebServerOptions, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const wish = request.url === '/' ? '' : `?to=${encodeURIComponent(request.url)}`;
  return send(options, reply, { status: 303, headers: { location: `${LOG_IN}${wish}` }, body: '' });
}

function refuse(options: WebServerOptions, reply: FastifyReply, status: Refusal): FastifyReply {
  const headers = { 'content-type': 'text/html; charset=utf-8', connection: 'close' };
  return send(options, reply, { status, headers, body: options.wordsPage(status, WORDS[status]) });
}

function isSecure({ origin }: WebServerOptions): boolean {
  return origin().startsWith('https:');
}
