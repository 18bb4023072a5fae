import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';

/** Somebody who wants to be told when a line is back. */
export interface Waiter {
  readonly id: string;
  readonly line: LineId;
  readonly email: string;
  readonly askedAt: Instant;
  /** Null until the link in the first mail was opened. */
  readonly confirmedAt: Instant | null;
}

export type Asking =
  | { readonly kind: 'mail-sent' }
  | { readonly kind: 'bad-address' }
  | { readonly kind: 'too-many'; readonly waitMs: number }
  /** The provider has set no mail relay, or it cannot be reached. */
  | { readonly kind: 'unavailable' };

/** "Tell me when back": an address counts only after its owner has opened the link that was mailed to it; told once. */
export interface Waiters {
  /** False when the gateway cannot send mail: then nothing is offered. */
  readonly isOffered: boolean;
  /** `linkFor` makes the address of the confirming page from the token. */
  ask(
    line: LineId,
    email: string,
    neighbourhood: string,
    linkFor: (token: string) => string,
  ): Promise<Asking>;
  /** Gives the line whose return is told, or undefined for a token that is unknown, used or too old (48 h). */
  confirm(token: string): Promise<LineId | undefined>;
  /** Forgets the address: a link in every mail leads here. */
  cancel(token: string): Promise<boolean>;
}
