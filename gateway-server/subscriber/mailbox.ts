import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { ByteRange } from './content.ts';

export interface Recording {
  readonly kind: 'voice' | 'video';
  /** Of the content file. */
  readonly content: string;
  readonly mediaType: string;
  readonly bytes: number;
}

/** What a visitor has left for a line. */
export interface Message {
  /** Counts up within the gateway; the newest is the highest. */
  readonly number: number;
  readonly line: LineId;
  readonly at: Instant;
  readonly name: string;
  readonly contact: string;
  readonly text: string;
  readonly recording: Recording | null;
  readonly readAt: Instant | null;
  /** Deleted messages can be brought back until UNDO_MS have passed. */
  readonly deletedAt: Instant | null;
}

export type NewMessage = Pick<Message, 'line' | 'at' | 'name' | 'contact' | 'text' | 'recording'>;

/** Text messages that one line may have; more than anybody reads, fewer than would fill a disk. */
export const MOST_MESSAGES = 200;
/** How long a deleted message can be brought back. */
export const UNDO_MS = 24 * 3_600_000;

/** A visitor's recording on its way in. */
export interface IncomingRecording {
  readonly kind: Recording['kind'];
  readonly mediaType: string;
  readonly source: AsyncIterable<Uint8Array>;
}

export type TakenIn =
  | { readonly kind: 'taken-in'; readonly recording: Recording }
  /** No room is left in the messages' half of the quota, or the recording is longer than one may be. */
  | { readonly kind: 'too-large'; readonly roomBytes: number }
  | { readonly kind: 'broken-off' }
  | { readonly kind: 'unavailable' };

/** The lines' messages, for the visitor's side, the portal and the API alike. Deleted ones are not counted or listed. */
export interface Mailbox {
  /** Streams a recording to disk within the quota; it belongs to nobody until a message is kept with it. */
  takeIn(line: LineId, incoming: IncomingRecording): Promise<TakenIn>;
  /** Throws away a recording whose message was not kept. */
  discard(line: LineId, recording: Recording): Promise<void>;
  /** `kept` only when it is on disk (synchronous FULL). */
  keep(message: NewMessage): Promise<'kept' | 'full' | 'unavailable'>;
  /** Newest first; `before` is the number of the last one seen. */
  list(
    line: LineId,
    page: { readonly before: number | null; readonly most: number },
  ): Promise<readonly Message[]>;
  get(line: LineId, number: number): Promise<Message | undefined>;
  /** The bytes of a message's recording. */
  play(
    message: Message,
    range: ByteRange | null,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array> | undefined>;
  markRead(line: LineId, number: number, isRead: boolean): Promise<void>;
  remove(line: LineId, number: number): Promise<void>;
  restore(line: LineId, number: number): Promise<void>;
  /** All of the line's at once and for good, deleted ones too. */
  erase(line: LineId): Promise<void>;
  count(line: LineId): Promise<{ readonly all: number; readonly unread: number; readonly bytes: number }>;
}
