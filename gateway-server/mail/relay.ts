import type { Instant } from '../../runtime/clock.ts';
import type { Mail } from './post.ts';

/** A mail with what makes it one and the same at every try. */
export interface Letter extends Mail {
  readonly id: string;
  readonly writtenAt: Instant;
}

export type Handed =
  | { readonly kind: 'taken' }
  /** For good: no such mailbox, for instance. */
  | { readonly kind: 'rejected'; readonly why: string }
  /** This mail not now. */
  | { readonly kind: 'put-off'; readonly why: string }
  /** No mail now. */
  | { readonly kind: 'unreachable'; readonly why: string };

/** The provider's mail server, which sends mails on. */
export interface Relay {
  hand(letter: Letter, signal: AbortSignal): Promise<Handed>;
}
