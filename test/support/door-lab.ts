import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { doorRoutes } from '../../gateway-server/web/door-routes.ts';
import type { Door } from '../../gateway-server/web/doorkeeper.ts';
import { openHttpListeners } from '../../gateway-server/web/io/http-listeners.ts';
import { openWebServer } from '../../gateway-server/web/io/web-server.ts';
import { page, type Route, seeOther } from '../../gateway-server/web/route.ts';
import type { Ipv4 } from '../../protocol/address.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { systemClock } from '../../runtime/clock.ts';
import { GOOD, opened } from './doorkeeper-lab.ts';
import { MemoryLog } from './memory-log.ts';

const FORM = 'application/x-www-form-urlencoded';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A door over real HTTP, with mira who has a password, and alice's line. */
export async function openDoorLab(door: Door, named?: string, more: readonly LineId[] = []) {
  const { doorkeeper, hasher, lines, clock } = await opened();
  for (const line of more) lines.add(line);
  const mira = await doorkeeper.addOperator('mira', 'keeper');
  if ('problem' in mira) throw new Error(mira.problem);
  const log = new MemoryLog();
  const porch = { changes: 0 };
  const change = () => {
    porch.changes += 1;
    return seeOther('/mine');
  };
  const role = door === 'portal' ? 'owner' : 'viewer';
  const routes: readonly Route[] = [
    ...doorRoutes({
      ...{ door, doorkeeper, noted: async () => undefined, clockText: (ms) => `${ms} ms` },
      frame: { bare: (title, content) => `<title>${title}</title>${content}` },
    }),
    { method: 'GET', path: '/mine', for: role, run: (_request, { formToken }) => page(formToken) },
    { method: 'GET', path: '/live', for: role, asksByItself: true, run: () => page('news') },
    { method: 'POST', path: '/change', for: role, run: change },
    { method: 'POST', path: '/accounts', for: 'admin', run: change },
    {
      method: 'GET',
      path: '/broken',
      for: 'anybody',
      run: () => Promise.reject(new Error('a secret of the inside')),
    },
  ];
  let origin = named ?? '';
  const server = await openWebServer({
    ...{ door, routes, doorkeeper, log, origin: () => origin },
    assets: new Map([['/assets/app.css', { type: 'text/css', body: 'body{}' }]]),
    wordsPage: (_status, { title }) => `<title>${title}</title>`,
  });
  const listeners = await openHttpListeners({
    ...{ listen: [{ address: '127.0.0.1' as Ipv4, port: 0 }], tls: null, serve: server.listener },
    ...{ clock: systemClock, log },
  });
  onTestFinished(async () => {
    await listeners.close();
    await server.close();
  });
  const port = listeners.endpoints[0]?.port ?? 0;
  origin = named ?? `http://127.0.0.1:${port}`;
  const ask = (
    method: string,
    path: string,
    headers: Readonly<Record<string, string | undefined>> = {},
    body = '',
  ) => asked({ port, method, path, body, headers: { host: new URL(origin).host, ...headers } });
  const post = (
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Parameters<typeof ask>[2] = {},
  ) =>
    ask('POST', path, { origin, 'content-type': FORM, ...headers }, new URLSearchParams(fields).toString());
  const first = await doorkeeper.enter(door, doorkeeper.operatorToken(mira.id), 'office');
  if (first.kind === 'in') await doorkeeper.changePassword(first.session, null, GOOD, first.cookie);
  const enterAsOperator = async () => {
    const cookie = sentBack((await post('/log-in', { login: 'mira', password: GOOD })).headers);
    return { cookie, formToken: (await ask('GET', '/mine', { cookie })).body };
  };
  return Object.assign(porch, {
    doorkeeper,
    hasher,
    lines,
    clock,
    log,
    origin,
    port,
    ask,
    post,
    enterAsOperator,
  });
}

interface Asked {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

function asked({ port, method, path, headers, body }: Asked): Promise<Answer> {
  const sent = Object.entries({ 'content-length': String(Buffer.byteLength(body)), ...headers });
  const given = Object.fromEntries(sent.filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', method, path, headers: given, agent: false });
    request.once('error', reject);
    request.once('response', (response) => void answerOf(response).then(resolve, reject));
    request.end(body);
  });
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const { statusCode = 0, headers } = response;
  return { status: statusCode, headers, body: Buffer.concat(chunks).toString() };
}

/** The status of the answer to bytes that are sent as they are. */
export function rawStatus(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(bytes.toString().split(' ')[1] ?? '');
    });
    socket.write(text);
  });
}

/** What a browser would send back. */
export function sentBack(headers: IncomingHttpHeaders): string {
  const [pair] = headers['set-cookie']?.[0]?.split(';') ?? [];
  if (pair === undefined) throw new Error('no cookie was set');
  return pair;
}
