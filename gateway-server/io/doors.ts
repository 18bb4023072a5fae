import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { systemClock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Answering } from '../answering/answering.ts';
import { assets } from '../answering/assets.ts';
import { html, type Markup } from '../answering/html.ts';
import { icon } from '../answering/look/icon.ts';
import type { Sanitiser } from '../answering/sanitiser.ts';
import { texts } from '../answering/texts.ts';
import { addOperations } from '../api/io/api-app.ts';
import type { NewsFeed } from '../api/news-feed.ts';
import { operatorApi } from '../api/operator/operator-api.ts';
import { ownerApi } from '../api/owner/owner-api.ts';
import { consoleRoutes } from '../console/console.ts';
import { LagRecord } from '../console/lag-record.ts';
import { consoleStyle } from '../console/look/console-style.ts';
import { Sampler } from '../console/sampler.ts';
import type { AuditedCommands } from '../operator/audited.ts';
import type { Desk } from '../operator/desk.ts';
import { LinePages } from '../operator/line-pages.ts';
import { AnsweringPreviews } from '../portal/answering-previews.ts';
import { portalRoutes } from '../portal/portal.ts';
import { RegistryLines } from '../portal/registry-lines.ts';
import type { Settings } from '../settings.ts';
import { sqliteSamples } from '../store/io/sqlite-samples.ts';
import type { SiteCopies } from '../subscriber/site-copy.ts';
import { doorRoutes } from '../web/door-routes.ts';
import type { Door } from '../web/doorkeeper.ts';
import { type HttpListeners, openHttpListeners } from '../web/io/http-listeners.ts';
import { openWebServer, type WebServer } from '../web/io/web-server.ts';
import type { Islands } from '../web/islands.ts';
import { appSheet } from '../web/look/app-sheet.ts';
import { frame } from '../web/page/frame.ts';
import type { Route } from '../web/route.ts';
import type { Assembly } from './assembly.ts';

interface Parts {
  readonly assembly: Assembly;
  readonly settings: () => Settings;
  readonly islands: Islands;
  readonly sanitiser: Sanitiser;
  readonly copies: SiteCopies;
  readonly answering: () => Answering;
  readonly leaveOrigin: () => string;
  readonly log: Logger;
}

/** The owners' portal; it listens at the answering server's endpoints, by its Host. */
export function openPortal(parts: Parts): Promise<WebServer> {
  const { assembly, log, islands } = parts;
  const { registry, store, opened } = assembly;
  const { house, doors } = opened;
  const lines = new RegistryLines({ registry, store });
  const previews = new AnsweringPreviews({
    ...parts,
    answering: { previewOf: (...wish) => parts.answering().previewOf(...wish) },
    portalOrigin: () => doors.portalUrl ?? NOWHERE,
    clock: systemClock,
  });
  const files = filesOf('portal', appSheet, islands, ['portal', 'editor']);
  const brand = brandOf(parts);
  const { style, scripts } = files;
  const look = {
    brand,
    style,
    script: scripts['portal'] ?? '',
    editorScript: scripts['editor'] ?? '',
    icon: ICON,
  };
  const clock = systemClock;
  const routes = portalRoutes({ house, lines, previews, look, clock });
  const api = ownerApi({ registry, house, clock, words: lines, sanitiser: parts.sanitiser });
  return openDoor(parts, {
    door: 'portal',
    brand,
    files,
    routes,
    origin: () => doors.portalUrl ?? NOWHERE,
    api: (app) => addOperations(app, { api, doorkeeper: house.doorkeeper, clock, log }),
    island: 'portal',
  });
}

/** What operators work at; their commands take turns with those of the control socket. */
export interface Operators {
  readonly desk: Desk;
  readonly commands: AuditedCommands;
}

interface ConsoleDoor {
  readonly sampler: Sampler;
  readonly server: WebServer;
  readonly listeners: HttpListeners;
}

