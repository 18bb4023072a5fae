import type { DomainName } from '../../protocol/domain-name.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { Mailbox } from '../subscriber/mailbox.ts';

/** Whom a visitor called by a Host header, after what the zone says of the name now. */
export type Called =
  /** No line's name and none of the gateway's own. */
  | { readonly kind: 'nobody' }
  /** `leave.<zone>`, which always is the gateway: message forms are posted there. */
  | { readonly kind: 'leave' }
  /** The gateway answers in the line's place. */
  | {
      readonly kind: 'off-line';
      readonly line: LineId;
      readonly domain: DomainName;
      /** The owner's own text; empty for none. */
      readonly words: string;
      /** Null unless the owner wants it told. */
      readonly since: Instant | null;
    }
  /** The line is back: the visitor's resolver is stale. */
  | { readonly kind: 'live'; readonly line: LineId; readonly domain: DomainName };

export interface Directory {
  /** Any name of a line, or one of the gateway's own. */
  called(host: DomainName): Called;
  /** `leave.<zone>`. */
  readonly leaveHost: DomainName;
  readonly zoneName: DomainName;
  readonly ttlSeconds: number;
}

/** Where messages go: `kept` only when they are on disk. */
export type MessageBox = Pick<Mailbox, 'takeIn' | 'discard' | 'keep'>;
export type Keeping = Awaited<ReturnType<MessageBox['keep']>>;

export interface HitCounter {
  countHit(line: LineId): void;
}
