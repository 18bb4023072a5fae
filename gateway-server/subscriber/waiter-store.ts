import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { MailAddress } from '../mail/mail-address.ts';
import type { Alongside } from '../mail/post.ts';
import type { Waiter } from './waiters.ts';

export interface KeptWaiter extends Waiter {
  readonly email: MailAddress;
  /** SHA-256 of the token in the link, hexadecimal. */
  readonly tokenHash: string;
}

/** Who waits, on disk. Reading takes no time; promises resolve when the change is there. Both fail with StoreUnavailable. */
export interface WaiterStore {
  byToken(tokenHash: string): KeptWaiter | undefined;
  confirmedOf(line: LineId): readonly KeptWaiter[];
  /** Lines for which at least one confirmed waiter waits. */
  awaitedLines(): readonly LineId[];
  count(line: LineId): { readonly all: number; readonly confirmed: number };
  /** To be run in one transaction with the mail that leads to it; one with this id gets the new token and stays confirmed if it was. */
  putting(waiter: KeptWaiter): Alongside;
  removing(id: string): Alongside;
  confirm(id: string, at: Instant): Promise<void>;
  remove(id: string): Promise<void>;
  /** Forgets who asked before and has not confirmed; gives how many. */
  removeUnconfirmed(askedBefore: Instant): Promise<number>;
}
