import type { LineId } from '../../protocol/line-id.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { every } from '../../runtime/loop.ts';
import type { LineWitness } from '../line/line-news.ts';
import type { StandingKeeper } from '../line/standing-keeper.ts';
import { StoreUnavailable } from '../store/store.ts';
import type { ByteRange, ContentFiles } from './content.ts';
import {
  type IncomingRecording,
  type Mailbox,
  type Message,
  MOST_MESSAGES,
  type NewMessage,
  type Recording,
  type TakenIn,
  UNDO_MS,
} from './mailbox.ts';
import { listedMediaType } from './media-types.ts';
import type { MessageCount, MessageStore } from './message-store.ts';
import { Room } from './room.ts';

interface Parts {
  readonly store: MessageStore;
  readonly files: ContentFiles;
  readonly standings: Pick<StandingKeeper, 'setMessages' | 'note'>;
  readonly witnesses: readonly LineWitness[];
  /** Of each line, for everything; half of it is for messages. */
  readonly quotaBytes: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A voice that speaks for three minutes needs less. */
const MOST_VOICE_BYTES = 2 * 1024 * 1024;
const PURGE_EVERY_MS = 10 * 60_000;
const NOTHING: MessageCount = { all: 0, unread: 0, bytes: 0 };

/** The lines' messages, in the store and in content files; what they come to is kept in memory. */
export class KeptMailbox implements Mailbox {
  readonly #parts: Parts;
  readonly #counts: Map<LineId, MessageCount>;
  readonly #room: Room;

