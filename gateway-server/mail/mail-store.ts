import type { Instant } from '../../runtime/clock.ts';
import type { Alongside } from './post.ts';
import type { Letter } from './relay.ts';

export interface WaitingLetter {
  readonly letter: Letter;
  /** Tries that have failed. */
  readonly attempts: number;
}

/** Mails on disk. Promises resolve when it is done there, and reject with StoreUnavailable. */
export interface MailStore {
  /** When each waiting one is due. */
  due(): ReadonlyMap<Letter['id'], Instant>;
  put(letter: Letter, nextAt: Instant, alongside: Alongside): Promise<void>;
  get(id: string): WaitingLetter | undefined;
  postpone(id: string, attempts: number, nextAt: Instant): Promise<void>;
  remove(id: string): Promise<void>;
}
