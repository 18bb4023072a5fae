import type { LineId } from '../../protocol/line-id.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { StoreUnavailable } from '../store/store.ts';
import type { ByteRange, ContentFiles } from './content.ts';
import type { Mailbox } from './mailbox.ts';
import { listedMediaType } from './media-types.ts';
import { Room } from './room.ts';
import {
  type IncomingOffer,
  MOST_HTML_BYTES,
  NO_PAGE,
  type Offer,
  type Offering,
  type OwnerPage,
  type Shelf,
  type Usage,
} from './shelf.ts';
import type { ShelfStore } from './shelf-store.ts';
import { Turns } from './turns.ts';

interface Parts {
  readonly store: ShelfStore;
  readonly files: ContentFiles;
  readonly mailbox: Pick<Mailbox, 'count'>;
  /** Of each line, for everything; half of it is for what its owner offers. */
  readonly quotaBytes: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

const MOST_OFFERS = 50;
const LONGEST_NAME = 120;

const NO_OFFERS: readonly Offer[] = [];

/** What owners offer: pages and the list of files in memory, the files' bytes on disk. */
export class KeptShelf implements Shelf {
  readonly #parts: Parts;
  readonly #pages: Map<LineId, OwnerPage>;
  readonly #offersByLine = new Map<LineId, readonly Offer[]>();
  readonly #room: Room;
  /** What is looked at before a change must not change meanwhile: a page that is kept would undo its take-down. */
  readonly #turns = new Turns();

  private constructor(parts: Parts, pages: ReadonlyMap<LineId, OwnerPage>, offers: readonly Offer[]) {
    this.#parts = parts;
    this.#pages = new Map(pages);
    for (const [line, own] of Map.groupBy(offers, (offer) => offer.line)) this.#offersByLine.set(line, own);
    this.#room = new Room({
      mostBytes: () => this.#half(),
      keptBytes: (line) => this.#keptBytes(line),
      files: parts.files,
    });
  }

  static async open(parts: Parts): Promise<KeptShelf> {
    return new KeptShelf(parts, await parts.store.pages(), await parts.store.offers());
  }

  page(line: LineId): OwnerPage {
    return this.#pages.get(line) ?? NO_PAGE;
  }

  keepPage(
    line: LineId,
    change: Partial<Omit<OwnerPage, 'changedAt'>>,
  ): Promise<'kept' | 'too-large' | 'unavailable'> {
    return this.#turns.take(line, async () => {
      const before = this.page(line);
      const page: OwnerPage = { ...before, ...change, changedAt: this.#parts.clock.now() };
      const growth = Math.max(0, bytesOf(page.html) - bytesOf(before.html));
      const isRoom = growth === 0 || growth <= this.#room.left(line);
      if (bytesOf(page.html) > MOST_HTML_BYTES || !isRoom) return 'too-large';
      this.#room.take(line, growth);
      const isStored = await this.#isStored(line, this.#parts.store.putPage(line, page));
      this.#room.settle(line, growth);
      if (!isStored) return 'unavailable';
      this.#pages.set(line, page);
      return 'kept';
    });
  }

  /** The lines whose owners want a copy of their own page to be kept. */
  copiedLines(): readonly LineId[] {
    return [...this.#pages].filter(([, { showsCopy }]) => showsCopy).map(([line]) => line);
  }

  offers(line: LineId): readonly Offer[] {
    return this.#offersByLine.get(line) ?? NO_OFFERS;
  }

  offer(line: LineId, id: string): Offer | undefined {
    return this.offers(line).find((offer) => offer.id === id);
  }

  async put(line: LineId, { role, name, mediaType, source }: IncomingOffer): Promise<Offering> {
    if (this.#isFull(line, role)) return { kind: 'too-many' };
    // the old greeting goes only when the new one is there, but its room may be counted on
    const replacedBytes = () => sumOf(this.#replacedBy(line, role));
    const storing = await this.#room.bringIn({ line, source, mostBytes: this.#half(), replacedBytes });
    if (storing.kind === 'too-large') {
      return { kind: 'too-large', roomBytes: Math.max(0, this.#room.left(line) + replacedBytes()) };
    }
    if (storing.kind === 'broken-off') return storing;
    if (storing.kind === 'no-room') return { kind: 'unavailable' };
    const offer: Offer = {
      ...storing.content,
      line,
      role,
      name: plainName(name),
      mediaType: listedMediaType(mediaType),
      at: this.#parts.clock.now(),
    };
    return this.#turns.take(line, () => this.#keep(offer));
  }

  async remove(line: LineId, id: string): Promise<void> {
    if (!this.offer(line, id)) return;
    await this.#parts.store.removeOffer(id);
    this.#drop(line, [id]);
    await this.#parts.files.remove(line, id);
  }

  read(offer: Offer, range: ByteRange | null, signal: AbortSignal) {
    return this.#parts.files.read(offer.line, offer.id, range, signal);
  }

  async usage(line: LineId): Promise<Usage> {
    const half = this.#half();
    const { bytes } = await this.#parts.mailbox.count(line);
    return {
      offered: this.#keptBytes(line),
      messages: bytes,
      mostOffered: half,
      mostMessages: half,
    };
  }

  /** The line is gone; the store has removed its rows with it. */
  forget(line: LineId): void {
    this.#pages.delete(line);
    this.#offersByLine.delete(line);
    this.#room.forget(line);
  }

  async #keep(offer: Offer): Promise<Offering> {
    const { line, role, id, bytes } = offer;
    const { store, files } = this.#parts;
    const replaced = this.#replacedBy(line, role).map((old) => old.id);
    const isFull = this.#isFull(line, role);
    const isStored = !isFull && (await this.#isStored(line, store.putOffer(offer, replaced)));
    this.#room.settle(line, bytes);
    if (!isStored) {
      await files.remove(line, id);
      return { kind: isFull ? 'too-many' : 'unavailable' };
    }
    this.#drop(line, replaced);
    this.#offersByLine.set(line, [offer, ...this.offers(line)]);
    for (const old of replaced) await files.remove(line, old);
    return { kind: 'kept', offer };
  }

  #replacedBy(line: LineId, role: Offer['role']): readonly Offer[] {
    return role === 'greeting' ? this.offers(line).filter((offer) => offer.role === role) : [];
  }

  #isFull(line: LineId, role: Offer['role']): boolean {
    return this.offers(line).length - this.#replacedBy(line, role).length >= MOST_OFFERS;
  }

  async #isStored(line: LineId, storing: Promise<void>): Promise<boolean> {
    try {
      await storing;
      return true;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#parts.log.error('page or offer could not be kept', { line, reason: error.message });
      return false;
    }
  }

  #drop(line: LineId, ids: readonly string[]): void {
    this.#offersByLine.set(
      line,
      this.offers(line).filter(({ id }) => !ids.includes(id)),
    );
  }

  #half(): number {
    return Math.floor(this.#parts.quotaBytes() / 2);
  }

  #keptBytes(line: LineId): number {
    return sumOf(this.offers(line)) + bytesOf(this.page(line).html);
  }
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

function sumOf(offers: readonly Offer[]): number {
  return offers.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The last part of a path, well-formed and without control characters; never empty. */
function plainName(raw: string): string {
  const last = raw.split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();
  const short = [...plain].slice(0, LONGEST_NAME).join('');
  return ['', '.', '..'].includes(short) ? 'file' : short;
}
