import { scopeOf } from '../../protocol/address-scope.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { type AnsweringServer, openAnsweringServer } from '../answering/io/answering-server.ts';
import { LineDirectory } from '../answering/line-directory.ts';
import { NewsFeed } from '../api/news-feed.ts';
import type { LineWitness } from '../line/line-news.ts';
import type { Settings } from '../settings.ts';
import { loadIslands } from '../web/io/load-islands.ts';
import type { WebServer } from '../web/io/web-server.ts';
import type { Assembly } from './assembly.ts';
import { listenerOf, type Operators, openConsole, openPortal } from './doors.ts';

/** Everything that people open in a browser. */
export interface People {
  readonly answering: AnsweringServer;
  /** Once there is a desk to work at. */
  openConsole(operators: Operators, signal: AbortSignal): Promise<void>;
  reloadCertificates(): Promise<void>;
  close(): Promise<void>;
}

export async function openPeople(assembly: Assembly, settings: () => Settings, log: Logger): Promise<People> {
  const { registry, identity, opened } = assembly;
  const { doors, house, waiters, witnesses, sanitiser } = opened;
  const { copies } = house;
  const islands = await loadIslands();
  const ownName = (label: string) =>
    identity.ownNames.find((name) => name.startsWith(`${label}.`)) ?? identity.name;
  const leaveHost = ownName('leave');
  const at: { answering?: AnsweringServer } = {};
  const answering = () => {
    if (!at.answering) throw new Error('nothing is answered yet');
    return at.answering.answering;
  };
  const leaveOrigin = () => originBeside(at.answering, leaveHost) ?? `https://${leaveHost}`;
  const common = { assembly, settings, islands, sanitiser, copies, answering, leaveOrigin, log };
  const portal = await openPortal(common);
  const portalHost = hostOf(settings().portal.url) ?? ownName('portal');
  const portalListener = listenerOf(portal, () => doors.portalUrl);
  const { listen, tls_listen, cert_file, key_file, provider } = settings().answering;
  at.answering = await openAnsweringServer({
    listen,
    tls:
      tls_listen && cert_file && key_file
        ? { listen: tls_listen, certFile: cert_file, keyFile: key_file }
        : null,
    otherHosts: (host) => (host === portalHost && doors.portalUrl !== null ? portalListener : undefined),
    directory: new LineDirectory({
      book: registry.book,
      zoneName: identity.name,
      leaveHost,
      ttlSeconds: identity.ttlSeconds,
    }),
    box: house.mailbox,
    shelf: house.shelf,
    hits: registry.standings,
    portalOrigin: () => doors.portalUrl,
    recorder: islands.visitor,
    provider: { name: provider || identity.name },
    clock: systemClock,
    ...{ copies, sanitiser, waiters, log },
  });
  const news = new NewsFeed();
  witnesses.push(at.answering.answering, news);
  doors.portalUrl = settings().portal.url ?? originBeside(at.answering, portalHost);
  if (doors.portalUrl === null)
    log.warn('no portal: owners log in over HTTPS alone, so set answering.tls_listen');
  return peopleAt(at.answering, portal, {
    openConsole: (operators) => openConsole(common, operators, news),
    witnesses,
  });
}

interface Rest {
  readonly openConsole: (operators: Operators) => ReturnType<typeof openConsole>;
  readonly witnesses: LineWitness[];
}

function peopleAt(answering: AnsweringServer, portal: WebServer, rest: Rest): People {
  let door: Awaited<ReturnType<Rest['openConsole']>> = null;
  let sampling: Promise<void> | undefined;
  return {
    answering,
    openConsole: async (operators, signal) => {
      door = await rest.openConsole(operators);
      if (!door) return;
      rest.witnesses.push(door.sampler);
      sampling = door.sampler.run(signal);
    },
    reloadCertificates: async () => {
      await Promise.all([answering.reloadCertificates(), door?.listeners.reloadCertificates()]);
    },
    close: async () => {
      await sampling;
      await door?.listeners.close();
      await door?.server.close();
      await answering.close();
      await portal.close();
    },
  };
}

/** A name of ours at the endpoints of the answering server: HTTPS, or plain HTTP where only this machine comes. */
function originBeside(server: AnsweringServer | undefined, host: string): string | null {
  const secure = server?.endpoints.find(({ scheme }) => scheme === 'https');
  if (secure) return new URL(`https://${host}:${secure.port}`).origin;
  const plain = server?.endpoints.find(({ address }) => scopeOf(address) === 'loopback');
  const isOnlyHere = server?.endpoints.every(({ address }) => scopeOf(address) === 'loopback');
  return plain && isOnlyHere ? new URL(`http://${host}:${plain.port}`).origin : null;
}

function hostOf(url: string | null): string | null {
  return url === null ? null : new URL(url).hostname;
}