/** The operator's console at its own endpoint; null when it is closed. */
export async function openConsole(
  parts: Parts,
  { desk, commands }: Operators,
  news: NewsFeed,
): Promise<ConsoleDoor | null> {
  const { settings, log, islands } = parts;
  const { listen, cert_file, key_file } = settings().console;
  const { house, doors } = parts.assembly.opened;
  if (listen === null) return null;
  const clock = systemClock;
  const samples = sqliteSamples(parts.assembly.database);
  const lags = new LagRecord();
  const secondaries = () => desk.service?.secondaries() ?? [];
  const { registry } = desk;
  const sampler = new Sampler({ registry, store: samples, secondaries, lags, othersTurn, clock, log });
  const lines = new LinePages({ registry, othersTurn, clock });
  const brand = brandOf(parts);
  const files = filesOf('console', appSheet + consoleStyle, islands, ['console']);
  const look = { brand, style: files.style, script: files.scripts['console'] ?? '', icon: ICON };
  const api = operatorApi({ desk, house, commands, news });
  const server = await openDoor(parts, {
    door: 'console',
    brand,
    files,
    routes: consoleRoutes({ desk, commands, lines, samples, lags, look }),
    origin: () => doors.consoleUrl ?? NOWHERE,
    api: (app) => addOperations(app, { api, doorkeeper: house.doorkeeper, clock, log }),
    island: 'console',
  });
  const tls = cert_file && key_file ? { listen: [listen], certFile: cert_file, keyFile: key_file } : null;
  const listeners = await openHttpListeners({
    ...{ listen: tls ? [] : [listen], tls, anyServerName: true },
    serve: server.listener,
    clock,
    log,
  });
  const [endpoint] = listeners.endpoints;
  if (endpoint) {
    const host = endpoint.address.includes(':') ? `[${endpoint.address}]` : endpoint.address;
    doors.consoleUrl = new URL(`${endpoint.scheme}://${host}:${endpoint.port}`).origin;
  }
  return { server, listeners, sampler };
}

/** Whoever comes to the portal over plain HTTP is led to HTTPS, where there is one. */
export function listenerOf(portal: WebServer, origin: () => string | null): RequestListener {
  return (request, response) => {
    const to = origin();
    if (to?.startsWith('https:') && !(request.socket instanceof TLSSocket)) {
      response.writeHead(308, {
        location: `${to}${request.url?.startsWith('/') ? request.url : '/'}`,
        connection: 'close',
      });
      response.end();
    } else portal.listener(request, response);
  };
}

interface DoorWish {
  readonly door: Door;
  readonly brand: string;
  readonly files: ReturnType<typeof filesOf>;
  readonly routes: readonly Route[];
  readonly origin: () => string;
  readonly api: Parameters<typeof openWebServer>[0]['api'] & object;
  readonly island: 'portal' | 'console';
}

function openDoor({ assembly, log }: Parts, wish: DoorWish): Promise<WebServer> {
  const { door, brand, files, origin, api } = wish;
  const { house } = assembly.opened;
  const bare = (title: string, content: Markup) =>
    frame({
      ...{ title: `${title} · ${brand}`, brand, links: [], current: null, person: null, content, icon: ICON },
      ...{ styles: [files.style], scripts: [files.scripts[wish.island] ?? ''] },
    });
  const doorway = doorRoutes({
    ...{ door, doorkeeper: house.doorkeeper, frame: { bare } },
    noted: (action, login) => house.audit.note({ actor: login, action, subject: '', detail: door }),
    clockText: (ms) => texts.duration(Math.ceil(ms / 60_000) * 60_000),
  });
  return openWebServer({
    ...{ door, origin, log, api, doorkeeper: house.doorkeeper },
    routes: [...doorway, ...wish.routes],
    assets: files.byPath,
    wordsPage: (_status, { title, sentence }) =>
      bare(
        title,
        html`<div class="narrow stack"><h1>${title}</h1><p>${sentence}</p><p><a class="action" href="/">To the first page</a></p></div>`,
      ),
  });
}

const othersTurn = () => setImmediate();
const NOWHERE = 'http://nowhere.invalid';
const ICON = '/assets/lamp.svg';

interface File {
  readonly type: string;
  readonly body: string;
}

/** What the pages of a door load, by paths that change with the content. */
function filesOf(name: string, sheet: string, islands: Islands, wanted: readonly (keyof Islands)[]) {
  const byPath = new Map<string, File>([[ICON, { type: 'image/svg+xml', body: icon }]]);
  const add = (file: string, ending: string, type: string, body: string) => {
    const hash = createHash('sha256').update(body).digest('base64url').slice(0, 10);
    const path = `/assets/${file}.${hash}.${ending}`;
    byPath.set(path, { type, body });
    return path;
  };
  // previews of the visitors' page load what visitors load
  for (const { path, type, body } of Object.values(assets)) byPath.set(path, { type, body });
  const style = add(name, 'css', 'text/css; charset=utf-8', sheet);
  const scripts = Object.fromEntries(
    wanted.map((island) => [island, add(island, 'js', 'text/javascript; charset=utf-8', islands[island])]),
  );
  return { byPath, style, scripts };
}

function brandOf({ settings, assembly }: Parts): string {
  return settings().answering.provider || assembly.identity.name;
}