  private constructor(parts: Parts, counts: ReadonlyMap<LineId, MessageCount>) {
    this.#parts = parts;
    this.#counts = new Map(counts);
    this.#room = new Room({
      mostBytes: () => this.#half(),
      keptBytes: (line) => this.#countOf(line).bytes,
      files: parts.files,
    });
  }

  /** Reads what there is; the lines' standings follow it. */
  static async open(parts: Parts): Promise<KeptMailbox> {
    const counts = await parts.store.counts();
    for (const [line, { unread }] of counts) parts.standings.setMessages(line, unread);
    return new KeptMailbox(parts, counts);
  }

  async takeIn(line: LineId, { kind, mediaType, source }: IncomingRecording): Promise<TakenIn> {
    const mostBytes = kind === 'voice' ? Math.min(this.#half(), MOST_VOICE_BYTES) : this.#half();
    const storing = await this.#room.bringIn({ line, source, mostBytes });
    switch (storing.kind) {
      case 'stored': {
        const { id: content, bytes } = storing.content;
        return this.#hold(line, { kind, content, mediaType: listedMediaType(mediaType), bytes });
      }
      case 'too-large':
        return { kind: 'too-large', roomBytes: Math.max(0, Math.min(mostBytes, this.#room.left(line))) };
      case 'broken-off':
        return storing;
      case 'no-room':
        return { kind: 'unavailable' };
    }
  }

  async discard(line: LineId, { content, bytes }: Recording): Promise<void> {
    this.#room.settle(line, bytes);
    await this.#parts.files.remove(line, content);
  }

  async keep(message: NewMessage): Promise<'kept' | 'full' | 'unavailable'> {
    const { store, witnesses, log } = this.#parts;
    const { line, at } = message;
    const bytes = message.recording?.bytes ?? 0;
    const before = this.#countOf(line);
    if (before.all >= MOST_MESSAGES) return 'full';
    // counted before it is written, so that those written at the same time see each other
    this.#count(line, { all: 1, unread: 1, bytes });
    this.#room.settle(line, bytes);
    try {
      const number = await store.keep(message);
      for (const witness of witnesses) witness.sees({ kind: 'message', line, at, number });
      return 'kept';
    } catch (error) {
      this.#count(line, { all: -1, unread: -1, bytes: -bytes });
      this.#room.take(line, bytes);
      if (!(error instanceof StoreUnavailable)) throw error;
      log.error('message could not be kept', { line, reason: error.message });
      return 'unavailable';
    }
  }

  list(line: LineId, page: { readonly before: number | null; readonly most: number }) {
    return this.#parts.store.list(line, page);
  }

  async get(line: LineId, number: number): Promise<Message | undefined> {
    return this.#parts.store.get(line, number);
  }

  async play({ line, recording }: Message, range: ByteRange | null, signal: AbortSignal) {
    return recording ? this.#parts.files.read(line, recording.content, range, signal) : undefined;
  }

  async markRead(line: LineId, number: number, isRead: boolean): Promise<void> {
    const { store, clock } = this.#parts;
    const isChanged = await store.setRead(line, number, isRead ? clock.now() : null);
    if (isChanged) this.#count(line, { all: 0, unread: isRead ? -1 : 1, bytes: 0 });
  }

  async remove(line: LineId, number: number): Promise<void> {
    const { store, clock } = this.#parts;
    const removed = await store.setDeleted(line, number, clock.now());
    if (removed) this.#count(line, { all: -1, unread: -removed.unread, bytes: -removed.bytes });
  }

  async restore(line: LineId, number: number): Promise<void> {
    const restored = await this.#parts.store.setDeleted(line, number, null);
    if (restored) this.#count(line, restored);
  }

  async erase(line: LineId): Promise<void> {
    const gone = await this.#parts.store.erase(line);
    const left = gone.filter(({ deletedAt }) => deletedAt === null);
    const unread = left.filter(({ readAt }) => readAt === null).length;
    const bytes = left.reduce((sum, { recording }) => sum + (recording?.bytes ?? 0), 0);
    this.#count(line, { all: -left.length, unread: -unread, bytes: -bytes });
    await this.#removeFiles(gone);
  }

  async count(line: LineId): Promise<MessageCount> {
    return this.#countOf(line);
  }

  /** Forgets for good what can no longer be brought back; until aborted. */
  keepTidy(signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts;
    return every({ periodMs: PURGE_EVERY_MS, ...this.#parts }, signal, async () =>
      this.#removeFiles(await store.purge(clock.now() - UNDO_MS)),
    );
  }

  /** The line is gone; the store has removed its messages with it. */
  async forget(line: LineId): Promise<void> {
    this.#counts.delete(line);
    this.#room.forget(line);
    await this.#parts.files.removeAll(line);
  }

  /** Deleted recordings make way for a new one before their time is over, as far as it needs their room. */
  async #hold(line: LineId, recording: Recording): Promise<TakenIn> {
    const { store, log } = this.#parts;
    try {
      await this.#removeFiles(await store.makeWay(line, Math.max(0, this.#room.left(line))));
    } catch (error) {
      await this.discard(line, recording);
      if (!(error instanceof StoreUnavailable)) throw error;
      log.error('recording could not be taken in', { line, reason: error.message });
      return { kind: 'unavailable' };
    }
    // a message that was restored meanwhile has its room back
    if (this.#room.left(line) >= 0) return { kind: 'taken-in', recording };
    await this.discard(line, recording);
    return { kind: 'too-large', roomBytes: Math.max(0, this.#room.left(line)) };
  }

  async #removeFiles(gone: readonly Message[]): Promise<void> {
    for (const { line, recording } of gone) {
      if (recording) await this.#parts.files.remove(line, recording.content);
    }
  }

  #half(): number {
    return Math.floor(this.#parts.quotaBytes() / 2);
  }

  #countOf(line: LineId): MessageCount {
    return this.#counts.get(line) ?? NOTHING;
  }

  #count(line: LineId, change: MessageCount): void {
    const { all, unread, bytes } = this.#countOf(line);
    const next = { all: all + change.all, unread: unread + change.unread, bytes: bytes + change.bytes };
    this.#counts.set(line, next);
    if (change.unread !== 0) this.#parts.standings.setMessages(line, next.unread);
  }
}
