import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Api } from '../../gateway-server/api/api.ts';
import type { Paces } from '../../gateway-server/api/gate.ts';
import { addOperations } from '../../gateway-server/api/io/api-app.ts';
import { NewsFeed } from '../../gateway-server/api/news-feed.ts';
import { operatorApi } from '../../gateway-server/api/operator/operator-api.ts';
import type { OperatorCaller } from '../../gateway-server/api/operator/operator-caller.ts';
import { ownerApi } from '../../gateway-server/api/owner/owner-api.ts';
import type { OwnerCaller } from '../../gateway-server/api/owner/owner-caller.ts';
import { Departures } from '../../gateway-server/line/departures.ts';
import { AuditedCommands } from '../../gateway-server/operator/audited.ts';
import type { Desk } from '../../gateway-server/operator/desk.ts';
import { RegistryLines } from '../../gateway-server/portal/registry-lines.ts';
import { type Registry, registryOf } from '../../gateway-server/registry.ts';
import { sqliteAccounts } from '../../gateway-server/store/io/sqlite-accounts.ts';
import { sqliteAudit } from '../../gateway-server/store/io/sqlite-audit.ts';
import { sqliteDiary } from '../../gateway-server/store/io/sqlite-diary.ts';
import { sqliteMessages } from '../../gateway-server/store/io/sqlite-messages.ts';
import { sqliteShelf } from '../../gateway-server/store/io/sqlite-shelf.ts';
import { type GatewayDatabase, openGatewayDatabase } from '../../gateway-server/store/io/sqlite-store.ts';
import { sqliteWebhooks } from '../../gateway-server/store/io/sqlite-webhooks.ts';
import { Announcements } from '../../gateway-server/subscriber/announcements.ts';
import { ContentFolder } from '../../gateway-server/subscriber/io/content-folder.ts';
import { KeptDiary } from '../../gateway-server/subscriber/kept-diary.ts';
import { KeptMailbox } from '../../gateway-server/subscriber/kept-mailbox.ts';
import { KeptShelf } from '../../gateway-server/subscriber/kept-shelf.ts';
import type { Role } from '../../gateway-server/web/account.ts';
import { type Door, OPERATOR_SCOPES, OWNER_SCOPES, type Scope } from '../../gateway-server/web/doorkeeper.ts';
import type { House } from '../../gateway-server/web/house.ts';
import { openWebServer } from '../../gateway-server/web/io/web-server.ts';
import { KeptDoorkeeper } from '../../gateway-server/web/kept-doorkeeper.ts';
import { Argon2Hasher } from '../../gateway-server/web/password.ts';
import { KeptWebhooks } from '../../gateway-server/webhook/kept-webhooks.ts';
import type { ZoneIdentity } from '../../gateway-server/zone/zone-identity.ts';
import type { Address } from '../../protocol/address.ts';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { NO_COPIES } from './empty-house.ts';
import { FakeAgentLink } from './fake-agent-link.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';
import { serviceSince } from './operator.ts';
import { ScriptedCaller } from './scripted-caller.ts';
import { ALICE, ANSWERED, BOB, lineNamed, standingAt } from './stored-lines.ts';

const GATEWAY = '192.0.2.80' as Address;
const IDENTITY: ZoneIdentity = {
  name: 'mwebpages.test' as DomainName,
  nameservers: new Map([['ns1.mwebpages.test' as DomainName, [GATEWAY]]]),
  answering: [GATEWAY],
  ttlSeconds: 30,
  ownNames: [],
  static: [],
};
const STARTED_AT = Date.UTC(2026, 2, 14, 9);
const MINUTE_MS = 60_000;

interface Wish {
  readonly quotaBytes?: number;
  readonly paces?: Paces;
}

