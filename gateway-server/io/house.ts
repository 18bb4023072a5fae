import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDomainName } from '../../protocol/domain-name.ts';
import { type LineId, parseLineId } from '../../protocol/line-id.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { htmlSanitiser } from '../answering/io/sanitise.ts';
import type { Sanitiser } from '../answering/sanitiser.ts';
import { htmlReader } from '../copying/io/html-reader.ts';
import { SiteCopier } from '../copying/site-copier.ts';
import type { LineNews, LineWitness } from '../line/line-news.ts';
import { smtpRelay } from '../mail/io/smtp-relay.ts';
import { Outbox } from '../mail/outbox.ts';
import { guardedRequests } from '../outbound/io/guarded-requests.ts';
import { type Reach, reachWithin } from '../outbound/reach.ts';
import type { Registry } from '../registry.ts';
import type { Settings } from '../settings.ts';
import { sqliteAccounts } from '../store/io/sqlite-accounts.ts';
import { sqliteAudit } from '../store/io/sqlite-audit.ts';
import { sqliteDiary } from '../store/io/sqlite-diary.ts';
import { sqliteMail } from '../store/io/sqlite-mail.ts';
import { sqliteMessages } from '../store/io/sqlite-messages.ts';
import { sqliteShelf } from '../store/io/sqlite-shelf.ts';
import { sqliteSiteCopies } from '../store/io/sqlite-site-copies.ts';
import type { GatewayDatabase } from '../store/io/sqlite-store.ts';
import { sqliteWaiters } from '../store/io/sqlite-waiters.ts';
import { sqliteWebhooks } from '../store/io/sqlite-webhooks.ts';
import { ContentFolder } from '../subscriber/io/content-folder.ts';
import { KeptCopies } from '../subscriber/kept-copies.ts';
import { KeptDiary } from '../subscriber/kept-diary.ts';
import { KeptMailbox } from '../subscriber/kept-mailbox.ts';
import { KeptShelf } from '../subscriber/kept-shelf.ts';
import { MailedWaiters } from '../subscriber/mailed-waiters.ts';
import type { House } from '../web/house.ts';
import { KeptDoorkeeper } from '../web/kept-doorkeeper.ts';
import { Argon2Hasher } from '../web/password.ts';
import { guardedCaller } from '../webhook/io/guarded-caller.ts';
import { KeptWebhooks } from '../webhook/kept-webhooks.ts';
import { claimRulesOf } from './claim-rules.ts';

/** Where people come in; known only once the ports are. */
export interface Doors {
  portalUrl: string | null;
  consoleUrl: string | null;
}

export interface OpenedHouse {
  readonly house: House;
  readonly doors: Doors;
  readonly waiters: MailedWaiters;
  readonly sanitiser: Sanitiser;
  /** All that act on news of lines. */
  readonly witnesses: LineWitness[];
  /** What goes on behind the pages, until aborted. */
  run(signal: AbortSignal): Promise<void>;
}

interface Parts {
  readonly database: GatewayDatabase;
  readonly registry: Registry;
  readonly settings: () => Settings;
  readonly log: Logger;
}

const KEY_BYTES = 32;
const WEB_PORTS = { http: 80, https: 443 };
const BYTES_A_MB = 1_000_000;

