import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LineNews } from '../../gateway-server/line/line-news.ts';
import { sqliteMessages } from '../../gateway-server/store/io/sqlite-messages.ts';
import { sqliteShelf } from '../../gateway-server/store/io/sqlite-shelf.ts';
import { type GatewayDatabase, openGatewayDatabase } from '../../gateway-server/store/io/sqlite-store.ts';
import { ContentFolder } from '../../gateway-server/subscriber/io/content-folder.ts';
import { KeptMailbox } from '../../gateway-server/subscriber/kept-mailbox.ts';
import { KeptShelf } from '../../gateway-server/subscriber/kept-shelf.ts';
import type { LineId } from '../../protocol/line-id.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';
import { ALICE, ANSWERED, BOB, lineNamed } from './stored-lines.ts';

interface Wish {
  readonly quotaBytes?: number;
  /** Where the content lies; a folder of the lab's own when left out. */
  readonly contentFolder?: string;
}

/** Mailbox and shelf of alice and bob over a real store and real files, which go with the test. */
export class KeepingLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'porchlight-keeping-'));
  readonly clock = new ManualClock(5_000);
  readonly log = new MemoryLog();
  readonly news: LineNews[] = [];
  /** What standings were told: unread messages of each line. */
  readonly unread = new Map<LineId, number>();
  readonly files: ContentFolder;
  quotaBytes: number;
  #gateway: GatewayDatabase | undefined;
  #mailbox: KeptMailbox | undefined;
  #shelf: KeptShelf | undefined;

  private constructor({ quotaBytes = 1_000, contentFolder }: Wish) {
    this.quotaBytes = quotaBytes;
    this.files = new ContentFolder(contentFolder ?? join(this.folder, 'content'), this.log);
    onTestFinished(async () => {
      await this.#gateway?.store.close();
      rmSync(this.folder, { recursive: true });
    });
  }

  static async open(wish: Wish = {}): Promise<KeepingLab> {
    const lab = new KeepingLab(wish);
    await lab.reopen();
    await lab.gateway.store.putLines([
      [lineNamed(ALICE), ANSWERED],
      [lineNamed(BOB), ANSWERED],
    ]);
    return lab;
  }

  get mailbox(): KeptMailbox {
    return known(this.#mailbox);
  }

  get shelf(): KeptShelf {
    return known(this.#shelf);
  }

  get gateway(): GatewayDatabase {
    return known(this.#gateway);
  }

  /** As after a restart. */
  async reopen(): Promise<void> {
    await this.#gateway?.store.close();
    this.#gateway = openGatewayDatabase(join(this.folder, 'gateway.sqlite'));
    const { clock, log, files } = this;
    const common = { files, clock, log, quotaBytes: () => this.quotaBytes };
    this.#mailbox = await KeptMailbox.open({
      ...common,
      store: sqliteMessages(this.#gateway),
      standings: { setMessages: (line, count) => void this.unread.set(line, count), note: () => undefined },
      witnesses: [{ sees: (news) => void this.news.push(news) }],
    });
    this.#shelf = await KeptShelf.open({
      ...common,
      store: sqliteShelf(this.#gateway),
      mailbox: this.#mailbox,
    });
  }
}

/** So many bytes, in pieces of a kilobyte at most. */
export async function* bytes(count: number, ...then: readonly (() => void)[]): AsyncIterable<Uint8Array> {
  for (let left = count; left > 0; left -= 1024) yield new Uint8Array(Math.min(1024, left)).fill(7);
  for (const act of then) act();
}

/** A sender that goes away after so many bytes. */
export async function* brokenAfter(count: number): AsyncIterable<Uint8Array> {
  yield* bytes(count);
  throw new Error('the sender went away');
}

export async function gathered(pieces: AsyncIterable<Uint8Array> | undefined): Promise<Buffer | undefined> {
  if (!pieces) return undefined;
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the lab is not open');
  return value;
}
