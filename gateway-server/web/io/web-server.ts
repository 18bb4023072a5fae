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
import { isToken } from '../form-token.ts';
import { pageHeaders } from '../page-headers.ts';
import type { Route, Upload, WebReply, WebRequest } from '../route.ts';
import { cookieIn, cookieName, setCookie } from '../session-cookie.ts';
import { passOver } from './rest-of-body.ts';

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
/** One-time links are longer than the router's own bound. */
const LONGEST_PARAMETER = 400;
/** Those that stand before the file in a form. */
const MULTIPART = { files: 1, fields: 30, fieldSize: 64 * 1024, fileSize: Number.MAX_SAFE_INTEGER };
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
  const app = fastify({
    bodyLimit: MOST_FORM_BYTES,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    frameworkErrors: (_error, _request, reply) => void refuse(options, reply, 400),
  });
  app.addHook('onRequest', async (request, reply) => {
    const { host: hosts = [] } = request.raw.headersDistinct;
    if (hosts.length !== 1 || hosts[0]?.toLowerCase() !== new URL(options.origin()).host)
      return refuse(options, reply, 421);
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
  await pages.register(multipart, { limits: MULTIPART });
  for (const route of options.routes) {
    pages.route({
      method: route.method === 'GET' ? ['GET', 'HEAD'] : 'POST',
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
  const session = cookie === undefined ? undefined : sessionFor(options, route, cookie);
  const isChange = route.method === 'POST';
  const refusal = isChange ? refusalOf(options, route, request) : null;
  if (refusal !== null) return refuse(options, reply, refusal);
  const form = isChange ? await formOf(request) : NO_FORM;
  const call = { ...requestOf(request, reply, form), cookie: cookie ?? null };
  if (route.for === 'anybody') return send(options, reply, await route.run(call, session ?? null));
  if (!session) return isChange ? refuse(options, reply, 401) : toLogIn(options, request, reply);
  if (!isAllowed(route, session, form)) return refuse(options, reply, 403);
  return send(options, reply, await route.run(call, session));
}

function sessionFor({ doorkeeper, door }: WebServerOptions, route: Route, cookie: string) {
  return route.asksByItself ? doorkeeper.look(door, cookie) : doorkeeper.session(door, cookie);
}

/** Decided by the headers alone. */
function refusalOf(options: WebServerOptions, route: Route, request: FastifyRequest): Refusal | null {
  if (!comesFromUs(options, request)) return 403;
  return request.isMultipart() && !route.takesUpload ? 400 : null;
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

async function formOf(request: FastifyRequest): Promise<Form> {
  if (!request.isMultipart()) return { fields: fieldsOf(request.body), upload: null };
  const fields = new Map<string, string>();
  for await (const part of request.parts()) {
    // what follows the file is not read; a browser sends an empty one where none was chosen
    if (part.type === 'file' && part.filename !== '') return { fields, upload: uploadOf(part) };
    if (part.type === 'file') part.file.resume();
    else if (!fields.has(part.fieldname)) fields.set(part.fieldname, String(part.value).toWellFormed());
  }
  return { fields, upload: null };
}

/** Whoever stops reading early still has to answer over the same connection. */
function uploadOf({ filename, mimetype, file }: MultipartFile): Upload {
  const source = { [Symbol.asyncIterator]: () => file.iterator({ destroyOnReturn: false }) };
  return { name: filename, mediaType: mimetype, source };
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
  const { door, origin } = options;
  reply.code(status).headers({ ...pageHeaders(door, new URL(origin())), ...headers });
  if (cookie !== undefined) {
    const secure = isSecure(options);
    reply.header('set-cookie', setCookie(cookieName(door, secure), cookie, secure));
  }
  passOver(reply.request.raw);
  if (typeof body === 'string' || body instanceof Uint8Array) return reply.send(body);
  const pieces = Readable.from(body, { objectMode: false });
  if (reply.request.method === 'HEAD') {
    pieces.destroy();
    return reply.send('');
  }
  reply.send(pieces);
  // an event stream has begun before its first event
  reply.raw.flushHeaders();
  return reply;
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