/** Everything that people reach by page, API or command, over the gateway's store and folder. */
export async function openHouse(parts: Parts): Promise<OpenedHouse> {
  const { database, registry, settings, log } = parts;
  const { book, standings, stage } = registry;
  const common = { clock: systemClock, log, random: randomBytes };
  const witnesses: LineWitness[] = [];
  const tellAll: LineWitness = { sees: (news) => tell(witnesses, news) };
  const files = new ContentFolder(join(settings().data_dir, 'content'), log);
  const keeping = { ...common, files, quotaBytes: () => settings().answering.quota_mb * BYTES_A_MB };
  const messages = sqliteMessages(database);
  const mailbox = await KeptMailbox.open({ ...keeping, store: messages, standings, witnesses: [tellAll] });
  const shelf = await KeptShelf.open({ ...keeping, store: sqliteShelf(database), mailbox });
  const diary = new KeptDiary({ ...common, store: sqliteDiary(database), book });
  const doorkeeper = await openDoorkeeper(parts);
  const domainOf = (line: LineId) => book.get(line)?.line.domain ?? null;
  const reach = reachOf(settings);
  const caller = guardedCaller({ reach });
  const webhooks = new KeptWebhooks({
    ...common,
    store: sqliteWebhooks(database),
    caller,
    reach,
    domainOf,
  });
  const { copies, copier, sanitiser } = await openCopying(parts, shelf, reach);
  const outbox = openOutbox(parts);
  const isLive = (line: LineId) => book.get(line)?.standing.published.kind === 'addresses';
  const store = sqliteWaiters(database);
  const waiters = new MailedWaiters({ ...common, store, post: outbox, domainOf, isLive });
  witnesses.push(diary, webhooks, waiters);
  const doors: Doors = { portalUrl: null, consoleUrl: null };
  const house: House = {
    ...{
      mailbox,
      shelf,
      copies,
      diary,
      doorkeeper,
      webhooks,
      stage,
      audit: sqliteAudit(database, systemClock),
    },
    waiting: (line) => waiters.waiting(line),
    get portalUrl() {
      return doors.portalUrl;
    },
    get consoleUrl() {
      return doors.consoleUrl;
    },
    forget: async (line) => {
      shelf.forget(line);
      copies.forget(line);
      webhooks.forget(line);
      await Promise.all([mailbox.forget(line), doorkeeper.forget(line)]);
    },
  };
  const run = async (signal: AbortSignal) => {
    await diary.catchUp();
    const recordings = await messages.recordings();
    await files.sweep((line, id) => recordings.has(`${line}/${id}`) || shelf.offer(line, id) !== undefined);
    await Promise.all([
      mailbox.keepTidy(signal),
      webhooks.run(signal),
      waiters.run(signal),
      outbox?.run(signal),
      copier.run(signal),
    ]);
  };
  return { house, doors, waiters, sanitiser, witnesses, run };
}

function tell(witnesses: readonly LineWitness[], news: LineNews): void {
  for (const witness of witnesses) witness.sees(news);
}

async function openDoorkeeper({ database, registry, settings, log }: Parts): Promise<KeptDoorkeeper> {
  const { book } = registry;
  return KeptDoorkeeper.open({
    store: sqliteAccounts(database),
    hasher: new Argon2Hasher(),
    key: keyIn(join(settings().data_dir, 'portal.key'), log),
    random: randomBytes,
    isWelcome: (line) => book.get(line)?.line.suspended === false,
    setUpAt: (line) => book.get(line)?.line.createdAt,
    lineCalled: (text) => {
      const id = parseLineId(text);
      if (id && book.get(id)) return id;
      const name = parseDomainName(text);
      return name && book.byName(name)?.line.id;
    },
    clock: systemClock,
    log,
  });
}

async function openCopying({ database, registry, log }: Parts, shelf: KeptShelf, reach: Reach) {
  const copies = await KeptCopies.open(sqliteSiteCopies(database));
  const sanitiser = htmlSanitiser();
  const copier = new SiteCopier({
    ...{ copies, shelf, book: registry.book, clock: systemClock, log },
    outbound: guardedRequests({ reach }),
    reader: htmlReader(sanitiser),
    ports: WEB_PORTS,
  });
  return { copies, copier, sanitiser };
}

function openOutbox({ database, settings, log }: Parts): Outbox | null {
  const { relay, from } = settings().mail;
  if (relay === null || from === null) return null;
  const parts = { relay: smtpRelay({ url: relay, from }), random: randomBytes, clock: systemClock, log };
  return new Outbox({ ...parts, store: sqliteMail(database) });
}

/** By the settings of the moment: a reload may allow more. */
function reachOf(settings: () => Settings) {
  const now = () => reachWithin(claimRulesOf(settings()));
  return {
    isListed: (address: Parameters<ReturnType<typeof now>['isListed']>[0]) => now().isListed(address),
    mayCall: (address: Parameters<ReturnType<typeof now>['mayCall']>[0]) => now().mayCall(address),
  };
}

/** Made at first use; who has it can make links that let anybody in. */
function keyIn(file: string, log: Logger): Uint8Array {
  try {
    writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  if ((statSync(file).mode & 0o077) !== 0) {
    log.warn('others could read the key of the log-in links: now they cannot', { file });
    chmodSync(file, 0o600);
  }
  return readFileSync(file);
}