/** Both APIs over real HTTP, a real store and real files in a folder of their own; alice is live, bob is off-line. */
export class ApiLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'porchlight-api-'));
  readonly clock = new ManualClock(5_000);
  readonly log = new MemoryLog();
  readonly news = new NewsFeed(2);
  readonly link = new FakeAgentLink();
  readonly origins = new Map<Door, string>();
  readonly apis = new Map<Door, Api<OwnerCaller> | Api<OperatorCaller>>();
  readonly #db: GatewayDatabase;
  #parts:
    | {
        readonly house: House;
        readonly mailbox: KeptMailbox;
        readonly doorkeeper: KeptDoorkeeper;
        readonly desk: Desk;
        readonly commands: AuditedCommands;
      }
    | undefined;

  private constructor() {
    this.clock.jumpWall(STARTED_AT - this.clock.now());
    this.#db = openGatewayDatabase(join(this.folder, 'gateway.sqlite'), this.clock);
    onTestFinished(async () => {
      await this.#db.store.close();
      rmSync(this.folder, { recursive: true });
    });
  }

  static async open(wish: Wish = {}): Promise<ApiLab> {
    const lab = new ApiLab();
    await lab.#setUp(wish.quotaBytes ?? 100_000);
    await lab.#listen('portal', lab.#ownerApi(), wish.paces);
    await lab.#listen('console', lab.#operatorApi(), wish.paces);
    return lab;
  }

  get house(): House {
    return known(this.#parts).house;
  }

  get desk(): Desk {
    return known(this.#parts).desk;
  }

  get commands(): AuditedCommands {
    return known(this.#parts).commands;
  }

  get doorkeeper(): KeptDoorkeeper {
    return known(this.#parts).doorkeeper;
  }

  originOf(door: Door): string {
    return known(this.origins.get(door));
  }

  /** A token of the line's owner. */
  async ownerToken(line: LineId, scopes: readonly Scope[] = OWNER_SCOPES, lastsMs: number | null = null) {
    return this.#token(await this.doorkeeper.ownerAccount(line), scopes, lastsMs);
  }

  /** A token of an operator with the role. */
  async operatorToken(scopes: readonly Scope[] = OPERATOR_SCOPES, role: Role = 'admin') {
    const login = `op-${randomBytes(4).toString('hex')}`;
    const account = await this.doorkeeper.addOperator(login, role);
    if ('problem' in account) throw new Error(account.problem);
    return this.#token(account, scopes, null);
  }

  /** What a visitor leaves for the line. */
  async leave(line: LineId, text: string, recording?: Uint8Array): Promise<number> {
    const { mailbox } = known(this.#parts);
    const taken =
      recording &&
      (await mailbox.takeIn(line, { kind: 'voice', mediaType: 'audio/webm', source: inOne(recording) }));
    if (taken && taken.kind !== 'taken-in') throw new Error(taken.kind);
    const at = this.clock.now();
    await mailbox.keep({
      line,
      at,
      name: 'Vera',
      contact: 'vera@example.org',
      text,
      recording: taken?.recording ?? null,
    });
    const [newest] = await mailbox.list(line, { before: null, most: 1 });
    return known(newest).number;
  }

  async #token(
    account: Awaited<ReturnType<KeptDoorkeeper['ownerAccount']>>,
    scopes: readonly Scope[],
    lastsMs: number | null,
  ) {
    const expiresAt = lastsMs === null ? null : this.clock.now() + lastsMs;
    const issued = await this.doorkeeper.issueToken(account, { name: 'test', scopes, expiresAt });
    if ('problem' in issued) throw new Error(issued.problem);
    return { secret: issued.secret, id: issued.token.id, account };
  }

  async #setUp(quotaBytes: number): Promise<void> {
    const { clock, log, link } = this;
    const { store } = this.#db;
    const absence = {
      since: STARTED_AT - 20 * MINUTE_MS,
      until: STARTED_AT - 10 * MINUTE_MS,
      reason: 'silent',
      hits: 3,
    } as const;
    const off = {
      kind: 'answering',
      reason: 'farewell',
      serial: 7,
      since: STARTED_AT - 5 * MINUTE_MS,
    } as const;
    await store.putLines([
      [lineNamed(ALICE), standingAt('198.51.100.7', { absence, messages: 0 })],
      [
        lineNamed(BOB),
        {
          ...ANSWERED,
          published: off,
          logOn: STARTED_AT - 90 * MINUTE_MS,
          absence: { ...off, until: null, hits: 1 },
        },
      ],
    ]);
    const registry = registryOf({
      identity: IDENTITY,
      store,
      stored: await store.load(),
      everyMs: () => 1_000,
      timeoutMs: () => 10_000,
      clock,
      log,
    });
    const announcements = new Announcements(
      { store, clock, newId: () => randomBytes(6).toString('hex') },
      [],
    );
    const furnished = await this.#furnish(registry, quotaBytes);
    const desk: Desk = {
      house: furnished.house,
      ...{ registry, store, announcements, link, clock },
      departures: new Departures({ ...registry, clock, log }),
      zoneName: IDENTITY.name,
      serialOnDisk: () => store.serial(),
      service: serviceSince(0, {
        secondaries: () => [{ address: '192.0.2.53:53', serial: 7, lagMs: 0, proof: true, problem: null }],
      }),
    };
    const commands = new AuditedCommands({ desk, audit: desk.house.audit });
    this.#parts = { desk, commands, ...furnished };
  }

  async #furnish(registry: Registry, quota: number) {
    const { clock, log } = this;
    const files = new ContentFolder(join(this.folder, 'content'), log);
    const quotaBytes = () => quota;
    const mailbox = await KeptMailbox.open({
      ...{ files, clock, log, quotaBytes },
      store: sqliteMessages(this.#db),
      standings: registry.standings,
      witnesses: [this.news],
    });
    const shelf = await KeptShelf.open({
      ...{ files, clock, log, quotaBytes, mailbox },
      store: sqliteShelf(this.#db),
    });
    const doorkeeper = await KeptDoorkeeper.open({
      ...{ clock, log },
      store: sqliteAccounts(this.#db),
      hasher: new Argon2Hasher(),
      key: randomBytes(32),
      random: (bytes) => randomBytes(bytes),
      isWelcome: (line) => registry.book.get(line)?.line.suspended === false,
      setUpAt: (line) => registry.book.get(line)?.line.createdAt,
      lineCalled: (text) => registry.book.get(text as LineId)?.line.id,
    });
    const webhooks = new KeptWebhooks({
      ...{ clock, log },
      store: sqliteWebhooks(this.#db),
      caller: new ScriptedCaller(),
      reach: { mayCall: (address) => !address.startsWith('10.'), isListed: () => false },
      domainOf: (line) => `${line}.mwebpages.test`,
      random: (bytes) => randomBytes(bytes),
    });
    const house: House = {
      ...{ mailbox, shelf, doorkeeper, webhooks, copies: NO_COPIES, waiting: () => 2 },
      diary: new KeptDiary({ store: sqliteDiary(this.#db), book: registry.book, clock, log }),
      audit: sqliteAudit(this.#db, clock),
      stage: registry.stage,
      portalUrl: 'https://portal.mwebpages.test',
      consoleUrl: 'https://console.mwebpages.test',
      forget: async (line) => {
        shelf.forget(line);
        await Promise.all([mailbox.forget(line), doorkeeper.forget(line)]);
      },
    };
    return { house, mailbox, doorkeeper };
  }

  #ownerApi(): Api<OwnerCaller> {
    const { desk, house } = known(this.#parts);
    const { registry } = desk;
    return ownerApi({
      ...{ registry, house, clock: this.clock },
      words: new RegistryLines(desk),
      sanitiser: {
        clean: (html) => ({ html: html.replaceAll('<script>', ''), removed: ['script element'] }),
      },
    });
  }

  #operatorApi(): Api<OperatorCaller> {
    const { desk, house, commands } = known(this.#parts);
    return operatorApi({ desk, house, commands, news: this.news });
  }

  async #listen<Caller>(door: Door, api: Api<Caller>, paces?: Paces): Promise<void> {
    const { clock, log, doorkeeper } = this;
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const web = await openWebServer({
      ...{ door, doorkeeper, log },
      origin: () => origin,
      routes: [],
      assets: new Map(),
      wordsPage: () => '',
      api: (app) => addOperations(app, { ...{ api, doorkeeper, clock, log }, ...(paces ? { paces } : {}) }),
    });
    server.on('request', web.listener);
    this.origins.set(door, origin);
    this.apis.set(door, api as unknown as Api<OwnerCaller>);
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await web.close();
    });
  }
}

async function* inOne(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing there');
  return value;
}
