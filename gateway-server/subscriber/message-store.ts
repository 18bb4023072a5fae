import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { Message, NewMessage } from './mailbox.ts';

/** What a line's messages come to. */
export interface MessageCount {
  /** Without deleted ones. */
  readonly all: number;
  readonly unread: number;
  /** Of their recordings, without deleted ones. */
  readonly bytes: number;
}

/** The messages on disk; every promise of a change resolves when it is, or rejects with StoreUnavailable. */
export interface MessageStore {
  /** Of every line that has messages, or is thought to have. */
  counts(): Promise<ReadonlyMap<LineId, MessageCount>>;
  /** The content files that messages refer to, as `<line>/<id>`. */
  recordings(): Promise<ReadonlySet<string>>;
  /** Gives the message's number. */
  keep(message: NewMessage): Promise<number>;
  /** Newest first, without deleted ones. */
  list(
    line: LineId,
    page: { readonly before: number | null; readonly most: number },
  ): Promise<readonly Message[]>;
  get(line: LineId, number: number): Promise<Message | undefined>;
  /** False when the message is not there, is deleted, or is as it shall be. */
  setRead(line: LineId, number: number, at: Instant | null): Promise<boolean>;
  /** What the message that is deleted or brought back comes to; undefined when it is not there or as it shall be. */
  setDeleted(line: LineId, number: number, at: Instant | null): Promise<MessageCount | undefined>;
  /** Removes what was deleted at `until` or earlier; gives what is gone. */
  purge(until: Instant): Promise<readonly Message[]>;
  /** Removes all of the line's, deleted ones too; gives what is gone. */
  erase(line: LineId): Promise<readonly Message[]>;
  /** Removes the line's longest deleted recordings with their messages until those left have at most so many bytes. */
  makeWay(line: LineId, mostBytes: number): Promise<readonly Message[]>;
}
