import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'smol-toml';
import { type Endpoint, endpointText } from '../../../gateway-server/endpoint.ts';
import { freePort } from '../../support/secondaries/free-port.ts';
import type { TsigSecret } from '../../support/secondaries/tsig-secret.ts';
import { Companion } from '../loop/companion.ts';
import { TTL_SECONDS, ZONE } from './bench-zone.ts';
import { LOOPBACK, UPDATE_KEY } from './line-up.ts';
import { scratchFolder } from './scratch.ts';
import type { ServerProcess } from './server-process.ts';
import type { UpdateNews, Wish } from './update-news.ts';
import { UpdateSession } from './update-session.ts';

/** When the changes were handed over, and when the server began with them where it tells. */
export interface Given {
  readonly handedAt: number;
  readonly takenAt: Promise<number> | null;
}

/** A name server whose zone is changed while it is asked. */
export interface UpdatedServer {
  readonly name: string;
  readonly endpoint: Endpoint;
  change(wish: Wish): Promise<Given>;
  end(): Promise<void>;
}

const OURS = fileURLToPath(new URL('update-server.ts', import.meta.url));
const ALIVE_SECONDS = 3_600;
const LEAST_EVERY_SECONDS = 0.1;
const START_MS = 120_000;
const STEP_MS = 60_000;

/** Where our server shall listen, if that matters, and who has the zone from it. */
export interface OurWish {
  readonly endpoint?: Endpoint;
  /** The least time between two batches. */
  readonly everySeconds?: number;
  readonly backups?: { readonly endpoints: readonly Endpoint[]; readonly key: TsigSecret };
}

/** Our queue, store, loop and name server in one process. */
export class OurUpdatedServer implements UpdatedServer {
  readonly name = 'porchlight';
  readonly endpoint: Endpoint;
  /** From opening the store to the first answer. */
  readonly loadMs: number;
  readonly #companion: Companion<UpdateNews>;

  private constructor(endpoint: Endpoint, companion: Companion<UpdateNews>, loadMs: number) {
    this.endpoint = endpoint;
    this.#companion = companion;
    this.loadMs = loadMs;
  }

  /** Resolves when so many lines are in its store and in its zone. */
  static async start(lines: number, wish: OurWish = {}): Promise<OurUpdatedServer> {
    const endpoint = wish.endpoint ?? { address: LOOPBACK, port: await freePort(LOOPBACK) };
    const config = writeSettings(scratchFolder(), { ...wish, endpoint });
    const companion = new Companion<UpdateNews>([process.execPath, OURS, config, String(lines)]);
    const ready = await companion.next('our server is ready', START_MS, ({ kind }) => kind === 'ready');
    return new OurUpdatedServer(endpoint, companion, ready.kind === 'ready' ? ready.loadMs : Number.NaN);
  }

  async change(wish: Wish): Promise<Given> {
    const moment = async (what: string, isIt: (news: UpdateNews) => boolean) =>
      (await this.#companion.next(what, STEP_MS, isIt)).at;
    const handedAt = moment('our server has the changes', ({ kind }) => kind === 'handed');
    const takenAt = moment(
      `our server takes ${wish.count} changes in one batch`,
      (news) => news.kind === 'taken' && news.updates === wish.count,
    );
    // the caller waits for it later; until then nobody would take care of its failure
    takenAt.catch(() => undefined);
    this.#companion.say(wish);
    return { handedAt: await handedAt, takenAt };
  }

  async end(): Promise<void> {
    await this.#companion.end();
  }
}

/** Another's name server that takes changes as messages (RFC 2136). */
export class PeerUpdatedServer implements UpdatedServer {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly #server: ServerProcess;
  readonly #session: UpdateSession;

  constructor(server: ServerProcess) {
    this.name = server.name;
    this.endpoint = server.endpoint;
    this.#server = server;
    this.#session = new UpdateSession(server.endpoint, UPDATE_KEY);
  }

  async change(wish: Wish): Promise<Given> {
    return { handedAt: this.#session.change(wish), takenAt: null };
  }

  async end(): Promise<void> {
    await this.#session.end();
    await this.#server.end();
  }
}

function writeSettings(
  folder: string,
  { endpoint, backups, everySeconds = LEAST_EVERY_SECONDS }: OurWish & { readonly endpoint: Endpoint },
): string {
  const settings = {
    data_dir: 'data',
    zone: { name: ZONE },
    dns: {
      listen: [endpointText(endpoint)],
      ttl: TTL_SECONDS,
      nameservers: { [`ns1.${ZONE}`]: [endpoint.address] },
    },
    // lines here never signal; none of them is doubted
    alive: { timeout: ALIVE_SECONDS },
    update: { every: everySeconds },
    ...(backups ? backupSettings(folder, backups) : {}),
  };
  const config = join(folder, 'gateway.toml');
  writeFileSync(config, stringify(settings));
  return config;
}

function backupSettings(folder: string, { endpoints, key }: NonNullable<OurWish['backups']>) {
  writeFileSync(join(folder, 'backups.key'), `${key.secret}\n`, { mode: 0o600 });
  return {
    key: [{ name: key.name, algorithm: key.algorithm, secret_file: 'backups.key' }],
    secondary: endpoints.map((one) => ({ address: endpointText(one), key: key.name })),
  };
}
